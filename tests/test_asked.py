"""What sort of thing everyday questions ask: a table over all kinds."""

from __future__ import annotations

from collections import Counter

import pytest

from app.model import Inquiry
from app.service import Service
from retrieval.asked import asked_periods, metadata_field, speaks_as_enterprise, wants_full_list
from retrieval.model import AskedKind

KINDS = {
    AskedKind.FREQUENCY: [
        "我们厂多久自查一次",
        "安委会一年开几次会",
        "隔多长时间检查一遍燃气管道",
        "应急演练几年搞一回",
        "领导一个季度下去几趟",
        "燃气检查频率是多少",
        "每月都要查一遍吗",
        "值班要24小时吗",
        "每周要检查几遍",
        "集团公司每月去下属公司查多少次",
        "安全培训的周期",
        "老板几天下一次车间",
    ],
    AskedKind.RESPONSIBILITY: [
        "燃气安全归谁管",
        "自建房整治哪个部门牵头",
        "尾矿库谁负责",
        "消防通道堵了找谁",
        "电动自行车这事算谁的",
        "责任单位是哪几家",
        "这块由谁督促落实",
        "校车安全哪家管",
        "森林防火的主管部门",
    ],
    AskedKind.DEADLINE: [
        "尾矿库闭库什么时候完成",
        "最晚哪天整改完",
        "智能化改造的期限",
        "老旧管网改造几月底前弄完",
        "啥时候截止",
        "何时完成主要负责人培训",
        "自建房整治年底能完吗还是啥时候",
    ],
    AskedKind.QUANTITY: [
        "井下一个班最多能下多少人",
        "救援队至少要几个人",
        "今年智能化煤矿要建多少座",
        "死亡人数要下降百分之几",
        "管理层级最多几级",
        "路堤多高要装护栏",
        "标准化要达到几级",
        "安全员配几名",
        "限员是多少",
    ],
    AskedKind.PERMISSION: [
        "停产矿能不能自己复工",
        "电动车可以推上楼吗",
        "没培训就上岗行不行",
        "是否必须配安全总监",
        "加盖一层违法吗",
        "农用车拉人合法吗",
        "外包队允许下井吗",
        "自建房改民宿要不要鉴定",
        "承重墙可不可以拆",
        "防盗窗必须拆吗",
        "群租房让不让住人",
    ],
    AskedKind.DEFINITION: [
        "什么叫双报告",
        "三同时是啥意思",
        "九小场所指哪些地方",
        "一盔一带是什么",
        "何为吹哨人",
        "三管三必须是啥意思",
    ],
    AskedKind.LIST: [
        "燃气整治有哪些内容",
        "企业主体责任有什么要求",
        "列一下今年的重点任务",
        "都有哪些行业要专项整治",
        "把矿山的措施全部列出来",
        "严禁的行为有哪些",
        "消防这块都得干啥",
        "重点打击哪几类行为",
        "年底前要干完的有哪些",
    ],
    AskedKind.COMPARISON: [
        "泽州和高平的燃气条款有什么区别",
        "2024年比2023年新增了什么",
        "今年和去年的要求有啥变化",
        "泽州跟高平的要求一样吗",
        "临汾与山西的智能化煤矿各是多少座",
        "对比一下两年的主体责任",
    ],
    AskedKind.METADATA: [
        "泽州今年的通知文号是多少",
        "高平那个文件是哪天发的",
        "通知抄送给了谁",
        "这个通知全称叫啥",
        "主送哪些单位",
        "落款是什么时候",
        "省里的通知几月几号印发的",
        "这个通知是谁下发的",
    ],
    AskedKind.PROCEDURE: [
        "自建房改饭店怎么办手续",
        "停用的尾矿库如何处理",
        "动火作业要走什么流程",
        "煤矿复工复产要什么条件",
        "非法盗采咋处理",
        "开饭店先得办啥",
    ],
    AskedKind.CLAUSE: [
        "第十七条是什么",
        "三、（十七）写了啥",
        "泽州2024第5条",
        "高平第16条管的什么",
        "临汾第二部分（一）第9点讲什么",
    ],
    AskedKind.GENERAL: ["高层建筑消防", "说说泽州燃气的规定", "煤矿安全", "介绍一下森林防火"],
}


@pytest.mark.parametrize(("question", "kind"), [(one, kind) for kind, said in KINDS.items() for one in said])
def test_asked_kind(question: str, kind: AskedKind, service: Service) -> None:
    """An everyday phrasing is read as the kind of thing it asks."""
    assert service.find(Inquiry(question=question), k=1).reading.kind is kind


def test_table_covers_every_kind() -> None:
    """The table holds several phrasings of each kind."""
    counts = Counter({kind: len(set(said)) for kind, said in KINDS.items()})
    assert set(counts) == set(AskedKind)
    assert min(counts.values()) >= 4
    assert counts.total() >= 60


@pytest.mark.parametrize(
    ("question", "periods"),
    [
        ("一个礼拜几次", {"周"}),
        ("每天几次", {"日"}),
        ("每个月去几趟", {"月"}),
        ("一季度开几回", {"季"}),
        ("一年里搞几场", {"年"}),
        ("多久一次", set()),
    ],
)
def test_periods(question: str, periods: set[str]) -> None:
    """The period that a question names is that of the facts."""
    assert asked_periods(question) == periods


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ("文号是多少", "docno"),
        ("抄送给谁", "copy"),
        ("主送哪些单位", "addressee"),
        ("什么时候印的", "print"),
        ("哪天印发", "print"),
        ("是不是公开发布", "publicity"),
        ("落款哪天", "signature"),
        ("哪天发的", "signature"),
        ("谁发的", "signature"),
        ("标题叫什么", "title"),
        ("全称是啥", "title"),
    ],
)
def test_metadata_fields(question: str, field: str) -> None:
    """A question about the document wants a certain part of it."""
    assert metadata_field(question) == field


@pytest.mark.parametrize(
    ("question", "enterprise"),
    [
        ("我单位燃气检查频次要求", True),
        ("我们厂多久自查一次", True),
        ("我是安全员，多久查一次", True),
        ("我开饭店的", True),
        ("本企业要配几名安全员", True),
        ("我们县企业多久查一次", False),
        ("企业多久查一次", False),
        ("我是应急局的，企业多久查一次", False),
        ("我们乡镇多久开一次会", False),
    ],
)
def test_who_speaks(question: str, enterprise: bool) -> None:
    """The asker speaks as an enterprise, or does not."""
    assert speaks_as_enterprise(question) is enterprise


@pytest.mark.parametrize(
    ("question", "full"), [("严禁的行为有哪些", True), ("全部列出", True), ("燃气多久检查一次", False)]
)
def test_full_lists(question: str, full: bool) -> None:
    """A complete list is asked for, or one statement is."""
    assert wants_full_list(question) is full
