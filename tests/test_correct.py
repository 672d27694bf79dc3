"""改正理解: what the asker sets right in the reading of his question, on the real index."""

from __future__ import annotations

import sys

import pytest
from gradio import SelectData
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.cli import run
from app.explain import KIND_NAMES, Replaced
from app.model import Answer, Inquiry, Status, Turn, set_right
from app.service import Service
from app.web.conversation import Conversation, Exchange, Held
from app.web.correct import ANYTHING, KEEP, CorrectionHandlers
from corpus.errors import QuestionError
from retrieval.lexicon import read_meaning
from retrieval.model import LONGEST_WORD, MOST_WORDS, AskedKind, Override, Replacement, Tier
from tests.test_render import PAYLOADS, Markup

ZEZHOU = "泽州县"
SITE = Inquiry(question="工地谁来管", region=ZEZHOU)
ROAD = Replacement(word="工地", meant="公路")


def first(answer: Answer) -> tuple[str, str]:
    """What is cited first."""
    return answer.citations[0].label, answer.citations[0].heading


def why(answer: Answer) -> dict[str, str]:
    assert answer.explanation is not None
    return {line.label: line.value for line in answer.explanation.reading}


# Words


def test_what_a_word_means_gives_the_right_clause(service: Service) -> None:
    """工地 is read as 建筑施工; of a site on a road it is the traffic clause that is right."""
    assert first(service.ask(SITE)) == ("三、（十五）", "建设工程施工领域专项整治")
    answer = service.ask(SITE.model_copy(update={"meant": (ROAD,)}))
    assert first(answer) == ("三、（十四）", "交通运输领域专项整治")
    assert why(answer)["您的改正"] == "改为 工地 → 公路"
    assert why(answer)["查的词"] == "公路"
    assert answer.question == SITE.question


def test_word_kept_as_typed_gives_the_clause_that_has_it(service: Service) -> None:
    """救援装备 is replaced by 应急救援装备, which another clause has; as typed it finds its own."""
    asked = Inquiry(question="救援装备由谁负责", region=ZEZHOU)
    read = service.ask(asked)
    assert first(read)[0] == "六、（二十七）"
    answer = service.ask(asked.model_copy(update={"as_typed": ("救援装备",)}))
    assert first(answer) == ("五、（二十三）", "强化基层建设")
    assert "救援装备" in answer.citations[0].clause_text
    assert "换成公文用语" not in why(answer)
    assert why(answer)["您的改正"] == "不替换 救援装备"


@pytest.mark.parametrize(
    ("question", "typed", "meant"), [("隐换排查谁负责", "隐换", "隐患"), ("ranqi谁负责", "ranqi", "燃气")]
)
def test_spelling_is_left_alone(service: Service, question: str, typed: str, meant: str) -> None:
    assert meant in service.find(Inquiry(question=question)).reading.text
    kept = service.find(Inquiry(question=question, as_typed=(typed,))).reading
    assert (kept.corrections, typed in kept.text, kept.unknown) == ((), True, (typed,))


def test_a_slip_may_be_named_as_typed_or_as_put_right(service: Service) -> None:
    for word in ("隐换", "隐患"):
        reading = service.find(
            Inquiry(question="隐换排查谁负责", meant=(Replacement(word=word, meant="燃气"),))
        ).reading
        assert reading.text == "燃气排查谁负责"
    answer = service.ask(
        Inquiry(question="隐换排查谁负责", region=ZEZHOU, meant=(Replacement(word="隐患", meant="燃气"),))
    )
    assert answer.status is Status.ANSWERED
    assert first(answer) == ("三、（十七）", "燃气领域专项整治")


def test_term_that_no_notice_has_is_searched_by_its_words(service: Service) -> None:
    """None of the notices has 公路护栏网; 公路 is left to search for, and what nobody has is unknown."""
    found = service.find(Inquiry(question="工地谁来管", meant=(Replacement(word="工地", meant="公路量子"),)))
    assert [one.surface for one in found.reading.concepts] == ["公路"]
    found = service.find(Inquiry(question="工地谁来管", meant=(Replacement(word="工地", meant="量子计算机"),)))
    assert (found.reading.concepts, found.reading.unknown) == ((), ("量子计算机",))


