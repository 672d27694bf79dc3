"""What render writes, value by value, and that nothing from outside gets through as markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from app.explain import AskedNotice, Explanation, Line, ScoredPassage, ScorePart
from app.model import Answer, AnswerScope, Citation, Mode, Overview, Provision, Status
from app.web import panel, render, safe
from corpus.model import Document, Level, Responsibility, Source, Unit, UnitKind

PAYLOADS = (
    "<script>window.__pwned=1</script>",
    '<img src=x onerror="window.__pwned=1">',
    "![图](http://evil.example/a.png)",
    "${alert(1)}",
    "{{value}}",
    "[链接](javascript:alert(1))",
    '" onmouseover="alert(1)',
    "</pre></details></section><iframe src=//evil.example>",
    "&lt;script&gt;",
    "<style>*{display:none}</style>",
)
# Tags and attributes that the page writes itself; anything else in its output came from outside.
OWN_TAGS = {"a", "b", "details", "div", "dl", "dt", "dd", "h2", "li", "mark", "p", "pre", "section", "span", "summary"}
OWN_TAGS |= {"strong", "ul", "table", "tbody", "tr", "th", "td"}
OWN_ATTRIBUTES = {"class", "href", "title", "id", "name", "open", "role", "scope", "tabindex", "aria-label"}


class Markup(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def make_citation(n: int = 1, **changes: object) -> Citation:
    values: dict[str, object] = {
        "n": n, "notice": "泽政发〔2024〕1号", "label": "三、（十六）", "heading": "经营性自建房",
        "quote": "严禁违规加层加盖。", "clause_text": "经营性自建房。严禁违规加层加盖。",
        "region": "泽州县", "year": 2024, "source": Source(file="000.txt", start=5139, end=5334),
    }  # fmt: skip
    return Citation.model_validate(values | changes)


def make_answer(text: str = "严禁违规加层加盖。[1]", *citations: Citation, **changes: object) -> Answer:
    values: dict[str, object] = {
        "question": "自建房能加层吗？", "status": Status.ANSWERED, "text": text,
        "citations": citations or (make_citation(),),
    }  # fmt: skip
    return Answer.model_validate(values | changes)


def make_provision(received: str = "经營性自建房。嚴禁違規加層加蓋。", **changes: object) -> Provision:
    values: dict[str, object] = {
        "kind": UnitKind.CLAUSE, "notice": "泽政发〔2024〕1号", "path": ("三、", "（十六）"), "label": "三、（十六）",
        "heading": "经营性自建房", "text": "经营性自建房。严禁违规加层加盖。", "runs": ((5139, 5334),),
        "source": Source(file="000.txt", start=5139, end=5334),
    }  # fmt: skip
    unit = Unit.model_validate(values | changes)
    document = Document(
        notice=unit.notice, title="关于做好2024年安全生产工作的通知", region="泽州县", level=Level.COUNTY,
        date="2024-04-11", year=2024, units=(unit,), file=unit.source.file,
    )  # fmt: skip
    return Provision(unit=unit, document=document, received=received)


def make_explanation(said: str) -> Explanation:
    """An explanation with the same words wherever a question or a notice may bring its own."""
    part = ScorePart(name=f"项{said}", value=0.5)
    return Explanation(
        reading=(Line(label=f"标{said}", value=f"值{said}"),),
        notices=(AskedNotice(notice=f"号{said}", tier="所问通知", region=f"地{said}", year=2024),),
        passages=(
            ScoredPassage(
                notice=f"号{said}", label=f"条{said}", heading=f"题{said}", tier=f"级{said}", score=0.5, parts=(part,)
            ),
        ),
    )


def duty(*units: str, **changes: object) -> Responsibility:
    values: dict[str, object] = {"text": "（…）", "units": units, "start": 0, "end": 7, "whole": True}
    return Responsibility.model_validate(values | changes)


def shown(markdown: str) -> str:
    """The text a reader sees of inert markdown: its entities resolved."""
    return Markup(markdown).text.replace("\xa0", " ")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_question_is_shown_as_typed(payload: str) -> None:
    written = safe.plain_markdown(f"燃气{payload}检查")
    assert shown(written) == f"燃气{payload}检查"
    assert not set("<>[]()!`*_~$|\\\"'") & set(written)


@pytest.mark.parametrize(
    "typed", ["# 标题", "1. 一", "- 一", "    代码", "> 引", "***", "a@b.cn", "www.b.cn", "<!--", "\t列"]
)
def test_question_makes_no_markdown(typed: str) -> None:
    written = safe.plain_markdown(typed)
    assert shown(written) == typed.expandtabs(4)
    assert re.fullmatch(r"(?:&#\d+;|[\w\s])*", written)
    assert not written.startswith((" ", "\t"))


def test_question_keeps_lines_and_drops_control_characters() -> None:
    assert safe.plain_markdown("一\r\n二\x00\x1b\r三") == "一\n二\n三"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_answer_text_brings_no_markup(payload: str) -> None:
    markup = Markup(render.answer_markdown(make_answer(f"规定{payload}。[1]"), turn=2))
    assert markup.tags == {"span", "a"}
    assert markup.attributes == {"class", "href", "title"}
    assert markup.links == ["#cite-2-1"]
    assert f"规定{payload}。[1]" in markup.text
    source = render.answer_markdown(make_answer(f"规定{payload}。[1]"), turn=2)
    assert "](" not in source
    assert "![" not in source
    assert "://" not in source


@pytest.mark.parametrize("payload", PAYLOADS)
def test_citation_fields_bring_no_markup(payload: str) -> None:
    citation = make_citation(
        notice=f"号{payload}", label=f"条{payload}", heading=f"题{payload}", quote=f"引{payload}",
        region=f"地{payload}", clause_text=f"前引{payload}后", source=Source(file=f"{payload}.txt", start=0, end=9),
    )  # fmt: skip
    answer = make_answer("[1]", citation, question=f"问{payload}", scope=AnswerScope(regions=(payload,), why=payload))
    provision = make_provision(
        received=f"原{payload}", text=f"前引{payload}后", source=Source(file=f"{payload}.txt", start=0, end=9),
        responsibilities=(duty(f"单位{payload}", lead=(f"单位{payload}",), role=payload, inherited_from=payload),),
    )  # fmt: skip
    for html in (panel.panel_html(answer, (provision,), 1), render.answer_markdown(answer, 1)):
        markup = Markup(html)
        assert markup.tags <= OWN_TAGS
        assert markup.attributes <= OWN_ATTRIBUTES
        assert all(link.startswith("#") for link in markup.links)
    cards = Markup(panel.panel_html(answer, (provision,), 1)).text
    for part in (
        f"问{payload}",
        f"号{payload}",
        f"条{payload}",
        f"题{payload}",
        f"前引{payload}后",
        f"原{payload}",
        f"{payload}.txt",
    ):
        assert part in cards


@pytest.mark.parametrize("payload", PAYLOADS)
def test_explanation_brings_no_markup(payload: str) -> None:
    answer = make_answer(explanation=make_explanation(payload))
    source = render.answer_markdown(answer, 1)
    markup = Markup(source)
    assert markup.tags == {"span", "a", "details", "summary", "table", "tbody", "tr", "th", "td"}
    assert markup.attributes == {"class", "href", "title", "scope"}
    assert markup.links == ["#cite-1-1", "#correct-1"]
    for part in ("标", "值", "号", "地", "条", "题", "级", "项"):
        assert f"{part}{payload}" in markup.text
    why = source[source.index('<details class="aw-why">') :]
    assert not set("$`{}[]()!*~|\\'") & set(why)


def test_explanation_is_closed_on_one_line_and_last() -> None:
    written = render.answer_markdown(make_answer(explanation=make_explanation("一\n\n# 二\r\n\t三\x00")), 1)
    why = written.split("\n")[-1]
    assert why.startswith(
        '<details class="aw-why"><summary>为什么这样答</summary>'
        '<a class="aw-correct" href="#correct-1">理解得不对？改正后重查</a><table class="aw-reading"><tbody>'
        '<tr><th scope="row">标一 &#35; 二 三</th><td>值一 &#35; 二 三</td></tr>'
    )
    assert why.endswith("</tbody></table></details>")
    assert "aw-why" not in render.answer_markdown(make_answer(), 1)


def test_answer_has_badge_mode_marks_references_and_time() -> None:
    answer = make_answer("不得加层。[1]见[2]", timings_ms={"search": 21.4, "compose": 1.4})
    assert render.answer_markdown(answer, 3) == (
        '<span class="aw-badge aw-answered">已依据通知回答</span> <span class="aw-mode">依据原文摘录</span>\n\n'
        '不得加层。<a class="aw-mark" href="#cite-3-1" title="泽政发〔2024〕1号 三、（十六） 经营性自建房">'
        "&#91;1&#93;</a>见&#91;2&#93;\n\n"
        '<span class="aw-copied">引用：\n'
        "&#91;1&#93; 泽政发〔2024〕1号 三、（十六） 经营性自建房：“严禁违规加层加盖。”</span>\n\n"
        '<span class="aw-elapsed">用时 23 毫秒</span>'
    )


@pytest.mark.parametrize(
    ("status", "name"),
    [(Status.ANSWERED, "已依据通知回答"), (Status.NOT_STIPULATED, "通知未规定"), (Status.OUT_OF_SCOPE, "不在通知范围")],
)
def test_status_is_said_plainly(status: Status, name: str) -> None:
    assert f'<span class="aw-badge aw-{status.value}">{name}</span>' in render.answer_markdown(
        make_answer(status=status), 1
    )


def test_every_answer_names_its_mode() -> None:
    refused = Answer(question="写诗", status=Status.OUT_OF_SCOPE, text="不在范围。")
    assert render.answer_markdown(refused, 1) == (
        '<span class="aw-badge aw-out_of_scope">不在通知范围</span> <span class="aw-mode">依据原文摘录</span>'
        "\n\n不在范围。"
    )
    assert '<span class="aw-mode">模型整理</span>' in render.answer_markdown(make_answer(mode=Mode.LLM), 1)


@pytest.mark.parametrize(
    ("timings", "line"),
    [
        ({"total": 3.2, "search": 99.0}, "用时 3 毫秒"),
        ({"total": 0.2}, "用时 1 毫秒"),
        ({"llm": 2300.0, "search": 40.0}, "用时 2.3 秒"),
    ],
)
def test_time_taken(timings: dict[str, float], line: str) -> None:
    assert f'<span class="aw-elapsed">{line}</span>' in render.answer_markdown(make_answer(timings_ms=timings), 1)


def test_answer_keeps_lists_tables_quotes_and_emphasis() -> None:
    text = "> 引文[1]\n\n- **泽州县（2024）**：甲\n\n| 甲 | 乙\\|丙 |\n| --- | --- |"
    body = render.answer_markdown(make_answer(text), 1).split("\n\n")
    assert body[1].startswith('> 引文<a class="aw-mark"')
    assert body[2] == "- <strong>泽州县（2024）</strong>：甲"
    assert body[3] == "| 甲 | 乙&#124;丙 |\n| --- | --- |"


def test_failure_line() -> None:
    assert render.failure_markdown("索引<b>坏了；请重建") == (
        '<span class="aw-badge aw-failed">未能回答</span>\n\n索引&#60;b&#62;坏了；请重建'
    )


def test_notice_line_is_a_status_and_falls_back_to_the_hint() -> None:
    assert render.notice_html("请先<输入>") == '<p class="aw-notice" role="status">请先&lt;输入&gt;</p>'
    assert 'class="aw-notice aw-hint"' in render.notice_html("")


def test_header_counts() -> None:
    overview = Overview(regions=("泽州县",), years=(2024,), documents=9, clauses=185)
    assert Markup(render.header_html(overview)).text == "安问安全生产通知问答9 份文件185 条离线运行每条引用均经逐字核对"


def test_panel_shows_the_whole_clause_with_the_quote_marked() -> None:
    html = panel.panel_html(make_answer(), (make_provision(),), turn=4)
    assert '<p class="aw-clause"><b>三、（十六）</b>经营性自建房。<mark>严禁违规加层加盖。</mark></p>' in html
    assert '<details class="aw-card" name="aw-card" id="cite-4-1" open>' in html
    assert "<dt>成文日期</dt><dd>2024年4月11日</dd>" in html
    assert "<dt>通知标题</dt><dd>关于做好2024年安全生产工作的通知</dd>" in html
    assert "<dt>原件位置</dt><dd>000.txt，字符 5139–5334</dd>" in html
    assert (
        '<summary>查看原件</summary><pre tabindex="0" aria-label="原件文字">经營性自建房。嚴禁違規加層加蓋。</pre>'
        in html
    )


def test_panel_shows_noise_and_quote_of_the_received_text() -> None:
    text = "經營性(xing)自建房。嚴禁違\n規加層加蓋。"
    runs = tuple((5139 + start, 5139 + end) for start, end in ((0, 3), (9, 16), (17, 23)))
    source = Source(file="000.txt", start=5139, end=5139 + len(text))
    html = panel.panel_html(make_answer(), (make_provision(text, runs=runs, source=source),), turn=4)
    assert (
        '經營性<span class="aw-noise">(xing)</span>自建房。<mark>嚴禁違</mark>'
        '<mark><span class="aw-noise aw-blank">↵\n</span></mark><mark>規加層加蓋。</mark></pre>' in html
    )


def test_card_leads_to_the_clause_and_names_its_chapter() -> None:
    provision = make_provision(ancestors=("深化专项整治",))
    html = panel.panel_html(make_answer(), (provision,), turn=4)
    link = safe.clause_link("泽政发〔2024〕1号", "三、（十六）", 7, 16)
    assert (
        '<p class="aw-place"><span class="aw-note">三、 深化专项整治</span>'
        f'<a href="{link}">在条款中打开</a>　'
        f'<a href="{safe.subject_link("泽政发〔2024〕1号", "三、（十六）")}">对照上级、别处、往年</a></p>' in html
    )


def test_panel_opens_the_chosen_card_alone() -> None:
    answer = make_answer("[1][2]", make_citation(1), make_citation(2))
    assert re.findall(r'id="(cite-\d+-\d+)"( open)?', panel.panel_html(answer, (None, None), 1)) == [
        ("cite-1-1", ""),
        ("cite-1-2", ""),
    ]
    assert re.findall(r'id="(cite-\d+-\d+)" open', panel.panel_html(answer, (None, None), 1, opened=2)) == ["cite-1-2"]


def test_panel_says_who_is_responsible_and_why() -> None:
    duties = (
        duty("县住建局", "县公安局", lead=("县住建局",), role="分工负责"),
        duty("县能源局", role="负责", whole=False),
        duty("各乡镇人民政府", role="负责", inherited_from="一、（一）"),
    )
    html = panel.panel_html(make_answer(), (make_provision(responsibilities=duties),), 1)
    assert '<li><b class="aw-lead">县住建局（牵头）</b>、县公安局 分工负责</li>' in html
    assert '<li>县能源局 负责<span class="aw-note">（限于“经营性自建房。”）</span></li>' in html
    assert '<li>各乡镇人民政府 负责<span class="aw-note">（依据“一、（一）”条“以下均需……”）</span></li>' in html


def test_panel_without_provision_or_citation() -> None:
    assert "<dt>原件位置</dt><dd>000.txt，字符 5139–5334</dd>" in panel.panel_html(make_answer(), (None,), 1)
    empty = Answer(question="写诗", status=Status.OUT_OF_SCOPE, text="不在范围。")
    assert "本次答复没有引用条款。" in panel.panel_html(empty, (), 1)


def test_panel_names_the_scope() -> None:
    answer = make_answer(scope=AnswerScope(regions=("泽州县",), years=(2024,), why="未写年份，取最新"))
    assert '<p class="aw-scope">查阅范围：泽州县 · 2024年；未写年份，取最新</p>' in panel.panel_html(answer, (None,), 1)


def test_unknown_year_place_and_date_are_said() -> None:
    provision = make_provision()
    bare = Provision(
        unit=provision.unit, document=provision.document.model_copy(update={"date": "", "title": ""}), received=""
    )
    html = panel.panel_html(make_answer("[1]", make_citation(region="", year=None)), (bare,), 1)
    assert "地区不详 · 年份不详" in html
    assert "<dt>通知标题</dt><dd>原件未载</dd>" in html
    assert "<dt>成文日期</dt><dd>原件未载</dd>" in html
    assert "<dt>责任单位</dt><dd>本条未写明</dd>" in html
