"""Units (责任主体) named in a sentence: organs such as 县应急管理局, and addressees such as 企业主要负责人."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from corpus.masks import cover, quoted_mask, touches
from corpus.model import Fact, FactKind
from corpus.numerals import CHINESE_DIGITS
from corpus.regions import all_regions

_HAN = "[\u4e00-\u9fff]"

#: Stands for each character of a place's own name, all but its level: 晋城市 is read as □□市.
_PLACE = "\0"

#: A level, or several (县、镇; 市县; 县（市、区）; 县镇两级); the guard keeps 城市, 社区, 全县 and 园区 out.
_LEVEL = f"(?:乡镇|街道|[省市县区乡镇村]|(?<={_PLACE})[州旗盟])(?:（[省市县区乡镇街道社、]{{1,8}}）)?"
_LEVELS = rf"(?<![城超都集门地园社灾景矿林郊全我本该驻])(?>{_LEVEL}(?:、?{_LEVEL}){{0,3}})(?:[两二三四]级|级|直)?"
_SCOPE = f"(?:全体|所有|各级各|各级|各)?(?:国务院|国家|{_LEVELS})?各?"

#: What may qualify a general body: its field and its place in the order of things; a longer word before its beginning.
_QUALIFIER = (
    "(?:"
    "有关|相关|安全生产|安全|行业|领域|专业|综合|集中审批|行政审批|监管|监督|管理|主管|牵头|执法|应急|"
    "责任|主责|属地|直属|下属|上级|主体|集团|参建|重点|高危|矿山|煤矿|非煤矿山|尾矿库|危险化学品|危化品|"
    "危化|化工|工贸|冶金|钢铁|建筑|施工|燃气|城镇|交通|运输|客运|货运|消防|电力|生产经营|生产|经营|储存|"
    "使用|充装|建设|设计|勘察|监理|承包|发包|外包|社会|事业|企事业|国有|民营|中央|规模以上|规模以下|"
    "劳动密集型|重大危险源|事故|其他|成员"
    ")"
)
#: Heads that name someone by themselves, and heads that need a scope or a qualifier (各部门, 监管部门).
_ZONE = f"(?:(?<!{_HAN})|(?<=[和由及与])){_HAN}{{2,8}}?开发区管委会|开发区管委会"
_BARE_HEADS = (
    f"企业上级公司|企业(?![化家])|安委会|安委办|安全生产委员会|{_ZONE}|第三方机构|技术服务机构|"
    "党政(?:主要负责人|分管负责人|领导干部)|从业人员|主要负责人"
)
_HEADS = "部门|单位|公司|委员会|人民政府|政府|党委|领导干部|街道办事处|办事处|管委会"
_ROLE = (
    "(?:法定代表人|党委书记|董事长|总经理|实际控制人|实际负责人|主要负责人|分管负责人|其他负责人|负责人|直接责任人|"
    "从业人员|职工|领导干部)"
)
_TAIL = rf"(?:各?成员单位|及其办公室|的?{_ROLE}(?:[、和]{_ROLE}){{0,5}})?"

_CHARGED = re.compile(rf"{_SCOPE}负有{_HAN}{{2,12}}?职责的(?:部门|单位){_TAIL}")
_ADDRESSEE = re.compile(
    rf"(?P<before>{_SCOPE}{_QUALIFIER}{{0,5}})(?:(?P<bare>{_BARE_HEADS})|(?P<head>{_HEADS}))(?P<tail>{_TAIL})"
)
_EVERY = re.compile(rf"各{_LEVELS}(?=[、，和及要应须]|各)")
#: 发展改革、行政审批等部门, when the list opens its clause, so that no verb is taken for a name.
_LISTED = re.compile(rf"(?<![\u4e00-\u9fff、]){_HAN}{{2,6}}(?:、{_HAN}{{2,6}}){{1,6}}等(?:有关|相关)?部门")

#: What stands before a named organ: a clause's start, or one of these words.
_OPENING = (
    rf"(?:(?<!{_HAN})|(?<=[由向和及与对报为让])"
    "|(?<=配合|授权|督促|支持|争取|会同|接受|通过|以及|委托|发挥|联合|协助|协调|依托|指导|组织|责成))"
)
#: No organ's name holds these, though 和 alone may join its two fields (住房和城乡建设管理局).
_STOP = (
    "和(?=[省市县区国各])|[及与等的要由向将对]|负责|牵头|督促|配合|推送|报告|完善|做好|落实|开展|推进|加强|印发|规定|工作|"
    "建立|组织(?!部)"
)
_WORD = f"(?:(?!{_STOP})[\u4e00-\u9fff{_PLACE}])"
#: 局 ends an organ's name but not 布局 or 结局, and opens 局面.
_BUREAU = "(?<![布格大全时结政开])局(?![面势部限长])"
_ORGAN_SUFFIX = (
    f"(?:分局|{_BUREAU}|厅(?![级长])|委员会|(?<![党各])委(?![员托派任培会办宣组统政])|总队|支队|大队|救护队|管委会|指挥部|"
    "宣传部|组织部|法院|检察院|中心(?![组建城])|管理段)"
)
_BRANCH = rf"(?:执法[{CHINESE_DIGITS}]{{1,3}}处|{_WORD}{{2,4}}?(?:分局|{_BUREAU}|大队|支队|总队))"
_ORGAN = re.compile(
    rf"(?:国家|{_OPENING}(?:(?<![城全我本该])[省市县区]|(?<={_PLACE})[州旗盟]))"
    rf"{_WORD}{{0,14}}?{_ORGAN_SUFFIX}{_BRANCH}{{0,2}}"
)
_PLACE_ENDS = "省市县区州旗盟"


def read_units(sentence: str) -> Iterator[Fact]:
    """Read the units named outside quotes, the most telling pattern first."""
    taken = quoted_mask(sentence)
    masked = _mask_places(sentence)
    for pattern in (_CHARGED, _ORGAN, _ADDRESSEE, _EVERY, _LISTED):
        for match in pattern.finditer(masked):
            if touches(taken, match.start(), match.end()) or (pattern is _ADDRESSEE and not _names_someone(match)):
                continue
            cover(taken, match.start(), match.end())
            start, end = match.span()
            while start and masked[start - 1] == _PLACE:
                start -= 1
            name = sentence[start:end]
            yield Fact(kind=FactKind.UNIT, text=name, start=start, end=end, value=name)


def _names_someone(match: re.Match[str]) -> bool:
    """Tell 监管部门 and 部门主要负责人 from a bare 部门 or 政府, and from the end of a name (有限责任公司)."""
    if match.string.endswith("有限", 0, match.start()):
        return False
    return bool(match["bare"] or match["before"] or match["tail"])


def _mask_places(sentence: str) -> str:
    """Hide the names of places, all but the level they end in, so that 晋城市 reads like 市 with a place before it."""
    names = _place_names()
    chars = list(sentence)
    for end, char in enumerate(sentence, 1):
        if char not in _PLACE_ENDS:
            continue
        # Names by their last two characters: most text ends here, without a look at every length.
        for name in names.get(sentence[max(0, end - 2) : end], ()):
            start = end - len(name)
            if start >= 0 and sentence.startswith(name, start):
                chars[start : end - 1] = _PLACE * (len(name) - 1)
                break
    return "".join(chars)


@cache
def _place_names() -> dict[str, tuple[str, ...]]:
    """The names of places by their last two characters, longest first; not 和县, nearly always 和 and 县."""
    names: dict[str, list[str]] = {}
    for name in sorted({region.name for region in all_regions()} - {"和县"}, key=len, reverse=True):
        if name[-1] in _PLACE_ENDS:
            names.setdefault(name[-2:], []).append(name)
    return {tail: tuple(found) for tail, found in names.items()}