def test_word_that_looks_like_a_place_or_a_clause_is_a_word(service: Service) -> None:
    """What the asker sets is what is asked about: no place, year or clause number is read in it."""
    place = service.find(Inquiry(question="太原市的燃气谁管", as_typed=("太原市",)))
    assert (place.reading.places, place.scope.refusal) == ((), "")
    assert "太原市" in {one.surface for one in place.reading.concepts} | set(place.reading.unknown)
    clause = Inquiry(question="第十七条谁来管")
    assert service.find(clause).reading.kind is AskedKind.CLAUSE
    assert service.find(clause.model_copy(update={"as_typed": ("第十七条",)})).reading.clause is None


def test_word_that_the_question_has_not_is_told(service: Service) -> None:
    answer = service.ask(SITE.model_copy(update={"meant": (Replacement(word="桥梁", meant="公路"),)}))
    assert why(answer)["您的改正"] == "改为 桥梁 → 公路；没有用上 问题中没有“桥梁”"
    assert answer.citations == service.ask(SITE).citations


# Kind, place and year


def test_kind_changes_the_answer(service: Service) -> None:
    asked = Inquiry(question="泽州县煤矿企业负责人检查")
    often = service.ask(asked.model_copy(update={"kind": AskedKind.FREQUENCY}))
    whose = service.ask(asked.model_copy(update={"kind": AskedKind.RESPONSIBILITY}))
    assert often.text.startswith("泽州县2024年规定的频次：企业主要负责人每周至少深入现场开展1次。")
    assert "（负有安全监管职责的部门督促企业落实）" in whose.text
    assert "每周" not in whose.text
    assert (why(often)["问的是"], why(whose)["问的是"]) == ("频次", "责任单位")


def test_kind_set_is_the_only_one_asked(service: Service) -> None:
    """由谁负责，多久一次 asks two things; set right to one, the other is neither answered nor missed."""
    asked = Inquiry(question="燃气由谁负责，多久检查一次", region=ZEZHOU)
    both = service.ask(asked)
    assert "频次" in both.text
    one = service.ask(asked.model_copy(update={"kind": AskedKind.RESPONSIBILITY}))
    assert one.status is Status.ANSWERED
    assert "频次" not in one.text
    assert service.find(asked.model_copy(update={"kind": AskedKind.RESPONSIBILITY})).reading.also == ()


@pytest.mark.parametrize(
    ("region", "places"), [("高平市", ("高平市",)), (None, ("泽州县", "高平市", "山西省", "临汾市"))]
)
def test_place_set_comes_before_the_one_named(service: Service, region: str | None, places: tuple[str, ...]) -> None:
    asked = Inquiry(question="榆林的煤矿归谁管")
    assert service.ask(asked).status is Status.OUT_OF_SCOPE
    answer = service.ask(asked.model_copy(update={"region": region, "place_set": True}))
    assert answer.status is Status.ANSWERED
    assert set(answer.scope.regions) == set(places)
    assert why(answer)["您的改正"] == f"地区 {region or '不限'}"


def test_place_set_comes_before_the_conversation(service: Service) -> None:
    history = (Turn(role="user", content="泽州县燃气由谁负责？"), Turn(role="assistant", content="县住建局。"))
    asked = Inquiry(question="多久检查一次", history=history)
    assert service.find(asked).scope.regions == (ZEZHOU,)
    assert len(service.find(asked.model_copy(update={"place_set": True})).scope.regions) > 1


def test_year_set_comes_before_the_one_named(service: Service) -> None:
    asked = Inquiry(question="泽州2023年燃气由谁负责")
    assert service.find(asked).scope.years == (2023,)
    named = service.find(asked.model_copy(update={"year": 2024, "year_set": True}))
    assert named.scope.years == (2024,)
    newest = service.find(asked.model_copy(update={"year_set": True}))
    assert newest.scope.tiers["泽政发〔2023〕1号"] is Tier.OLDER
    assert why(service.ask(asked.model_copy(update={"year_set": True})))["年份"] == "2024年（您选定）"


