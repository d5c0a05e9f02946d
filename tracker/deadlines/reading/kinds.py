"""What a token can be: numbers, units of time, the words that place and mark them, marks, and plain text."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple


class Kind(Enum):
    NUMBER = auto()
    YEAR = auto()  # 年
    RELATIVE_YEAR = auto()  # 今年, 次年
    DEGREE = auto()  # 度 after 年
    HALF = auto()  # 上半年; value 1 or 2
    HALF_YEAR = auto()  # 半年
    QUARTER = auto()  # 季度
    MONTH = auto()  # 月
    HALF_MONTH = auto()  # 半个月
    TEN_DAYS = auto()  # 上旬; value 10, 20, 31
    TEN = auto()  # 旬
    WEEK = auto()  # 周
    DAY = auto()  # 日, 号
    DAYS = auto()  # 天
    WORKDAY = auto()  # 工作日
    HOUR = auto()  # 小时
    SHIFTED = auto()  # 本月, 下季度; value (unit, shift)
    NEXT = auto()  # 次月; value unit
    ENDING = auto()  # 底, 末
    INSIDE = auto()  # 内
    MIDDLE = auto()  # 中
    BEGINNING = auto()  # 初
    BEFORE = auto()  # 前, 之前
    AFTER = auto()  # 后, 之日起
    SINCE = auto()  # 以来
    FROM = auto()  # 起
    UNTIL = auto()  # 止
    TO = auto()  # 至, 到
    DASH = auto()
    DOT = auto()
    SLASH = auto()
    AND = auto()  # 、 和 及
    COMMA = auto()
    STOP = auto()  # 。；
    COLON = auto()
    OPEN = auto()
    CLOSE = auto()
    QUOTE = auto()
    EVERY = auto()  # 每
    BY = auto()  # 按 before a period
    ORDINAL = auto()  # 第
    COUNTER = auto()  # 个
    POSSESSIVE = auto()  # 的
    FIRST_MONTH = auto()  # 首月
    LAST_MONTH = auto()  # 末月, 最后一个月
    LAST = auto()  # 最后
    FINISHED = auto()  # 结束, 终了
    FESTIVAL = auto()
    NOW = auto()  # 即日起
    CLOCK = auto()  # 上午, 下班
    STANDING = auto()
    ROUND = auto()  # 每轮次
    VAGUE = auto()
    PLAN = auto()  # “十四五”; value its last year
    TEXT = auto()


class Token(NamedTuple):
    """A word, a number or a character of the text; a tuple, since a text has as many as characters."""

    kind: Kind
    text: str
    start: int
    end: int
    value: object = None
    gap: bool = False  # white space stands before it
    broken: bool = False  # a line break or a cell border stands before it

    @property
    def shift(self) -> tuple[str, int]:
        """What a SHIFTED or RELATIVE_YEAR token counts from, and how far."""
        return self.value if isinstance(self.value, tuple) else ("", 0)

    @property
    def number(self) -> int:
        return self.value if isinstance(self.value, int) else -1
