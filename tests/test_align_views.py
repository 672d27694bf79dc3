"""What the tab 对照 shows and hands out: verbatim texts, inert HTML, words fitting how the notices stand."""

from __future__ import annotations

import io
import re
from html import unescape

import docx
import openpyxl
import pytest

from app.align.changes import GAP, ChangeKind
from app.align.compare import Comparer
from app.align.many import mentions
from app.align.model import Note, NoteKind, Relation
from app.export.sheet import write_sheet
from app.export.word import write_document
from app.web.tabs.compare import CompareTab
from app.web.views.compare import pairs_html
from app.web.views.compare_asked import NOTED, Asked
from app.web.views.compare_files import file_name, paper_of, sheet_of, title_of
from app.web.views.compare_list import list_html, listed, many_html, of_kind
from app.web.views.compare_text import side_text
from app.web.views.compare_words import Words, notice_name
from corpus.errors import QuestionError
from corpus.model import Corpus, Document
from tests.browser import HOSTILE, desk_of
from tests.test_align import GAOPING, LINFEN, SHANXI, ZEZHOU, ZEZHOU_2023


@pytest.fixture(scope="module")
def years(documents: dict[str, Document]) -> Comparer:
    return Comparer(documents[ZEZHOU_2023], documents[ZEZHOU])


def read_aloud(html: str) -> str:
    """The text that stands in a piece of HTML, less what the page adds to it."""
    bare = re.sub(r'<(span|a) class="aw-(?:sr|chip)"[^>]*>[^<]*</\1>', "", html)
    return unescape(re.sub("<[^>]*>", "", bare))


@pytest.mark.parametrize(
    ("left", "right"), [(ZEZHOU_2023, ZEZHOU), (SHANXI, LINFEN), (ZEZHOU, GAOPING), (LINFEN, SHANXI)]
)
def test_each_text_is_shown_whole_and_verbatim(documents: dict[str, Document], left: str, right: str) -> None:
    comparer = Comparer(documents[left], documents[right])
    words = Words(comparer)
    for pair in comparer.comparisons:
        for is_left, unit in ((True, pair.left), (False, pair.right)):
            assert read_aloud(side_text(pair, words, is_left)) == (unit.text if unit else "")


def test_words_follow_from_how_the_notices_stand(documents: dict[str, Document]) -> None:
    def told(left: str, right: str) -> tuple[str, str, tuple[str, str]]:
        words = Words(Comparer(documents[left], documents[right]))
        return words.only_left, words.only_right, words.names

    assert told(ZEZHOU_2023, ZEZHOU) == ("未再提", "新增", ("2023年", "2024年"))
    assert told(ZEZHOU, ZEZHOU_2023) == ("新增", "未再提", ("2024年", "2023年"))
    assert told(SHANXI, GAOPING) == ("下级未提", "下级增加", ("山西省", "高平市"))
    assert told(GAOPING, ZEZHOU) == ("只在高平市", "只在泽州县", ("高平市", "泽州县"))


def test_verdicts_are_said_of_the_newer_notice_whichever_side_it_is_on(documents: dict[str, Document]) -> None:
    note = Note(kind=NoteKind.STRICTER, left="每月", right="每周", subject="频次")
    old_left, new_left = (
        Words(Comparer(documents[one], documents[other]))
        for one, other in ((ZEZHOU_2023, ZEZHOU), (ZEZHOU, ZEZHOU_2023))
    )
    assert old_left.note(note) == "频次更严：2023年“每月”，2024年“每周”"
    assert new_left.note(note) == "频次更宽：2023年“每周”，2024年“每月”"
    neither = Words(Comparer(documents[ZEZHOU], documents[GAOPING]))
    assert neither.note(note) == "频次高平市更严：泽州县“每月”，高平市“每周”"
    missing = Note(kind=NoteKind.DIFFERENT, left="不少于20人", right="", subject="数量")
    assert old_left.note(missing) == "数量：2023年“不少于20人”，2024年对应条款未写"


