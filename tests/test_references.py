"""References in questions, as tables: places, levels, years, 文号 and clause numbers."""

from __future__ import annotations

import pytest

from corpus.clean import clean_text
from corpus.model import Document
from retrieval.references import (
    blank,
    find_clause,
    find_missing_notices,
    find_notices,
    find_places,
    find_relative_place,
)
from retrieval.years import find_years

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
    ("去年我家装修，燃气多久检查一次", []),
    ("去年我家装修，今年物业不让装燃气", []),
    ("前年出过事", []),
    ("前年出过事，现在要怎么查", []),
    ("去年的通知", [2023]),
    ("去年那份怎么说", [2023]),
    ("去年怎么规定的", [2023]),
    ("去年谁牵头", [2023]),
    ("去年也是这样吗", [2023]),
    ("跟去年比有什么变化", [2024, 2023]),
    ("比去年多了什么", [2024, 2023]),
    ("2019年建的锅炉多久检一次", []),
    ("2020年开业的饭店要报警器吗", []),
    ("我2018年买的房子改民宿", []),
    ("2022年的通知", [2022]),
    ("2022年的燃气要求", [2022]),
    ("2024年要建成多少座智能化煤矿", [2024]),
    ("2023年度的目标", [2023]),
    ("23年度的要求", [2023]),
    ("二〇二三年的要求", [2023]),
    ("二○二三年的要求", [2023]),
    ("二三年的通知", [2023]),
    ("二三年前", []),
    ("用了二三年", []),
    ("上一年那份", [2023]),
    ("最新那份怎么说", [2024]),
    ("旧的那份呢", [2023]),
    ("新的那份呢", [2024]),
    ("头一年那份", [2023]),
    ("头一年上岗培训多少小时", []),
    ("老的文件里", [2023]),
    ("新版里有没有", [2024]),
    ("更新版本", []),
    ("创新的规定", []),
    ("上一份呢", [2023]),
    ("去年县里下发的文件里燃气谁管", [2023]),
    ("去年发生的事故要不要报", []),
    ("我矿去年停产了，复产要什么手续", []),
    ("去年泽州燃气谁管", [2023]),
    ("去年被查出隐患，整改期限", []),
    ("2021年投产的煤矿要建智能化吗", []),
    ("2023年和2024年的要求", [2023, 2024]),
    ("25年的老电梯", []),
    ("23年工龄的工人", []),
    ("去年", [2023]),
    ("去年呢", [2023]),
    ("当年的任务", [2024]),
    ("我爸当年在矿上出过事，现在赔多少", []),
    ("前年2022年的通知", [2022]),
    ("2023年验收的煤矿多久复查", []),
    ("2023年的老规定", [2023]),
    ("二三年那份呢", [2023]),
    ("2024年新建的加油站要什么手续", []),
    ("2024年新建加油站要什么手续", [2024]),
    ("本年度任务", [2024]),
    ("上年度产量超了怎么办", []),
    ("上一年度的目标", [2023]),
    ("今年刚开的饭店，燃气多久查", []),
    ("今年新招的工人要培训多久", []),
    ("去年的燃气要求", [2023]),
    ("去年燃气的要求是什么，今年呢", [2024, 2023]),
    ("以当年产量算", []),
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
    ("泽政发2024-1", [Z24]),
    ("泽政发2024—1号", [Z24]),
    ("泽政发{2024}1号", [Z24]),
    ("泽政发<2024>1号", [Z24]),
    ("泽政发《2024》1号", [Z24]),
    ("泽政发2024年1号文", [Z24]),
    ("泽政发2024年的通知", [Z24]),
    ("泽政发2023的", [Z23]),
    ("泽政发2024-12", []),
    ("泽州2023年1号文", [Z23]),
    ("泽州去年的1号文", [Z23]),
    ("泽州1号文说了啥", [Z24]),
    ("高平（2024）1号说了啥", [G24]),
    ("14号文批的啥", ["临政函〔2024〕14号"]),
    ("临汾市政府14号函同意了什么", ["临政函〔2024〕14号"]),
    ("14号批复给谁的", ["临政函〔2024〕14号"]),
    ("临汾1号函", []),
    ("（2024）1号说了啥", []),
    ("1号文说了啥", []),
    ("3号楼", []),
    ("12月1号通知开会", []),
]


@pytest.mark.parametrize(("question", "notices"), NOTICES)
def test_notices(question: str, notices: list[str], documents: dict[str, Document]) -> None:
    """A 文号 is known in any bracket style, with or without its year; another number or year is another notice."""
    assert find_notices(clean_text(question), tuple(documents.values()))[0] == notices


MISSING = [
    ("泽政发2019-7", ["泽政发2019-7"]),
    ("泽政发〔2019〕77号", ["泽政发〔2019〕77号"]),
    ("〔2022〕1号说了啥", ["（2022）1号"]),
    ("（2024）1号说了啥", []),
    ("泽政发2024-1", []),
    ("3号楼", []),
]


@pytest.mark.parametrize(("question", "missing"), MISSING)
def test_missing_notices(question: str, missing: list[str], documents: dict[str, Document]) -> None:
    """A 文号 that the corpus has not is told, in any style; a number that several places bear is not missing."""
    text = clean_text(question)
    held = tuple(documents.values())
    assert find_missing_notices(blank(text, find_notices(text, held)[1]), held) == missing


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
    ("第17", (None, 17, None)),
    ("第17说的啥", (None, 17, None)),
    ("第十七呢", (None, 17, None)),
    ("(十七)呢", (None, 17, None)),
    ("泽州（十七）说的啥", (None, 17, None)),
    ("泽州那份的（十七）", (None, 17, None)),
    ("泽州十七条说的啥", (None, 17, None)),
    ("十七条呢", (None, 17, None)),
    ("三（十七）", (3, 17, None)),
    ("三(十七)", (3, 17, None)),
    ("第三部分第十七条", (3, 17, None)),
    ("第17条第2项", (None, 17, 2)),
    ("3.17", (3, 17, None)),
    ("3.17是什么", (3, 17, None)),
    ("3.17事故", None),
    ("12.5万吨的煤矿", None),
    ("离地3.5米", None),
    ("十五条硬措施", None),
    ("15条硬措施是什么", None),
    ("第十七届", None),
    ("第3次检查", None),
    ("第一，第二", None),
    ("有十七条吗", None),
]


@pytest.mark.parametrize(("question", "numbers"), CLAUSES)
def test_clause_numbers(question: str, numbers: tuple[int | None, ...] | None) -> None:
    """Chapter, clause and item numbers are read in every style; counts and ordinals of other things are none."""
    clause = find_clause(clean_text(question))[0]
    assert (None if clause is None else (clause.chapter, clause.clause, clause.item)) == numbers
