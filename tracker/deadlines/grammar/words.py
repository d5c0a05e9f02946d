"""Duties without a date, said by one word wherever it stands: 常态化, 长期坚持, 每轮次; 尽快, 近期, 按要求."""

from __future__ import annotations

import re

from tracker.deadlines.grammar.phrases import Found, Phrase, Standing, Vague
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_NOT_STANDING_AFTER = re.compile("(?:[^，,。；;]{0,4}(?:机制|制度)|工作|的|疫情|、|和|化|体系|格局|长效)")
_STANDING_BEFORE = frozenset(
    (Kind.COMMA, Kind.STOP, Kind.COLON, Kind.OPEN, Kind.AND, Kind.NUMBER, Kind.DOT, Kind.QUOTE)
)
_STANDING_LEADS = re.compile("(?:全年|要|并|应|需|将|持续|坚持|局|队|科|室|各|位|门|续|年|须|县|区|市)$")
_TRENDS = re.compile("(?:提|下|增|减|递|上|改善|降|扩|加|优|好)")
_DENIALS = re.compile("(?:未|不|没|没有|是否|未能|无法|不能|否|能否|逾期|超过)$")
_DENIED_AFTER = re.compile("(?:仍|尚|均)?(?:不|未|没有|拒不|无法)")
_NOT_NEAR = re.compile("(?:目标|规划|发生|出现|查处|以来|全国|国内|我|的|建设|发现|工作)")


def read_word(tokens: Tokens, place: int) -> Found | None:
    """A standing or vague word at `place` that is a deadline wherever it stands."""
    kind = tokens.kind(place)
    phrase: Phrase | None = None
    if kind is Kind.STANDING and _is_standing(tokens, place):
        phrase = Standing()
    elif kind is Kind.ROUND:
        phrase = Standing(is_weak=True)
    elif kind is Kind.VAGUE and _is_vague(tokens, place):
        phrase = Vague()
    return Found(phrase, place, place + 1) if phrase else None


def _is_standing(tokens: Tokens, place: int) -> bool:
    text = tokens.text(place)
    if text.startswith("逐"):
        return not _TRENDS.match(tokens.words(place + 1, place + 4))
    if text.startswith("长期"):
        return tokens.text(place + 1) != "的"
    if text != "常态化":
        return True
    following = tokens.words(place + 1, place + 6)
    if _NOT_STANDING_AFTER.match(following):
        return False
    opens = place == 0 or tokens[place].broken or tokens.kind(place - 1) in _STANDING_BEFORE
    return opens or bool(_STANDING_LEADS.search(tokens.words(place - 3, place)))


def _is_vague(tokens: Tokens, place: int) -> bool:
    text = tokens.text(place)
    if _DENIALS.search(tokens.words(place - 3, place)):
        return False
    if text == "近期":
        return not _NOT_NEAR.match(tokens.words(place + 1, place + 4))
    if text.endswith("内") and _DENIED_AFTER.match(tokens.words(place + 1, place + 4)):
        return False  # 法定期限内不申请复议的: what follows if nothing happens
    if text.startswith("按"):
        following = tokens.words(place + 1, place + 16)
        return not re.match(r"[^，,。；;]{0,14}的(?:[，,。；;]|$)", following)
    return True