def test_filters_by_clause_word_and_difference(documents: dict[str, Document], years: Comparer) -> None:
    def rows(comparer: Comparer, asked: Asked) -> int:
        return pairs_html(comparer, asked, "").count('<article class="aw-pair"')

    assert rows(years, Asked()) == len(documents[ZEZHOU_2023].clauses) + 3
    assert rows(years, Asked(label="四、（十七）")) == 1
    assert 'aria-expanded="true"' in pairs_html(years, Asked(label="四、（十七）"), "")
    assert 0 < rows(years, Asked(word="燃气")) < 10
    assert "没有符合条件的条款" in pairs_html(years, Asked(word="核电站"), "")
    provinces = Comparer(documents[SHANXI], documents[LINFEN])
    assert rows(provinces, Asked(only_changed=True)) < rows(provinces, Asked())


def test_a_clause_with_phrases_elsewhere_is_not_called_its_notices_alone(years: Comparer) -> None:
    """公共场所 of 2023 has no counterpart, but 完善突发事件应急预案 stands in 2024's clause on 预案."""
    html = pairs_html(years, Asked(label="四、（十九）"), "")
    assert '<span class="aw-rel aw-rel-part">有相近字句</span>' in html
    assert "没有对应条款而有相近字句：2023年 1 条、2024年 0 条" in html
    assert '<span class="aw-rel aw-rel-alone">只在2023年</span>' in pairs_html(years, Asked(label="一、（一）"), "")


def test_list_of_changes_by_kind_and_page(years: Comparer) -> None:
    found = listed(years, Asked())
    counts = [sum(one.kind is kind for one in found) for kind in Words(years).kinds]
    assert sum(counts) == len(found) > 200
    assert [one.kind for one in found] == sorted((one.kind for one in found), key=Words(years).kinds.index)
    first = list_html(years, Asked(kind=ChangeKind.ONLY_RIGHT.value), "")
    assert first.count("<tr>") == 51
    assert f"本页 1–50，共 {counts[0]} 条" in first
    assert list_html(years, Asked(kind=ChangeKind.ONLY_RIGHT.value, page=999), "").count("<tr>") == counts[0] % 50 + 1
    assert {bool(one.notes) for one in of_kind(found, NOTED)} == {True}
    assert of_kind(found, HOSTILE) == found


def test_files_hold_labels_and_verbatim_words(documents: dict[str, Document], years: Comparer) -> None:
    found = listed(years, Asked())
    page = openpyxl.load_workbook(io.BytesIO(write_sheet(sheet_of(years, Asked(), found)))).active
    assert page is not None
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    head = next(at for at, row in enumerate(rows) if row[0] == "序号")
    assert rows[head][1:6] == ["类别", "2023年条款", "2023年原文", "2024年条款", "2024年原文"]
    assert len(rows) - head - 1 == len(found)
    for row, change in zip(rows[head + 1 :], found, strict=True):
        assert (row[3] or "", row[5] or "") == (change.left_text, change.right_text)
    assert {row[2] for row in rows[head + 1 :]} >= {"四、（十）煤矿", "四、（十七）城镇燃气"}
    lines = paper_lines(years, Asked())
    assert lines[0] == title_of(years, Asked()) == "安全生产通知对照：泽州县2024年对照2023年"
    assert "条款对应：0 条相同，33 条有改动" in lines[3]
    assert "只有部分内容对应：2023年 2 条、2024年 2 条" in lines[3]
    assert "【新增】2024年三、（十六）：严禁违规加层加盖。" in lines
    first = lines.index("数字、频次、期限或程度不同的")
    assert first < lines.index("各事项变化一览")
    figures = lines[first + 1 : lines.index("各事项变化一览")]
    assert len(figures) == sum(1 for one in found if one.notes)
    assert any("2023年“不得超过500人”，2024年对应条款未写" in line and "2023年原文：" in line for line in figures)
    titles = [line for line in lines if line == "四、（十）煤矿 → 三、（十一）煤矿领域专项整治"]
    assert len(titles) == 1
    assert any(line.startswith("四、（十）煤矿 → 三、（十一）煤矿领域专项整治：") for line in lines)
    texts = {(unit.notice, unit.label): unit.text for one in documents.values() for unit in one.clauses}
    for one in found:
        for notice, label, quoted in ((ZEZHOU_2023, one.left, one.left_text), (ZEZHOU, one.right, one.right_text)):
            assert all(part in texts[notice, label] for part in quoted.split(GAP) if part)


