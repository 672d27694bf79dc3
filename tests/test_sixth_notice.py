"""Notices of other provinces, numbered as no bundled one is, dropped into a folder."""

from __future__ import annotations

from pathlib import Path

from corpus.load import load_corpus
from corpus.model import Document, Level, Unit, UnitKind

REGULATION = """浙江省人民政府办公厅
浙政办发〔2025〕3号
浙江省燃气安全管理
办法
各市、县（市、区）人民政府、省政府直属各单位：
第一章　总则
第一条　为了加强燃气安全管理，根据《中华人民共和国安全生产法》和
第三条所列规章，制定本办法。
第二条　本办法适用于全省。其他另有规定的，从其规定。
第二章　检查
第三条　有下列情形之一的，责令改正：
（一）未按第一条检查的；
（二）每年入户检查少于1次的。
第四条　本办法自2025年3月1日起施行。
浙江省人民政府办公厅
2025年1月3日
"""

FOUR_LEVELS = """河北省人民政府文件
冀政发[2024]12号
河北省人民政府
关于进一步加强安全生产工作的意见
各市人民政府，雄安新区管委会：
为做好工作，提出如下意见。
一、总体要求
（一）指导思想。坚持人民至上。
（二）目标任务
1.矿山。按下列要求检查：
（1）煤矿每季度检查1次；
（2）非煤矿山每半年检查1次。
2.2024年底前完成整治，不再延期。
二、保障措施
（一）加强领导。各级负责。
河北省人民政府　二〇二四年十二月三十日
"""


def units_in(folder: Path, text: str) -> tuple[Document, list[Unit]]:
    """Drop a notice into a folder and load it."""
    (folder / "sixth.txt").write_text(text, encoding="utf-8")
    corpus = load_corpus([folder])
    assert corpus.findings == ()
    body = [unit for unit in corpus.documents[0].units if unit.kind in (UnitKind.CLAUSE, UnitKind.LEAD)]
    return corpus.documents[0], body


def test_notice_of_chapters_and_articles(tmp_path: Path) -> None:
    document, body = units_in(tmp_path, REGULATION)
    assert (document.notice, document.title) == ("浙政办发〔2025〕3号", "浙江省燃气安全管理办法")
    assert (document.issuer, document.region, document.level) == ("浙江省人民政府办公厅", "浙江省", Level.PROVINCE)
    assert (document.date, document.year, document.chapters) == ("2025-01-03", 2025, ("总则", "检查"))
    assert document.addressees == ("各市、县（市、区）人民政府", "省政府直属各单位")
    assert [(unit.label, unit.kind, unit.text) for unit in body] == [
        (
            "第一章第一条",
            UnitKind.CLAUSE,
            "为了加强燃气安全管理，根据《中华人民共和国安全生产法》和第三条所列规章，制定本办法。",
        ),
        ("第一章第二条", UnitKind.CLAUSE, "本办法适用于全省。其他另有规定的，从其规定。"),
        ("第二章第三条", UnitKind.LEAD, "有下列情形之一的，责令改正："),
        ("第二章第三条（一）", UnitKind.CLAUSE, "未按第一条检查的；"),
        ("第二章第三条（二）", UnitKind.CLAUSE, "每年入户检查少于1次的。"),
        ("第二章第四条", UnitKind.CLAUSE, "本办法自2025年3月1日起施行。"),
    ]
    assert [unit.heading for unit in document.clauses] == [""] * 5
    assert body[3].ancestors == ("检查", "有下列情形之一的，责令改正：")


def test_notice_of_four_levels(tmp_path: Path) -> None:
    document, body = units_in(tmp_path, FOUR_LEVELS)
    assert (document.notice, document.region, document.date) == ("冀政发〔2024〕12号", "河北省", "2024-12-30")
    assert [(unit.label, unit.heading, unit.text) for unit in body] == [
        ("一、（一）", "指导思想", "指导思想。坚持人民至上。"),
        ("一、（二）1.", "矿山", "矿山。按下列要求检查："),
        ("一、（二）1.（1）", "", "煤矿每季度检查1次；"),
        ("一、（二）1.（2）", "", "非煤矿山每半年检查1次。"),
        ("一、（二）2.", "", "2024年底前完成整治，不再延期。"),
        ("二、（一）", "加强领导", "加强领导。各级负责。"),
    ]
    assert body[2].path == ("一、", "（二）", "1.", "（1）")
    assert body[2].ancestors == ("总体要求", "目标任务", "矿山")
