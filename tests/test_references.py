"""References in questions, as tables: places, levels, years, 文号 and clause numbers."""

from __future__ import annotations

import pytest

from corpus.clean import clean_text
from corpus.model import Document
from retrieval.references import find_clause, find_notices, find_places, find_relative_place, find_years

KNOWN = ("泽州县", "高平市", "山西省", "临汾市")
NEWEST = 2024

PLACES = [
    ("泽州县燃气怎么检查", ["泽州县"]),
    ("泽州的燃气怎么检查", ["泽州县"]),
    ("高平市自建房要什么手续", ["高平市"]),
    ("那高平呢？", ["高平市"]),
    ("临汾煤矿要建多少座智能化的", ["临汾市"]),
    ("山西的指标是多少", ["山西省"]),
    ("山西省临汾市的要求", ["临汾市"]),
    ("山西临汾的要求", ["临汾市"]),
    ("山西省晋城市泽州县的要求", ["泽州县"]),
    ("山西省，临汾市，哪个严", ["山西省", "临汾市"]),
    ("泽州和高平有什么不同", ["泽州县", "高平市"]),
    ("泽州、泽州县、泽州的事", ["泽州县"]),
    ("晋城市的要求", ["晋城市"]),
    ("太原的燃气归谁管", ["太原市"]),
    ("陕西榆林的煤矿", ["榆林市"]),
    ("陕西省的煤矿", ["陕西省"]),
    ("北京的规定", ["北京市"]),
    ("洪洞县的企业", ["洪洞县"]),
    ("洪洞的企业", ["洪洞县"]),
    ("尧都区的饭店", ["尧都区"]),
    ("昆山市的企业", ["昆山市"]),
    ("公安县的规定", ["公安县"]),
    ("公安局管不管", []),
    ("平安过年要注意什么", []),
    ("开展平安建设", []),
    ("城区燃气管网谁管", []),
    ("矿区道路谁负责", []),
    ("城中村消防", []),
    ("我们县的要求", []),
    ("我单位燃气检查频次要求", []),
    ("工业园区和开发区", []),
    ("山西安全生产指标", ["山西省"]),
    ("新建煤矿的智能化", []),
    ("农村公路安全护栏", []),
    ("应急指挥部职责", []),
    ("高平的高层建筑", ["高平市"]),
]


@pytest.mark.parametrize(("question", "places"), PLACES)
def test_places(question: str, places: list[str]) -> None:
    """Full and short names are places; everyday words are none; a place in front of its part only says where."""
    assert find_places(clean_text(question), KNOWN)[0] == places


RELATIVE = [
    ("省里怎么要求", "省"),
    ("全省要建多少座", "省"),
    ("我省的指标", "省"),
    ("市里有什么规定", "市"),
    ("本市的燃气", "市"),
    ("县里谁负责", "县"),
    ("咱县的矿", "县"),
    ("县一级要干什么", "县"),
    ("燃气归谁管", ""),
    ("省直部门的职责", ""),
    ("市政公用设施谁负责", ""),
]


@pytest.mark.parametrize(("question", "level"), RELATIVE)
def test_relative_places(question: str, level: str) -> None:
    """省里, 全市, 我县 mean a level."""
    assert find_relative_place(clean_text(question))[0] == level


YEARS = [
    ("泽州2023的要求", [2023]),
    ("2023年泽州的要求", [2023]),
    ("2024年度工作目标", [2024]),
    ("23年的通知", [2023]),
    ("24年和23年的差别", [2024, 2023]),
    ("2023年、2024年有什么变化", [2023, 2024]),
    ("2023和2024有什么变化", [2023, 2024]),
    ("２０２３年的要求", [2023]),
    ("泽州2019", [2019]),
    ("今年的目标", [2024]),
    ("去年的目标", [2023]),
    ("前年的目标", [2022]),
    ("今年跟去年比有啥变化", [2024, 2023]),
    ("最新的要求", [2024]),
    ("上一年的要求", [2023]),
    ("停用超过3年的尾矿库", []),
    ("停用3年的尾矿库", []),
    ("近10年的事故", []),
    ("满20年的电梯", []),
    ("10年", []),
    ("用了20年以上的锅炉", []),
    ("100年一遇", []),
    ("运行30年的老管网", []),
    ("24小时值班", []),
    ("产能120万吨/年的煤矿", []),
    ("一年查几次", []),
    ("年内至少一次演练", []),
]