def test_nothing_set_is_as_before(service: Service) -> None:
    """An override that says nothing leaves the reading as it is."""
    for question in ("我单位燃气检查频次要求？", "泽洲煤气罐谁来查", "泽政发〔2024〕1号第十七条讲什么", "写一首诗"):
        reading = service.find(Inquiry(question=question)).reading
        assert reading.override == Override()
        answer = service.ask(Inquiry(question=question))
        assert answer.explanation is not None
        assert answer.explanation.corrected == ()
        assert "您的改正" not in why(answer)


# What is untrusted


@pytest.mark.parametrize("line", ["工地", "=公路", "工地=", "工" * 21 + "=公路", "工地=" + "公" * 21, ""])
def test_wrong_pairs_are_refused_in_one_line(line: str) -> None:
    with pytest.raises(QuestionError) as raised:
        read_meaning(line)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 90


def test_bounds() -> None:
    nine = [f"词{n}" for n in range(MOST_WORDS + 1)]
    for as_typed, meant in ((nine, []), ([], [f"{word}=公路" for word in nine])):
        with pytest.raises(QuestionError, match="至多 8 个"):
            set_right(SITE, "", as_typed, meant)
        with pytest.raises(ValidationError):
            Inquiry(question="问", as_typed=tuple(as_typed), meant=tuple(read_meaning(one) for one in meant))
    with pytest.raises(ValidationError):
        Replacement(word="工" * (LONGEST_WORD + 1), meant="公路")
    assert set_right(SITE, "频次", ["工地", "工地 "], ["工地=公路", "工地＝隧道"]) == SITE.model_copy(
        update={"kind": AskedKind.FREQUENCY, "as_typed": ("工地",), "meant": (read_meaning("工地=隧道"),)}
    )


words = st.text(min_size=1, max_size=LONGEST_WORD)


@given(st.lists(words, max_size=3), st.lists(st.tuples(words, words), max_size=3), st.sampled_from(AskedKind))
def test_any_words_are_taken(
    service: Service, as_typed: list[str], meant: list[tuple[str, str]], kind: AskedKind
) -> None:
    """Whatever is set, a question is answered, and what is cited is in the clauses."""
    pairs = tuple(
        Replacement(word=word, meant=term) for word, term in [*meant, ("工地", meant[0][1] if meant else "公路")]
    )
    answer = service.ask(
        Inquiry(question=f"工地{''.join(as_typed)}谁来管", as_typed=tuple(as_typed), meant=pairs, kind=kind)
    )
    assert all(one.quote in one.clause_text for one in answer.citations)


# The form


def talk_of(service: Service, inquiry: Inquiry) -> Conversation:
    exchange = Exchange(3, inquiry.question, "答", Held(service.ask(inquiry)), inquiry)
    return Conversation((exchange,))


@pytest.fixture(scope="module")
def form(service: Service) -> CorrectionHandlers:
    return CorrectionHandlers(service.overview())


def filled(form: CorrectionHandlers, talk: Conversation, turn: object = 3) -> tuple[object, ...]:
    return form.fill(talk, SelectData(None, {"index": turn, "value": turn}))


def test_form_is_filled_from_the_reading(service: Service, form: CorrectionHandlers) -> None:
    head, region, year, kind, wrong, meant, said, turn = filled(form, talk_of(service, SITE))
    assert "工地谁来管" in str(head)
    assert region["choices"][:2] == [("照原来的理解：泽州县", KEEP), ("不限", ANYTHING)]  # type: ignore[index]
    assert year["choices"][0] == ("照原来的理解：2024年", KEEP)  # type: ignore[index]
    assert kind["choices"][0] == ("照原来的理解：责任单位", KEEP)  # type: ignore[index]
    assert wrong["choices"] == [("工地 → 建筑施工、建设工程施工、建设施工", "工地")]  # type: ignore[index]
    assert (wrong["value"], wrong["visible"], meant, said, turn) == ([], True, "", "", 3)  # type: ignore[index]


