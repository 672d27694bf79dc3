"""Misspelt questions are put right by sound, and say so; correct questions are never changed: tables and properties."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.model import Inquiry
from app.service import Service
from corpus.clean import clean_text
from index.store import Index
from retrieval.lexicon import bundled_lexicon
from retrieval.model import Correction
from retrieval.question import corpus_terms
from retrieval.spelling import Speller


@pytest.fixture(scope="module")
def speller(index: Index) -> Speller:
    """A speller over the words of the bundled notices and the lexicon."""
    everyday = {word for entry in bundled_lexicon() for word in (entry.everyday, *entry.official)}
    places = [document.region for document in index.documents]
    return Speller({*corpus_terms(index.all_units), *everyday}, places, index.units.lexical)


#: Asked, and read as.
MISSPELT = [
    ("自健房改民宿要什么手续", "自建房改民宿要什么手续"),
    ("经营性自健房归谁管", "经营性自建房归谁管"),
    ("泽洲县燃气怎么检查", "泽州县燃气怎么检查"),
    ("泽洲的自建房要求", "泽州的自建房要求"),
    ("泽洲煤矿瓦思多久查一次", "泽州煤矿瓦斯多久查一次"),
    ("临份市的尾矿库几座", "临汾市的尾矿库几座"),
    ("山希省的指标", "山西省的指标"),
    ("暗全培训多久一次", "安全培训多久一次"),
    ("安权培训多久一次", "安全培训多久一次"),
    ("暗全员要配几个", "安全员要配几个"),
    ("全员暗全责任制怎么建", "全员安全责任制怎么建"),
    ("消访通道能不能停车", "消防通道能不能停车"),
    ("消仿设施谁检查", "消防设施谁检查"),
    ("小区消防通到老被车堵", "小区消防通道老被车堵"),
    ("燃汽多久检查一次", "燃气多久检查一次"),
    ("燃汽灶要装什么", "燃气灶要装什么"),
    ("燃气报警气谁来装", "燃气报警器谁来装"),
    ("液化石油汽瓶谁管", "液化石油气瓶谁管"),
    ("液化汽谁管", "液化气谁管"),
    ("煤汽罐还整治吗", "煤气罐还整治吗"),
    ("隐换排查怎么做", "隐患排查怎么做"),
    ("重大引患改完了谁来签字", "重大隐患改完了谁来签字"),
    ("瓦思超限怎么办", "瓦斯超限怎么办"),
    ("瓦丝和透水要不要提前处理", "瓦斯和透水要不要提前处理"),
    ("特种做业人员要不要证", "特种作业人员要不要证"),
    ("特殊作页要审批吗", "特殊作业要审批吗"),
    ("动火作叶要审批吗", "动火作业要审批吗"),
    ("有现空间作业的要求", "有限空间作业的要求"),
    ("粉尘涉暴企业有什么要求", "粉尘涉爆企业有什么要求"),
    ("我们木器厂有粉沉，要装监测吗", "我们木器厂有粉尘，要装监测吗"),
    ("电瓶撤能不能推上楼", "电瓶车能不能推上楼"),
    ("电动自形车能不能进电梯", "电动自行车能不能进电梯"),
    ("民房改成民素要办什么", "民房改成民宿要办什么"),
    ("应急演炼一年几次", "应急演练一年几次"),
    ("应急预按几种", "应急预案几种"),
    ("从业人圆培训", "从业人员培训"),
    ("没陪训能上岗不", "没培训能上岗不"),
    ("危险化学聘企业要求", "危险化学品企业要求"),
    ("森林访火谁负责", "森林防火谁负责"),
    ("森林火栽谁负责", "森林火灾谁负责"),
    ("地质灾海谁负责", "地质灾害谁负责"),
    ("尾况库有几座", "尾矿库有几座"),
    ("尾框库几年一评", "尾矿库几年一评"),
    ("村头有座尾矿霸", "村头有座尾矿坝"),
    ("脚手驾谁检查", "脚手架谁检查"),
    ("加油占的要求", "加油站的要求"),
    ("交痛安全怎么抓", "交通安全怎么抓"),
    ("道路交痛事故怎么防", "道路交通事故怎么防"),
    ("疲劳架驶查不查", "疲劳驾驶查不查"),
    ("安全生惨责任谁负", "安全生产责任谁负"),
    ("生产经营单喂的义务", "生产经营单位的义务"),
    ("主要负责仁多久下一次车间", "主要负责人多久下一次车间"),
    ("事故掉查组有谁", "事故调查组有谁"),
    ("重大时故隐患怎么判", "重大事故隐患怎么判"),
    ("建筑施功的要求", "建筑施工的要求"),
    ("工地赶功期算违规吗", "工地赶工期算违规吗"),
    ("特种设背谁检查", "特种设备谁检查"),
    ("高层建竹的要求", "高层建筑的要求"),
    ("煤矿打非治韦打击哪些行为", "煤矿打非治违打击哪些行为"),
    ("四不两值是啥检查方式", "四不两直是啥检查方式"),
    ("一盔一代是啥", "一盔一带是啥"),
    ("村里要不要配网各员", "村里要不要配网格员"),
    ("装修能不能砸成重墙", "装修能不能砸承重墙"),
    ("厂房租给小做坊行不", "厂房租给小作坊行不"),
    ("红色凤险谁管", "红色风险谁管"),
    ("下井人树有没有上限", "下井人数有没有上限"),
    ("老楼没有消火拴，改不改", "老楼没有消火栓，改不改"),
    ("澤洲縣燃汽怎麼檢查", "泽州县燃气怎么检查"),
    ("ranqi检查多久一次", "燃气检查多久一次"),
    ("Ranqi检查多久一次", "燃气检查多久一次"),
    ("zijianfang改民宿要什么手续", "自建房改民宿要什么手续"),
    ("anquan 培训多久一次", "安全培训多久一次"),
    ("meikuang里wasi超限怎么办", "煤矿里瓦斯超限怎么办"),
    ("zezhou的要求", "泽州的要求"),
    ("ranqijianchaduojiuyici", "燃气检查多久一次"),
    ("ran qi jian cha duo jiu yi ci", "燃气检查多久一次"),
]


@pytest.mark.parametrize(("typed", "meant"), MISSPELT)
def test_misspelt_questions_are_put_right(typed: str, meant: str, speller: Speller) -> None:
    """What was meant is read, and each change is told; nothing else changes."""
    text, corrections = speller.correct(clean_text(typed))
    assert text == meant
    assert corrections
    assert all(one.meant in meant and one.typed != one.meant for one in corrections)


#: Correct questions of everyday life: rare and dialect words, names, other places, companies, abbreviations.
CORRECT = (
    """
