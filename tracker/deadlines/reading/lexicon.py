"""The words that the grammar knows, each with its kind and, where it has one, its value.

The longest word that fits is read. The look-alikes hold a character of time without meaning any (底线, 日常):
being longer, they keep it from being read as one.
"""

from __future__ import annotations

from tracker.deadlines.reading.kinds import Kind

_WORDS: dict[Kind, str] = {
    Kind.YEAR: "年",
    Kind.DEGREE: "度",
    Kind.HALF_YEAR: "半年度 半年",
    Kind.QUARTER: "季度 季",
    Kind.MONTH: "月 月份",
    Kind.HALF_MONTH: "半个月 半月",
    Kind.TEN: "旬",
    Kind.WEEK: "周 星期 礼拜",
    Kind.DAY: "日 号",
    Kind.DAYS: "天 自然日 日历日 日历天",
    Kind.WORKDAY: "工作日 工作天",
    Kind.HOUR: "小时",
    Kind.ENDING: "底 末 尾 终 最后一天 最后一日",
    Kind.INSIDE: "内 以内 之内 里",
    Kind.MIDDLE: "中",
    Kind.BEGINNING: "初",
    Kind.BEFORE: "前 之前 以前",
    Kind.AFTER: "后 之后 以后 之日起 日起 次日起 当日起 之时起 之次日起 之日 之日后 之日以后 当天起 过后",
    Kind.SINCE: "以来",
    Kind.FROM: "起 开始 起至",
    Kind.UNTIL: "止 为止 截止",
    Kind.TO: "至 到",
    Kind.DASH: "-",
    Kind.DOT: ".",
    Kind.SLASH: "/",
    Kind.AND: "、 和 及 与 以及 或 或者 及其",
    Kind.COMMA: ", ，",
    Kind.STOP: "。 ; ； ! ? ！ ？",
    Kind.COLON: ": ：",
    Kind.OPEN: "( （ 〔",
    Kind.CLOSE: ") ） 〕",
    Kind.QUOTE: '“ ” " 「 」 『 』',
    Kind.EVERY: "每 每个 每逢 每隔 每满",
    Kind.BY: "按",
    Kind.ORDINAL: "第",
    Kind.COUNTER: "个",
    Kind.POSSESSIVE: "的",
    Kind.FIRST_MONTH: "首月 首个月 首月份",
    Kind.LAST_MONTH: "末月 最后一个月 最后1个月 最末一个月 末月份 最后一月 末个月",
    Kind.LAST: "最后",
    Kind.FINISHED: "结束 终了 完结 届满",
    Kind.NOW: "即日起 即日 现在起 目前 现在",
    Kind.CLOCK: "上午 下午 中午 晚上 下班 早上 午间 晚",
    Kind.STANDING: (
        "长期坚持 长期推进 长期开展 长期落实 长期持续 长期执行 长期保持 逐月 逐季 逐季度 逐周 逐年 逐日 贯穿全年 贯穿始终 贯穿全程 常态化 常态长效 常抓不懈 每学期 每学年"
    ),
    Kind.ROUND: "每轮次 每轮 每一轮次 每一轮 每个轮次 每批次 每一批次 每个批次 每批",
    Kind.VAGUE: (
        "近期 尽快 尽早 适时 择机 择期 待定 另行通知 另行确定 早日 近日内 按要求 按照要求 按规定时限 按规定时间 按规定期限 按时限要求 按时间节点 按时间节点要求 按时间要求 规定时限内 "
        "规定时间内 规定期限内 法定时限内 法定期限内 汛期前 主汛期前 入汛前 汛期来临前 开学前 秋季开学前 春季开学前 入冬前 供暖前 供暖期前 采暖期前 采暖季前 供暖季前 暑期前 暑假前 "
        "寒假前 高考前 封冻前 雨季前 汛前"
    ),
}
_WORDS_WITH_VALUE: tuple[tuple[Kind, object, str], ...] = (
    (Kind.RELATIVE_YEAR, ("ref", 0), "今年 本年 本年度"),
    (Kind.RELATIVE_YEAR, ("ref", 1), "明年 来年"),
    (Kind.RELATIVE_YEAR, ("ref", 2), "后年"),
    (Kind.RELATIVE_YEAR, ("ref", -1), "去年 上年 上年度 上一年 上一年度"),
    (Kind.RELATIVE_YEAR, ("base", 0), "当年 当年度 同年"),
    (Kind.RELATIVE_YEAR, ("base", 1), "次年 次年度 翌年 第二年 下一年 下一年度 下年 下年度"),
    (Kind.HALF, 1, "上半年"),
    (Kind.HALF, 2, "下半年"),
    (Kind.TEN_DAYS, 10, "上旬"),
    (Kind.TEN_DAYS, 15, "上半月"),
    (Kind.TEN_DAYS, 20, "中旬 上中旬 中上旬"),
    (Kind.TEN_DAYS, 31, "下旬 中下旬 上中下旬 下半月"),
    (Kind.SHIFTED, ("month", 0), "本月 当月 这个月 本月份 当月份"),
    (Kind.SHIFTED, ("month", 1), "下月 下个月 下月份"),
    (Kind.SHIFTED, ("quarter", 0), "本季度 当季度 本季 当季"),
    (Kind.SHIFTED, ("quarter", 1), "下季度 下一季度 下个季度"),
    (Kind.SHIFTED, ("week", 0), "本周 这周 本星期 当周"),
    (Kind.SHIFTED, ("week", 1), "下周 下星期"),
    (Kind.NEXT, "month", "次月 翌月 次月份"),
    (Kind.NEXT, "quarter", "次季度 次季"),
    (Kind.NEXT, "week", "次周"),
    (Kind.FESTIVAL, "元旦", "元旦 元旦节"),
    (Kind.FESTIVAL, "春节", "春节 新春佳节 农历新年"),
    (Kind.FESTIVAL, "元宵节", "元宵节 元宵"),
    (Kind.FESTIVAL, "清明节", "清明节 清明"),
    (Kind.FESTIVAL, "劳动节", "劳动节 五一 五一节 五一劳动节 五·一"),
    (Kind.FESTIVAL, "端午节", "端午节 端午"),
    (Kind.FESTIVAL, "中秋节", "中秋节 中秋"),
    (Kind.FESTIVAL, "国庆节", "国庆节 国庆 十一国庆节 十·一"),
    (Kind.FESTIVAL, "重阳节", "重阳节 重阳"),
    (Kind.FESTIVAL, "除夕", "除夕 大年三十"),
    (Kind.FESTIVAL, "小年", "小年"),
    (Kind.FESTIVAL, "腊八节", "腊八节"),
    (Kind.FESTIVAL, "妇女节", "妇女节 三八妇女节"),
    (Kind.FESTIVAL, "植树节", "植树节"),
    (Kind.FESTIVAL, "青年节", "青年节 五四青年节"),
    (Kind.FESTIVAL, "儿童节", "儿童节 六一儿童节 六一"),
    (Kind.FESTIVAL, "建党节", "建党节 七一"),
    (Kind.FESTIVAL, "建军节", "建军节 八一建军节 八一"),
    (Kind.FESTIVAL, "教师节", "教师节"),
    (Kind.FESTIVAL, "宪法日", "国家宪法日 宪法日"),
    (Kind.PLAN, 2015, "十二五"),
    (Kind.PLAN, 2020, "十三五"),
    (Kind.PLAN, 2025, "十四五"),
    (Kind.PLAN, 2030, "十五五"),
)
_LOOKALIKES = (
    "日常 日均 近日 生日 节日 工作日志 号召 信号 编号 账号 文号 月龄 岁月 月票 月薪 月球 年级 年龄 年鉴 周年 周边 周期 周密 周围 周知 底线 期末 学期末 换季 淡季 旺季 "
    "雨季 季节 到位 达到 得到 收到 接到 通过 超过 经过 内外 甚至 一起 发起 引起 前后 左右 中心 中国 中央 中队 中小 中介 中学 中型 中层 初步 初审 初稿 初评 初中 初次 初级 初核 初验 中期 "
    "统一 唯一 第一时间 第一批 第一责任人 第一书记 截至 截止到 截止至 双周 双月 单月 期间 全年 按日计罚 下发 下达"
)


def _entries() -> dict[str, tuple[Kind, object]]:
    entries: dict[str, tuple[Kind, object]] = {}
    for kind, words in _WORDS.items():
        entries.update(dict.fromkeys(words.split(), (kind, None)))
    for kind, value, words in _WORDS_WITH_VALUE:
        entries.update(dict.fromkeys(words.split(), (kind, value)))
    entries.update(dict.fromkeys(_LOOKALIKES.split(), (Kind.TEXT, None)))
    return entries


def _by_first_character() -> dict[str, tuple[tuple[str, Kind, object], ...]]:
    found: dict[str, list[tuple[str, Kind, object]]] = {}
    for word, (kind, value) in sorted(_entries().items(), key=lambda entry: -len(entry[0])):
        found.setdefault(word[0], []).append((word, kind, value))
    return {character: tuple(words) for character, words in found.items()}


WORDS_BY_CHARACTER = _by_first_character()  # the longest first