def test_form_keeps_what_was_set_before(service: Service, form: CorrectionHandlers) -> None:
    talk = talk_of(service, SITE.model_copy(update={"meant": (ROAD,), "as_typed": ("谁",), "kind": AskedKind.LIST}))
    *_, wrong, meant, _, _ = filled(form, talk)
    assert (wrong["value"], meant) == (["谁"], "工地=公路")  # type: ignore[index]
    _, inquiry = form.check(3, "高平市", KEEP, KEEP, ["谁"], "工地=公路", talk)
    assert inquiry is not None
    assert (inquiry.region, inquiry.place_set, inquiry.year_set, inquiry.kind) == (
        "高平市",
        True,
        False,
        AskedKind.LIST,
    )
    assert (inquiry.as_typed, inquiry.meant) == (("谁",), (ROAD,))


def test_form_asks_again_with_what_was_set_beside_the_question(service: Service, form: CorrectionHandlers) -> None:
    talk = talk_of(service, SITE)
    said, inquiry = form.check(3, KEEP, ANYTHING, "频次", ["工地"], " 工地 ＝ 公路 ；", talk)
    assert "data-aw-done" in said
    assert inquiry == SITE.model_copy(
        update={"kind": AskedKind.FREQUENCY, "as_typed": ("工地",), "meant": (ROAD,), "year_set": True}
    )


@pytest.mark.parametrize(
    ("wrong", "meant", "fault"),
    [
        ([], "", "还没有改动"),
        ([], "桥梁=公路", "问题中没有“桥梁”"),
        ([], "工地", "看不懂"),
        ([], "\n".join(f"工地{n}=公路" for n in range(9)), "至多 8 个"),
        (["工" * 40], "", "1 到 20 字"),
    ],
)
def test_form_says_what_is_wrong(
    service: Service, form: CorrectionHandlers, wrong: list[str], meant: str, fault: str
) -> None:
    said, inquiry = form.check(3, KEEP, KEEP, KEEP, wrong, meant, talk_of(service, SITE))
    assert inquiry is None
    assert 'class="aw-said aw-bad"' in said
    assert fault in said


@pytest.mark.parametrize("turn", [4, "3", None, {"a": 1}])
def test_answer_that_is_gone(service: Service, form: CorrectionHandlers, turn: object) -> None:
    assert "已不在对话中" in str(filled(form, talk_of(service, SITE), turn)[-2])
    assert form.check(0, KEEP, KEEP, KEEP, [], "", Conversation())[1] is None


@pytest.mark.parametrize("payload", PAYLOADS)
def test_form_brings_no_markup(service: Service, form: CorrectionHandlers, payload: str) -> None:
    asked = Inquiry(question=payload or "问")
    talk = Conversation((Exchange(3, asked.question, "答", None, asked),))
    head = str(filled(form, talk)[0])
    said, _ = form.check(3, payload, payload, payload, [], f"{payload[:8]}=公路", talk)
    for page in (head, said):
        assert Markup(page).tags <= {"h2", "p"}
        assert Markup(page).attributes <= {"class", "id", "role", "data-aw-done"}


# The command line


def test_command_line(service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("app.service.open_service", lambda settings, say: service)
    asked = ["anwen", "ask", SITE.question, "--region", ZEZHOU]

    def anwen(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", [*asked, *options])
        code = run()
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    code, out, err = anwen("--kind", "责任单位", "--as-typed", "谁", "--meant", "工地=公路")
    assert (code, err) == (0, "")
    assert out.splitlines()[1] == "已按您的改正重查：问的是 责任单位；不替换 谁；改为 工地 → 公路"
    assert "三、（十四）" in out
    assert anwen("--meant", "工地")[::2] == (1, "错误：“工地”看不懂；请写成“词=正式说法”，例如 工地=建设工程施工\n")
    code, _, err = anwen("--kind", "频率")
    assert code == 2
    assert all(name in err for name in KIND_NAMES.values())


def test_explanation_tells_what_was_read_part_by_part(service: Service) -> None:
    explanation = service.ask(Inquiry(question="泽洲煤气罐去年谁来查")).explanation
    assert explanation is not None
    read = explanation.read_as
    assert (read.text, read.places, read.years, read.kind) == (
        "泽洲煤气罐去年谁来查", (ZEZHOU,), (2023,), AskedKind.RESPONSIBILITY,
    )  # fmt: skip
    assert Replaced(word="煤气罐", terms=("气瓶", "液化石油气", "燃气")) in read.replaced
    assert [(one.typed, one.meant) for one in read.corrections] == [("泽洲", "泽州")]
