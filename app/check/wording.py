"""The program's own words (固定用语): all that an answer may say outside 「」 that stands in no notice.

The citation check lets a word pass only if it is one of these, or the cited quote's, or the asker's. A sentence that
the composer is to write is therefore declared here; in braces stands what differs from answer to answer, and that part
is held against the quotes.
"""

from __future__ import annotations

import re
from functools import cache

#: What can be asked for (所问), as an answer names it.
ASKED_FOR = (
    "频次",
    "期限",
    "数量或标准",
    "责任单位",
    "牵头单位",
    "可否",
    "办理要求",
    "含义",
    "文件信息",
    "内容",
    "这一点",
    "所问事项",
    "检查频次",
    "检查期限",
    "检查数量或标准",
)

#: Whole sentences about an answer: what it rests on, what the notices leave open, what to ask next.
SENTENCES = (
    "{place}的通知没有直接规定；以下是上级{place}的要求：",
    "{year}的通知没有直接规定；以下出自较早年份的通知，是否仍适用请向主管部门核实：",
    "{place}的通知没有对企业规定检查{asked}。",
    "{subject}的专门条款未规定检查{asked}（",
    "对各类企业的检查{asked}，通知有通用规定：",
    "对各类企业的检查{asked}，{place}的通知有通用规定：",
    "对各类企业另有通用规定：",
    "通知未规定所问的{asked}（涉及{subject}）。",
    "通知只作了“定期”“常态化”一类的要求，没有规定具体次数。",
    "通知中没有这一条；请核对文号、章和条的序号。",
    "通知未规定所比较的内容。",
    "（所引较早年份的通知，同一地区已有更新年份）",
    "通知没有专门解释这个说法，以下是提到它的规定：",
    "通知没有规定所问的{asked}。",
    "通知没有写明“{words}”。",
    "所问的{asked}：",
    "各方规定对照如下：",
    "未规定。相关条款：",
    "所引的话一致。",
    "{place}这一条有、{place}的通知没有这样写的话：",
    "（共{count}句，列出{count}句，其余见“对照”）",
    "里的话，{place}的通知都有（标点、地名和机关名称不计）。",
    "的原文一致（标点、地名和机关名称不计）。",
    "{place}的通知没有提到“{term}”；{place}的通知写过：",
    "逐条、逐字的差别见“对照”页。",
    "主送：",
    "相关条款：",
    "各地表述不尽相同；选择或说明所在地区后，只列出适用的规定。",
    "请选择或说明所在地区，以便只列出适用的规定。",
    "另有 {count} 处相关原文未列出；可指明条款或缩小范围再问。",
    "另有 许多 处相关原文未列出；可指明条款或缩小范围再问。",
    "（“{word}”按“{word}”理解）",
    "（“{word}”按资料中最新的通知算作{year}年",
    "；问题理解为“{wording}”",
    "地区·年份",
    "规定（原文）",
    "出处",
    "这个问题不在所收通知的范围内。我只回答安全生产、应急管理通知中的规定；请换一种说法，或写明要查的事项。",
    "这段话像是要改变回答规则，不是对通知的提问，因此不予执行。请直接写出要查的事项。",
    "没有看到要查的事项；请写出要查什么，例如：燃气检查的频次要求？",
    "答案没有通过引用核对，已拦截，不予显示（{reason}）。请换一种问法，或直接查看条款。",
    "另有{count}条未列出，完整清单见“责任清单”。",
    "请写明是哪个单位，再问一次；也可以在“责任清单”中选择单位查看。",
    "按所引“以下均需”一句，其后各条也都由该单位负责，不再一一列出；完整清单见“责任清单”。",
    "写给“有关部门”一类、没有点名的条款未计入。",
    "没有条款写明由“{office}”牵头；以下是把该单位列为责任单位的条款",
    "没有条款写明由“{office}”独自负责；以下是把该单位列为责任单位的条款",
    "（限本条的一部分）",
    "{place}的通知正文写到该单位的规定：",
    "所引“以下均需”一句，对其后各条都适用。",
    "的通知没有规定责任单位。",
    "的通知没有逐条写明责任单位；以下是提到该单位的规定：",
    "没有写明牵头单位",
    "未写明牵头单位",
    "通知没有对{subject}单独规定{asked}。",
    "以下条款提到{subject}，没有对它作出规定：",
    "以下条款提到{subject}，没有对{subject}作出规定：",
    "所查的通知没有提到{subject}。",
    "“{heading}”一条是对这一行业的规定，没有写明适用于其他企业。",
    "原文点名了行业或者单位的，只对点名的适用。",
    "对企业只写了“定期”一类，没有规定具体次数；其余是对政府和部门的要求，不是对企业的。",
    "没有规定所问的{asked}",
    "未规定所问的{asked}",
)