def paper_lines(comparer: Comparer, asked: Asked) -> list[str]:
    found = of_kind(listed(comparer, asked), asked.kind)
    paper = docx.Document(io.BytesIO(write_document(paper_of(comparer, asked, found))))
    return [paragraph.text for paragraph in paper.paragraphs]


def test_a_file_says_what_it_leaves_out_and_counts_what_it_holds(years: Comparer) -> None:
    asked = Asked(label="四、（十）", word="煤矿", kind=ChangeKind.ALTERED.value)
    found = of_kind(listed(years, asked), asked.kind)
    lines = paper_lines(years, asked)
    only = "只含：2023年“四、（十）煤矿”，含“煤矿”的，“改写”的"
    assert lines[0].endswith(f"（{only}）")
    assert f"{only}。其余没有列入。" in lines
    assert "列入的 1 组条款：0 条相同，1 条有改动，只在2023年 0 条，只在2024年 0 条。" in lines
    assert any(line.startswith(f"共 {len(found)} 处：{len(found)} 改写") for line in lines)
    assert sum(line.startswith("【") for line in lines) == len(found)
    assert only in sheet_of(years, asked, found).title


def test_own_words_are_marked_in_the_paper(years: Comparer) -> None:
    asked = Asked(label="四、（十八）")
    paper = paper_of(years, asked, listed(years, asked))
    runs = [run for section in paper.sections[1:] for one in section.paragraphs for run in one.runs]
    assert [run.mark for run in runs if run.text == "全面开展建筑工程消防审验问题专项整治。"] == ["added"]
    assert {run.mark for run in runs if "医院养老院" in run.text} == {"removed"}
    assert {run.mark for run in runs if "人员密集场所" in run.text} == {""}


def test_files_are_named_after_the_notices(documents: dict[str, Document]) -> None:
    left, right = documents[ZEZHOU_2023], documents[ZEZHOU]
    assert file_name(left, right, Asked(), "docx") == "对照-泽州县2023-泽州县2024.docx"
    assert file_name(left, right, Asked(word="燃/气"), "xlsx") == "对照-泽州县2023-泽州县2024-燃气.xlsx"
    assert file_name(left, left, Asked(label="四、（十）"), "docx") == f"对照-{ZEZHOU_2023}-{ZEZHOU_2023}-煤矿.docx"


def test_an_untitled_notice_has_no_empty_brackets(documents: dict[str, Document]) -> None:
    comparer = Comparer(documents[ZEZHOU_2023].model_copy(update={"title": ""}), documents[ZEZHOU])
    about = paper_of(comparer, Asked(), listed(comparer, Asked())).about
    assert about[0] == f"左：{notice_name(comparer.left)}"
    assert "《》" not in "".join(about)


def test_offices_of_two_levels_answer_to_each_other(documents: dict[str, Document]) -> None:
    comparer = Comparer(documents[SHANXI], documents[ZEZHOU])
    at = {pair.left.label: at for at, pair in enumerate(comparer.comparisons) if pair.left}
    html = pairs_html(comparer, Asked(opened=str(at["三、（十六）"])), "")
    assert "省住建厅 ↔ 县住房和城乡建设管理局" in html
    assert "两份都有：省" not in html
    assert "泽州县另按一、（一）的总体规定，还有各乡镇人民政府" in html
    assert "“下级增加”“下级未提”" in html
    forests = next(
        str(place) for place, pair in enumerate(comparer.comparisons)
        if pair.left and pair.right and "省林草局" in pair.left.responsible and "县林业局" in pair.right.responsible
    )  # fmt: skip
    assert "省林草局 ↔ 县林业局" in pairs_html(comparer, Asked(opened=forests), "")