@pytest.mark.parametrize(("question", "years"), YEARS)
def test_years(question: str, years: list[int]) -> None:
    """Years are years; spans of time, head counts and tonnages are none."""
    assert find_years(clean_text(question), NEWEST)[0] == years


@pytest.mark.parametrize(("question", "word", "year"), [("今年的目标", "今年", 2024), ("去年的要求", "去年", 2023)])
def test_relative_year_is_said(question: str, word: str, year: int) -> None:
    """How a relative year was taken is told to the asker; a plain year needs no note."""
    note = find_years(question, NEWEST)[1]
    assert word in note
    assert str(year) in note
    assert find_years("2024年的目标", NEWEST)[1] == ""
    assert find_years(question, None) == ([], "", [])


Z24, Z23, G24 = "泽政发〔2024〕1号", "泽政发〔2023〕1号", "高政发〔2024〕1号"
J24, L24 = "晋政发〔2024〕1号", "临政发〔2024〕1号"
NOTICES = [
    ("泽政发〔2024〕1号说了啥", [Z24]),
    ("泽政发[2024]1号说了啥", [Z24]),
    ("泽政发【2024】1号说了啥", [Z24]),
    ("泽政发(2024)1号说了啥", [Z24]),
    ("泽政发（2023）1号说了啥", [Z23]),
    ("泽政发［2023］1号", [Z23]),
    ("泽政发〔2024〕第1号", [Z24]),
    ("泽政发〔 2024 〕 1 号", [Z24]),
    ("高政发[2024] 1 号", [G24]),
    ("晋政发2024年1号", [J24]),
    ("晋政发2024年第1号", [J24]),
    ("晉政發〔2024〕1號", [J24]),
    ("临政发〔２０２４〕１号", [L24]),
    ("临政发1号", [L24]),
    ("泽政发1号", [Z24, Z23]),
    ("临政函14号批的啥", ["临政函〔2024〕14号"]),
    ("临政函〔2024〕11号", ["临政函〔2024〕11号"]),
    ("临政函〔2024〕12号和13号", ["临政函〔2024〕12号"]),
    ("泽政发〔2024〕1号和高政发〔2024〕1号有什么不同", [Z24, G24]),
    ("临政函1号", []),
    ("临政发〔2024〕11号", []),
    ("临政函〔2023〕14号", []),
    ("晋政办发〔2024〕1号", []),
    ("今天1号", []),
]


@pytest.mark.parametrize(("question", "notices"), NOTICES)
def test_notices(question: str, notices: list[str], documents: dict[str, Document]) -> None:
    """A 文号 is known in any bracket style, with or without its year; another number or year is another notice."""
    assert find_notices(clean_text(question), tuple(documents.values()))[0] == notices


CLAUSES = [
    ("第十七条说的啥", (None, 17, None)),
    ("第17条说的啥", (None, 17, None)),
    ("第 17 条说的啥", (None, 17, None)),
    ("泽州17条说的啥", (None, 17, None)),
    ("（十七）是什么", (None, 17, None)),
    ("(十七)是什么", (None, 17, None)),
    ("第(十一)条写了什么", (None, 11, None)),
    ("三、（十七）是什么", (3, 17, None)),
    ("三、(十七)是什么", (3, 17, None)),
    ("第三章第十七条", (3, 17, None)),
    ("第二部分(一)第9点", (2, 1, 9)),
    ("第二部分（一）第九点", (2, 1, 9)),
    ("二、（一）9.是什么", (2, 1, 9)),
    ("第二部分第（三）第2项", (2, 3, 2)),
    ("第一条", (None, 1, None)),
    ("第十条", (None, 10, None)),
    ("第三十二條", (None, 32, None)),
    ("第二十款", (None, 20, None)),
    ("第一部分讲什么", (1, None, None)),
    ("燃气有几条规定", None),
    ("第一次检查是什么时候", None),
    ("第三方机构怎么请", None),
    ("我单位燃气检查频次要求", None),
    ("一、二级标准的煤矿", None),
]


@pytest.mark.parametrize(("question", "numbers"), CLAUSES)
def test_clause_numbers(question: str, numbers: tuple[int | None, ...] | None) -> None:
    """Chapter, clause and item numbers are read in every style; counts and ordinals of other things are none."""
    clause = find_clause(clean_text(question))[0]
    assert (None if clause is None else (clause.chapter, clause.clause, clause.item)) == numbers
