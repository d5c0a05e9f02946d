"""From text to tokens: numbers, the words that deadlines are made of, marks, and everything else.

White space is no token; a token knows whether a gap or a line break stands before it. What stands inside 《》
(titles) or 〔〕 (document numbers) is read as plain text, since no deadline lives there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from tracker.deadlines.normalising import normalise
from tracker.deadlines.numerals import CHARACTERS, read_numeral


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


@dataclass(frozen=True, slots=True)
class Token:
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


def _words(kind: Kind, *words: str, value: object = None) -> dict[str, tuple[Kind, object]]:
    return dict.fromkeys(words, (kind, value))


LEXICON: dict[str, tuple[Kind, object]] = {
    **_words(Kind.YEAR, "年"),
    **_words(Kind.RELATIVE_YEAR, "今年", "本年", "本年度", value=("ref", 0)),
    **_words(Kind.RELATIVE_YEAR, "明年", "来年", value=("ref", 1)),
    **_words(Kind.RELATIVE_YEAR, "去年", "上年", "上年度", "上一年", "上一年度", value=("ref", -1)),
    **_words(Kind.RELATIVE_YEAR, "当年", "当年度", "同年", value=("base", 0)),
    **_words(
        Kind.RELATIVE_YEAR,
        "次年",
        "次年度",
        "翌年",
        "第二年",
        "下一年",
        "下一年度",
        "下年",
        "下年度",
        value=("base", 1),
    ),
    **_words(Kind.DEGREE, "度"),
    **_words(Kind.HALF, "上半年", value=1),
    **_words(Kind.HALF, "下半年", value=2),
    **_words(Kind.HALF_YEAR, "半年度", "半年"),
    **_words(Kind.QUARTER, "季度", "季"),
    **_words(Kind.MONTH, "月", "月份"),
    **_words(Kind.HALF_MONTH, "半个月", "半月"),
    **_words(Kind.TEN_DAYS, "上旬", value=10),
    **_words(Kind.TEN_DAYS, "上半月", value=15),
    **_words(Kind.TEN_DAYS, "中旬", "上中旬", value=20),
    **_words(Kind.TEN_DAYS, "下旬", "中下旬", "上中下旬", "下半月", value=31),
    **_words(Kind.TEN, "旬"),
    **_words(Kind.WEEK, "周", "星期", "礼拜"),
    **_words(Kind.DAY, "日", "号"),
    **_words(Kind.DAYS, "天", "自然日", "日历日", "日历天"),
    **_words(Kind.WORKDAY, "工作日", "工作天"),
    **_words(Kind.HOUR, "小时"),
    **_words(Kind.SHIFTED, "本月", "当月", "这个月", "本月份", "当月份", value=("month", 0)),
    **_words(Kind.SHIFTED, "下月", "下个月", "下月份", value=("month", 1)),
    **_words(Kind.SHIFTED, "本季度", "当季度", "本季", "当季", value=("quarter", 0)),
    **_words(Kind.SHIFTED, "下季度", "下一季度", "下个季度", value=("quarter", 1)),
    **_words(Kind.SHIFTED, "本周", "这周", "本星期", "当周", value=("week", 0)),
    **_words(Kind.SHIFTED, "下周", "下星期", value=("week", 1)),
    **_words(Kind.NEXT, "次月", "翌月", "次月份", value="month"),
    **_words(Kind.NEXT, "次季度", "次季", value="quarter"),
    **_words(Kind.NEXT, "次周", value="week"),
    **_words(Kind.ENDING, "底", "末", "尾", "终", "最后一天", "最后一日"),
    **_words(Kind.INSIDE, "内", "以内", "之内", "里"),
    **_words(Kind.MIDDLE, "中"),
    **_words(Kind.BEGINNING, "初"),
    **_words(Kind.BEFORE, "前", "之前", "以前"),
    **_words(
        Kind.AFTER,
        "后",
        "之后",
        "以后",
        "之日起",
        "日起",
        "次日起",
        "当日起",
        "之时起",
        "之次日起",
        "之日",
        "之日后",
        "之日以后",
        "当天起",
        "过后",
    ),
    **_words(Kind.SINCE, "以来"),
    **_words(Kind.FROM, "起", "开始", "起至"),
    **_words(Kind.UNTIL, "止", "为止", "截止"),
    **_words(Kind.TO, "至", "到"),
    **_words(Kind.DASH, "-"),
    **_words(Kind.DOT, "."),
    **_words(Kind.SLASH, "/"),
    **_words(Kind.AND, "、", "和", "及", "与", "以及", "或", "或者", "及其"),
    **_words(Kind.COMMA, ",", "，"),
    **_words(Kind.STOP, "。", ";", "；", "!", "?", "！", "？"),
    **_words(Kind.COLON, ":", "："),
    **_words(Kind.OPEN, "(", "（"),
    **_words(Kind.CLOSE, ")", "）"),
    **_words(Kind.QUOTE, "“", "”", '"', "「", "」", "『", "』"),
    **_words(Kind.EVERY, "每", "每个", "每逢", "每隔", "每满"),
    **_words(Kind.ORDINAL, "第"),
    **_words(Kind.COUNTER, "个"),
    **_words(Kind.POSSESSIVE, "的"),
    **_words(Kind.FIRST_MONTH, "首月", "首个月", "首月份"),
    **_words(
        Kind.LAST_MONTH, "末月", "最后一个月", "最后1个月", "最末一个月", "末月份", "最后一月", "末个月"
    ),
    **_words(Kind.LAST, "最后"),
    **_words(Kind.FINISHED, "结束", "终了", "完结", "届满"),
    **_words(Kind.FESTIVAL, "元旦", "元旦节", value="元旦"),
    **_words(Kind.FESTIVAL, "春节", "新春佳节", "农历新年", value="春节"),
    **_words(Kind.FESTIVAL, "元宵节", "元宵", value="元宵节"),
    **_words(Kind.FESTIVAL, "清明节", "清明", value="清明节"),
    **_words(Kind.FESTIVAL, "劳动节", "五一", "五一节", "五一劳动节", "五·一", value="劳动节"),
    **_words(Kind.FESTIVAL, "端午节", "端午", value="端午节"),
    **_words(Kind.FESTIVAL, "中秋节", "中秋", value="中秋节"),
    **_words(Kind.FESTIVAL, "国庆节", "国庆", "十一国庆节", "十·一", value="国庆节"),
    **_words(Kind.FESTIVAL, "重阳节", "重阳", value="重阳节"),
    **_words(Kind.FESTIVAL, "除夕", "大年三十", value="除夕"),
    **_words(Kind.FESTIVAL, "小年", value="小年"),
    **_words(Kind.FESTIVAL, "腊八节", value="腊八节"),
    **_words(Kind.FESTIVAL, "妇女节", "三八妇女节", value="妇女节"),
    **_words(Kind.FESTIVAL, "植树节", value="植树节"),
    **_words(Kind.FESTIVAL, "青年节", "五四青年节", value="青年节"),
    **_words(Kind.FESTIVAL, "儿童节", "六一儿童节", "六一", value="儿童节"),
    **_words(Kind.FESTIVAL, "建党节", "七一", value="建党节"),
    **_words(Kind.FESTIVAL, "建军节", "八一建军节", "八一", value="建军节"),
    **_words(Kind.FESTIVAL, "教师节", value="教师节"),
    **_words(Kind.FESTIVAL, "国家宪法日", "宪法日", value="宪法日"),
    **_words(Kind.NOW, "即日起", "即日", "现在起", "目前", "现在"),
    **_words(Kind.CLOCK, "上午", "下午", "中午", "晚上", "下班", "早上", "午间", "晚"),
    **_words(
        Kind.STANDING, "长期坚持", "长期推进", "长期开展", "长期落实", "长期持续", "长期执行", "长期保持"
    ),
    **_words(
        Kind.STANDING, "逐月", "逐季", "逐季度", "逐周", "逐年", "逐日", "贯穿全年", "贯穿始终", "贯穿全程"
    ),
    **_words(Kind.STANDING, "常态化", "常态长效", "常抓不懈", "每学期", "每学年"),
    **_words(
        Kind.ROUND,
        "每轮次",
        "每轮",
        "每一轮次",
        "每一轮",
        "每个轮次",
        "每批次",
        "每一批次",
        "每个批次",
        "每批",
    ),
    **_words(
        Kind.VAGUE,
        "近期",
        "尽快",
        "尽早",
        "适时",
        "择机",
        "择期",
        "待定",
        "另行通知",
        "另行确定",
        "早日",
        "近日内",
    ),
    **_words(
        Kind.VAGUE, "按要求", "按照要求", "按规定时限", "按规定时间", "按规定期限", "按时限要求", "按时间节点"
    ),
    **_words(
        Kind.VAGUE,
        "按时间节点要求",
        "按时间要求",
        "规定时限内",
        "规定时间内",
        "规定期限内",
        "法定时限内",
        "法定期限内",
    ),
    **_words(
        Kind.VAGUE,
        "汛期前",
        "主汛期前",
        "入汛前",
        "汛期来临前",
        "开学前",
        "秋季开学前",
        "春季开学前",
        "入冬前",
        "供暖前",
        "供暖期前",
    ),
    **_words(
        Kind.VAGUE,
        "采暖期前",
        "采暖季前",
        "供暖季前",
        "暑期前",
        "暑假前",
        "寒假前",
        "高考前",
        "封冻前",
        "雨季前",
        "汛前",
    ),
    **_words(Kind.PLAN, "十二五", value=2015),
    **_words(Kind.PLAN, "十三五", value=2020),
    **_words(Kind.PLAN, "十四五", value=2025),
    **_words(Kind.PLAN, "十五五", value=2030),
    **_words(Kind.BY, "按"),
    # words that hold a unit's character without meaning it
    **_words(
        Kind.TEXT, "日常", "日均", "近日", "生日", "节日", "工作日志", "号召", "信号", "编号", "账号", "文号"
    ),
    **_words(
        Kind.TEXT,
        "月龄",
        "岁月",
        "月票",
        "月薪",
        "月球",
        "年级",
        "年龄",
        "年鉴",
        "周年",
        "周边",
        "周期",
        "周密",
        "周围",
        "周知",
    ),
    **_words(
        Kind.TEXT,
        "底线",
        "期末",
        "学期末",
        "换季",
        "淡季",
        "旺季",
        "雨季",
        "季节",
        "到位",
        "达到",
        "得到",
        "收到",
        "接到",
    ),
    **_words(
        Kind.TEXT,
        "甚至",
        "一起",
        "发起",
        "引起",
        "前后",
        "左右",
        "中心",
        "中国",
        "中央",
        "中队",
        "中小",
        "中介",
        "中学",
        "中型",
        "中层",
    ),
    **_words(
        Kind.TEXT,
        "初步",
        "初审",
        "初稿",
        "初评",
        "初中",
        "初次",
        "初级",
        "初核",
        "初验",
        "中期",
        "统一",
        "唯一",
        "第一时间",
        "第一批",
    ),
    **_words(
        Kind.TEXT,
        "第一责任人",
        "第一书记",
        "截至",
        "截止到",
        "截止至",
        "双周",
        "双月",
        "期间",
        "全年",
        "按日计罚",
        "下发",
        "下达",
    ),
}
# 原则上|年底前, 情况说明|年底前, 每半年一次|年底前: the first character belongs to the word before it
_TAILS = {
    "上": "则体本际以线网场会实路面",
    "下": "以如线地",
    "次": "一二两三四五六七八九十0123456789每首多批轮再本此数逐依档",
    "来": "以年后原本将",
    "明": "说证声表文透查阐注标",
}
_RELATIVE = (Kind.RELATIVE_YEAR, Kind.SHIFTED, Kind.NEXT)
_LONGEST = max(map(len, LEXICON))
_BY_FIRST = frozenset(word[0] for word in LEXICON)
_HIDING = {"《": "》", "〔": "〕", "〈": "〉"}
_TITLE_LIMIT = 200
_UNITS = frozenset("年月日号周季")  # “15日常委会” is 15日 and 常委会


def tokenise(text: str) -> list[Token]:
    """The tokens of `text`, in order; `start` and `end` are places in the text as given."""
    plain = normalise(text)
    tokens: list[Token] = []
    place, gap, broken, hidden_until = 0, False, False, 0
    while place < len(plain):
        if plain[place].isspace():
            gap, broken = True, broken or plain[place] in "\n\r\t\v\f\u2028\u2029"
            place += 1
            continue
        if place >= hidden_until and plain[place] in _HIDING:
            hidden_until = _closing(plain, place)
        after_number = bool(tokens) and tokens[-1].kind is Kind.NUMBER
        kind, value, end = _read(plain, place, hidden=place < hidden_until, after_number=after_number)
        tokens.append(Token(kind, plain[place:end], place, end, value, gap, broken))
        place, gap, broken = end, False, False
    return _join_spaced_digits(tokens)


def _closing(plain: str, place: int) -> int:
    """The place after the bracket that closes the one at `place`, or `place` where none does."""
    found = plain.find(_HIDING[plain[place]], place, place + _TITLE_LIMIT)
    return found + 1 if found >= 0 else place


def _read(plain: str, place: int, *, hidden: bool, after_number: bool) -> tuple[Kind, object, int]:
    if hidden:
        return Kind.TEXT, None, place + 1
    character = plain[place]
    if character in _BY_FIRST:
        for length in range(min(_LONGEST, len(plain) - place), 0, -1):
            entry = LEXICON.get(plain[place : place + length])
            if entry is not None and entry[0] in _RELATIVE and _is_tail(plain, place):
                continue
            if entry is not None and not (
                entry[0] in (Kind.TEXT, Kind.AFTER) and character in _UNITS and after_number
            ):
                return entry[0], entry[1], place + length
    if "0" <= character <= "9":
        end = _run(plain, place, "0123456789")
        return (Kind.NUMBER, int(plain[place:end]), end) if end - place <= 8 else (Kind.TEXT, None, end)
    if character in CHARACTERS:
        end = _run(plain, place, CHARACTERS)
        number = read_numeral(plain[place:end]) if end - place <= 8 else None
        return (Kind.TEXT, None, end) if number is None else (Kind.NUMBER, number, end)
    return Kind.TEXT, None, place + 1


def _is_tail(plain: str, place: int) -> bool:
    return place > 0 and plain[place - 1] in _TAILS.get(plain[place], "")


def _run(plain: str, place: int, characters: str | frozenset[str]) -> int:
    end = place
    while end < len(plain) and plain[end] in characters:
        end += 1
    return end


def _join_spaced_digits(tokens: list[Token]) -> list[Token]:
    """Digits that OCR pulled apart (2 0 2 4 年 1 0 月): joined where single digits make a year or a zero follows."""
    joined: list[Token] = []
    place = 0
    while place < len(tokens):
        run = _single_digits(tokens, place)
        before = joined[-1].kind if joined else None
        after = tokens[place + len(run)].kind if place + len(run) < len(tokens) else None
        if _is_pulled_apart(run, before, after):
            text = "".join(token.text for token in run)
            joined.append(
                Token(Kind.NUMBER, text, run[0].start, run[-1].end, int(text), run[0].gap, run[0].broken)
            )
            place += len(run)
        else:
            joined.append(tokens[place])
            place += 1
    return joined


def _is_pulled_apart(run: list[Token], before: Kind | None, after: Kind | None) -> bool:
    """True for a year, for a number with a zero, and for 8月3 1日 and 2024年1 2月, where the units leave no doubt."""
    if len(run) == 4:
        return run[0].text in "12"
    if len(run) != 2:
        return False
    number = int(run[0].text + run[1].text)
    a_day = before is Kind.MONTH and after is Kind.DAY and 10 <= number <= 31
    a_month = before is Kind.YEAR and after is Kind.MONTH and 10 <= number <= 12
    return run[1].text == "0" or a_day or a_month


def _single_digits(tokens: list[Token], place: int) -> list[Token]:
    run: list[Token] = []
    for token in tokens[place : place + 5]:
        follows = bool(run) and token.gap and not token.broken
        if (
            token.kind is not Kind.NUMBER
            or len(token.text) != 1
            or not token.text.isdigit()
            or (run and not follows)
        ):
            break
        run.append(token)
    return run