谁管燃气|水管漏了找谁|我家开店要查吗|煤企要交什么|燃企归谁管|国企央企民企一样吗|没买安责险罚不罚|交强险过期能上路吗
漏保按钮多久按一次|客运站要查包吗|考得好有奖吗考差了罚不罚|厂里要不要搞风险分级|安全课学没学进去谁来检查|渗坑算不算偷排
检察院会不会来查|检查机关是哪个|住矿的工人要登记吗|小旅馆十来间房算哪一类消防|井下抓三违光靠人盯效率低|治大隐患是谁的活
我是应急局的执法车旧|我是县安委办的最近要迎检|危桥改造谁出钱|考核计分归哪个局管|煤矿采掘接续紧张怎么办|顶板离层仪要装吗
他叫安泉，是我们厂的安全员|安泉公司的煤气罐谁管|我是安泉煤业公司的|李安荃师傅没有证能干活吗|张建防是包工头|王卫访让我来问
高萍是我们车间主任|刘瓦思说要停产|陈自健开的饭店|韩消芳老师讲消防课|吴换明偷采煤|赵燃的店用煤气|孙访友经理不让停工
晋诚公司有没有资质|晋煤集团几层管理|鑫源煤业要停产吗|宏盛商贸卖烟花要证吗|恒泰小区的电梯|福满楼饭店的煤气|金鼎铸业有粉尘吗|万邦实业招安全员
高坪区的燃气怎么管|高坪的煤矿|泽普县有煤矿吗|晋中的燃气|晋中市怎么规定|临沂的烟花爆竹|临泉县的自建房|临河区的消防|临清市的要求|临邑县的规定
陕西省的煤矿|平高的电梯|高平的高层建筑|泽州和泽普有什么不同|山东省的规定|尧都区的饭店|洪洞的企业|汾阳市的酒厂|沁水县的煤层气|阳城的陶瓷厂
魏县的企业|蔚县的煤矿|古县的矿山|应县木塔防火|岳阳楼区的商场|安丘市的企业|安泽县的煤矿|西安的地铁|西平县的要求|泰安的景区
风险分几档管|俺家炕上烧煤会不会煤气中毒|马葫芦盖子塌了找谁|娃在学校门口被撞了谁管|咋整那个灭火器|甭管多大的店都要查吗|旮旯里堆柴火行不行|圪洞里的老窑谁管
电驴子能推进屋吗|蹦蹦车拉人犯法吗|三轮蹦子能上路吗|俺们庄上的水囤子漏了|旱厕清掏咋弄|窨井盖丢了归谁|猪圈里有沼气咋办|咸菜缸里闷死人算谁的
水泥仓要不要清灰|龙门吊限位坏了能用吗|塔吊附墙件谁验收|汽车吊要不要持证|叉车几天内登记|焊割工要不要证|氩弧焊算动火吗|瓶组间谁管|放散管能不能堵
二氧化碳灭火器几年一检|七氟丙烷要不要检验|防爆膜片多久换|阻火器要装吗|卸油时打雷怎么办|浮顶罐要求|硝化工艺要自动化吗|液氨制冷要求|VOCs治理谁管
LNG加气站谁管|KTV的消防要求|APP上怎么报隐患|excel台账行不行|用app打卡行吗|AI监控要装吗|Python能读这个文件吗
change the subject|he men women data|women 要培训吗|shanxi 的规定
www.anquan.gov.cn 能查吗|anquan@qq.com 是谁的|PPT里要讲啥|GPS要装吗
3D打印店要查吗|C级危房咋办|D级风险怎么管
泽政发〔2024〕1号说了什么|晋应急发〔2023〕105号还有效吗|安委办〔2022〕8号怎么规定|第十七条是什么|2024年1月1日起施行吗|一岗双责是谁|三管三必须是什么
两客一危指什么|九小场所有哪些|七氟菊酯能放仓库吗|八条硬措施有哪些|五一放假要值班吗|十一假期景区限流吗|六月安全生产月搞什么|百日攻坚从哪天开始
群里有人传谣言|质权人怎么办|微信群中骂人犯法吗|好意同乘出了事谁赔|工伤认定找谁|欠薪找哪个部门|物业费贵不贵|孩子上学要什么证|彩礼能要回来吗|比特币矿机多久检查一次
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