def test_more_notices_than_are_shown_are_owned_up_to(documents: dict[str, Document]) -> None:
    facing = mentions((documents[ZEZHOU], documents[GAOPING]), "燃气")
    assert "可以对照的通知共 5 份，这里只列与左边通知最相关的 2 份。" in many_html(facing, Asked(word="燃气"), (), 3)
    assert "这里只列" not in many_html(facing, Asked(word="燃气"), ())


def test_another_pair_has_its_own_heading_and_a_way_back(years: Comparer) -> None:
    links = years.alignment.links
    main = {one.left for one in years.alignment.main}
    part = next(at for at, one in enumerate(links) if one.relation is Relation.PART and one.left in main)
    html = pairs_html(years, Asked(opened=f"p{part}"), "")
    row = next(at for at, pair in enumerate(years.comparisons) if pair.left and pair.left.label == links[part].left)
    head = html[html.index('<div class="aw-part-head">') : html.index('<div class="aw-two">')]
    assert f'data-aw="open" data-value="{row}">返回主要对应条款' in head
    assert f"部分内容对应：2023年 {links[part].left}" in head
    assert links[part].right in head
    # What the other clause lacks may stand in the main counterpart, so it is neither new nor dropped.
    assert not re.search("新增|未再提", html[html.index('<div class="aw-part-head">') :].split("</article>")[0])
    shown = years.compare(links[part].left, links[part].right)
    assert (f"数字或程度 {len(shown.notes)} 处" in head) == bool(shown.notes)


def test_downloads_take_no_parameter_on_trust(corpus: Corpus) -> None:
    given = CompareTab(desk_of(corpus.documents)).downloads()
    assert given["compare.xlsx"].make({"left": ZEZHOU_2023, "right": ZEZHOU, "word": "燃气"})[:2] == b"PK"
    assert given["compare.docx"].make({"left": ZEZHOU_2023, "right": ZEZHOU})[:2] == b"PK"
    for nothing in ({"label": HOSTILE}, {"word": HOSTILE}, {"word": "核电站", "only": "1"}):
        with pytest.raises(QuestionError, match="没有可导出的内容"):
            given["compare.docx"].make({"left": ZEZHOU_2023, "right": ZEZHOU, **nothing})
    for wrong in ({}, {"left": HOSTILE, "right": ZEZHOU}, {"left": ZEZHOU, "right": ZEZHOU}):
        with pytest.raises(QuestionError, match="没有这样两份通知"):
            given["compare.xlsx"].make(wrong)


def test_texts_from_outside_stay_text(documents: dict[str, Document]) -> None:
    """A notice whose place, 文号, headings, units and texts are an attack shows them, and does nothing."""
    real = documents[ZEZHOU]
    units = tuple(
        unit.model_copy(
            update={
                "notice": HOSTILE, "label": f"{unit.label}{HOSTILE}", "heading": HOSTILE, "text": unit.text + HOSTILE,
                "responsibilities": tuple(
                    one.model_copy(update={"units": (*one.units, HOSTILE)}) for one in unit.responsibilities
                ),
            }
        )
        for unit in real.units
    )  # fmt: skip
    hostile = real.model_copy(update={"notice": HOSTILE, "region": HOSTILE, "title": HOSTILE, "units": units})
    comparer = Comparer(hostile, documents[GAOPING])
    written = [
        *(pairs_html(comparer, Asked(opened=str(at)), "") for at in range(3)),
        pairs_html(comparer, Asked(opened="p0", word=HOSTILE, kind=HOSTILE, label=HOSTILE), ""),
        list_html(comparer, Asked(), ""),
        many_html((), Asked(word=HOSTILE), ()),
        many_html((), Asked(), hostile.clauses),
    ]
    for html in written:
        assert "<script" not in html
        assert "<img" not in html
        assert not re.search(r'href="(?!#/|/export/)', html)
    assert "&lt;script&gt;" in written[0]
    assert notice_name(hostile).startswith(HOSTILE)