#: Joints of a sentence whose weight is carried by words of the notices.
JOINTS = (
    "规定的{asked}：",
    "规定的{asked}为",
    "的{asked}：",
    "牵头单位为",
    "牵头单位是",
    "差别：",
    "相同：",
    "依据：",
    "未规定",
    "没有规定由",
    "写明由",
    "列为责任单位",
    "的条款",
    "点名",
    "把",
    "牵头",
    "分工负责",
    "督促落实",
    "独自负责",
    "负责",
    "与其他单位",
    "配合",
    "规定",
    "要求",
    "通知",
    "等部门",
    "部门",
    "由",
    "为",
    "是",
    "和",
    "与",
    "及",
    "共",
    "共有",
    "以下",
    "如下",
    "都",
    "均",
    "其中",
    "但",
    "而",
    "则",
    "对",
    "在",
    "按",
    "且",
    "所问的",
    "您说的",
    "条",
    "项",
    "类",
    "处",
    "个",
    "家",
    "种",
    "点",
    "份",
)

#: How an answer to a yes-or-no question begins, and whether it says yes.
DECISIONS = {
    "是": True,
    "对": True,
    "可以": True,
    "能": True,
    "允许": True,
    "需要": True,
    "必须": True,
    "应当": True,
    "属于": True,
    "否": False,
    "不是": False,
    "不对": False,
    "不可以": False,
    "不能": False,
    "不允许": False,
    "不得": False,
    "不需要": False,
    "不必": False,
    "不属于": False,
}

#: How a number of the asker's stands to one of the notice's, and when that is true.
COMPARED = {
    "低于": "<",
    "小于": "<",
    "少于": "<",
    "不足": "<",
    "不到": "<",
    "未达到": "<",
    "未满": "<",
    "高于": ">",
    "大于": ">",
    "多于": ">",
    "超过": ">",
    "超出": ">",
    "达到": ">=",
    "不低于": ">=",
    "不少于": ">=",
    "不小于": ">=",
    "等于": "=",
    "不高于": "<=",
    "不超过": "<=",
    "未超过": "<=",
    "不大于": "<=",
    "不多于": "<=",
}

_COUNT_SLOT, _COUNTED = "{count}", "\ue002"
_NUMBER = r"(?:[一二三四五六七八九十]{1,3}|\d{1,4})"
_SLOT = re.compile(r"\{[a-z]+\}")
#: A piece this long can only be the program's: what it says of 定期 or 主管部门 is no statement of a rule.
_UNMISTAKABLE = 4


@cache
def pieces() -> tuple[str, ...]:
    """All fixed pieces of the program's sentences, longest first."""
    cut = (piece for one in (*SENTENCES, *JOINTS) for piece in _SLOT.split(one))
    bare = {piece.strip("，；：。（）“” ") for piece in cut} | {
        piece for one in SENTENCES for piece in _SLOT.split(one)
    }
    words = {*bare, *ASKED_FOR}
    return tuple(sorted((word for word in words if word), key=lambda word: (-len(word), word)))


@cache
def program_sentences() -> re.Pattern[str]:
    """The pieces that are read as a whole, so that no word within them is taken for a statement."""
    whole = {piece for one in SENTENCES for piece in _SLOT.split(one.replace(_COUNT_SLOT, _COUNTED))}
    long = sorted((one for one in whole if len(one) >= _UNMISTAKABLE), key=lambda one: (-len(one), one))
    return re.compile("|".join(re.escape(one).replace(_COUNTED, _NUMBER) for one in long))
