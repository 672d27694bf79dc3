"""How the tab 对照 calls things: notices, sides, changes; said of the newer notice, or of that of the lower place."""

from __future__ import annotations

from copy import copy

from app.align.changes import Change, ChangeKind
from app.align.compare import Comparer
from app.align.model import Note, NoteKind, Relation
from app.align.standing import standing
from corpus.model import Document, Unit

RELATIONS = {Relation.SAME: "相同", Relation.CHANGED: "有改动", Relation.PART: "部分对应"}
#: What a rule is called that has no answer, but phrases of it stand in the other notice.
NEAR = "有相近字句"


def notice_name(document: Document) -> str:
    """What a notice is called in a selector: 泽州县 2024年 泽政发〔2024〕1号."""
    year = f"{document.year}年" if document.year else ""
    return " ".join(part for part in (document.region, year, document.notice) if part)


def unit_name(unit: Unit) -> str:
    """Label and heading of a clause; of a kind of disaster the heading is in the label."""
    return unit.label if unit.label.endswith(unit.heading) else f"{unit.label}{unit.heading}"


def titled(document: Document) -> str:
    """A notice with its title, where it has one."""
    return notice_name(document) + (f"《{document.title}》" if document.title.strip() else "")


class Words:
    """The words for a pair of notices."""

    def __init__(self, comparer: Comparer) -> None:
        """Tell which of the two is held against which."""
        self.left, self.right = comparer.left, comparer.right
        self.standing = standing(comparer.left, comparer.right)
        year, level = self.standing.kind == "year", self.standing.kind == "level"
        names = [_short(one, year) for one in (self.left, self.right)]
        if names[0] == names[1]:
            names = [self.left.notice, self.right.notice]
        self.names = (names[0], names[1])
        is_left_new = self.standing.base == "right"
        added = "新增" if year else "下级增加" if level else ""
        gone = "未再提" if year else "下级未提" if level else ""
        self.only_left = (added if is_left_new else gone) or f"只在{names[0]}"
        self.only_right = (gone if is_left_new else added) or f"只在{names[1]}"
        self._is_left_new = is_left_new

    def of_part(self) -> Words:
        """The same for clauses that are no main counterparts: what one lacks may stand in the main counterpart."""
        words = copy(self)
        words.only_left, words.only_right = f"{self.names[1]}这条没有", f"{self.names[0]}这条没有"
        return words

    def kind(self, kind: ChangeKind) -> str:
        """Name a kind of change."""
        return {
            ChangeKind.ONLY_LEFT: self.only_left,
            ChangeKind.ONLY_RIGHT: self.only_right,
            ChangeKind.ALTERED: "改写",
            ChangeKind.NEAR: NEAR,
            ChangeKind.MOVED: "在别的条款",
        }[kind]

    @property
    def kinds(self) -> tuple[ChangeKind, ...]:
        """The kinds of change in the order in which they are told: what is new first."""
        new, old = ChangeKind.ONLY_RIGHT, ChangeKind.ONLY_LEFT
        first = (old, new) if self._is_left_new else (new, old)
        return (*first, ChangeKind.ALTERED, ChangeKind.NEAR, ChangeKind.MOVED)

    def added(self, is_left: bool) -> bool | None:
        """Whether words of one side alone are added or removed; None where neither notice is held against the other."""
        return is_left == self._is_left_new if self.standing.base else None

    def note(self, note: Note) -> str:
        """Say a difference in a figure or a modal word."""
        old, new = (1, 0) if self._is_left_new else (0, 1)
        said = [f"“{words}”" if words else "对应条款未写" for words in (note.left, note.right)]
        if not (note.left and note.right):
            return f"{note.subject}：{self.names[old]}{said[old]}，{self.names[new]}{said[new]}"
        kind = note.kind
        if self._is_left_new and kind is not NoteKind.DIFFERENT:
            kind = NoteKind.LOOSER if kind is NoteKind.STRICTER else NoteKind.STRICTER
        verdicts = {NoteKind.STRICTER: "更严", NoteKind.LOOSER: "更宽", NoteKind.DIFFERENT: "表述不同"}
        verdict = (
            verdicts[kind] if self.standing.base or kind is NoteKind.DIFFERENT else f"{self.names[new]}{verdicts[kind]}"
        )
        return f"{note.subject}{verdict}：{self.names[old]}{said[old]}，{self.names[new]}{said[new]}"

    def remark(self, change: Change) -> str:
        """Say what is to be said of a change beside its words; empty when nothing is."""
        parts = [self.note(note) for note in change.notes]
        if change.kind is ChangeKind.MOVED:
            parts.append("两份都有，但在不对应的条款里")
        if change.of_left is not None:
            other = 1 if change.of_left else 0
            alone = self.only_left if change.of_left else self.only_right
            label = change.right if change.of_left else change.left
            place = f"{self.names[other]}{label}"
            parts.append(f"{place}里有相近字句（已列出供对照），不宜直接说“{alone}”")
        return "；".join(parts)


def _short(document: Document, is_year: bool) -> str:
    """What a side is called within a sentence: its year where both are of one place, else its place."""
    if is_year and document.year:
        return f"{document.year}年"
    return document.region or document.notice