def test_the_tables_are_large() -> None:
    """Enough of both kinds, without repeats."""
    assert len({typed for typed, _ in MISSPELT}) >= 60
    assert len(set(CORRECT)) == len(CORRECT) >= 120


@pytest.mark.parametrize("question", CORRECT)
def test_correct_questions_stay(question: str, speller: Speller) -> None:
    """A correct question is never changed."""
    text = clean_text(question)
    assert speller.correct(text) == (text, ())


def test_questions_that_are_put_right_stay(speller: Speller) -> None:
    """The right form of each misspelt question is a correct question."""
    assert [meant for _, meant in MISSPELT if speller.correct(meant)[1]] == []


def test_no_text_of_the_notices_is_changed(speller: Speller, index: Index) -> None:
    """Not one sentence, unit, heading or title of the corpus."""
    sentences = [passage.text for passage in index.sentences.passages]
    units = [text for unit in index.all_units for text in (unit.text, unit.heading)]
    titles = [text for one in index.documents for text in (one.title, one.notice, one.issuer, one.region)]
    texts = [text for text in (*sentences, *units, *titles) if text]
    assert len(texts) > 1000
    assert [text for text in texts if speller.correct(text)[0] != text] == []


def test_no_word_of_the_lexicon_is_changed(speller: Speller) -> None:
    """Neither everyday words nor official terms."""
    words = {word for entry in bundled_lexicon() for word in (entry.everyday, *entry.official)}
    assert [word for word in words if speller.correct(word)[1]] == []


_PIECES = [typed for typed, _ in MISSPELT] + [
    "泽",
    "洲",
    "燃汽",
    "anquan",
    "，",
    "的",
    "3",
    "瓦",
    "思",
    " ",
    "自健",
    "房",
]


@given(st.lists(st.one_of(st.sampled_from(_PIECES), st.text(max_size=6)), max_size=5).map("".join))
@example("安安全全生生产产")
@example("ranqi app anquan")
def test_correcting_twice_changes_nothing_more(speller: Speller, typed: str) -> None:
    """What has been put right is right; without a change there is no correction."""
    text = clean_text(typed)
    once, corrections = speller.correct(text)
    assert speller.correct(once) == (once, ())
    assert bool(corrections) == (once != text)


@given(st.text(alphabet="燃汽瓦思0123456789〔〕号%.-A第条", max_size=30))
def test_digits_and_capitals_stay(speller: Speller, typed: str) -> None:
    """Numbers, 文号 and marks pass through untouched, in order."""
    text = clean_text(typed)
    kept = [char for char in text if char not in "燃汽瓦思气斯"]
    assert [char for char in speller.correct(text)[0] if char not in "燃汽瓦思气斯"] == kept


def test_an_answer_says_what_was_put_right(service: Service) -> None:
    """The place and the subject are those meant; the answer tells; the question stays as asked."""
    inquiry = Inquiry(question="泽洲的自健房要什么手续")
    reading = service.find(inquiry, k=1).reading
    assert reading.question == inquiry.question
    assert reading.text == "泽州的自建房要什么手续"
    assert reading.corrections == (Correction(typed="泽洲", meant="泽州"), Correction(typed="自健房", meant="自建房"))
    assert reading.places == ("泽州县",)
    assert "自建房" in [one.surface for one in reading.concepts]
    answer = service.ask(inquiry)
    assert "（“泽洲”按“泽州”理解）（“自健房”按“自建房”理解）" in answer.text
    assert answer.citations
    right = service.ask(Inquiry(question="泽州的自建房要什么手续"))
    assert answer.citations == right.citations
    assert "理解）" not in right.text
