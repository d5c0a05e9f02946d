"""What has the shape of a person's name, of a unit, of an office held: told from the words alone."""

from __future__ import annotations

import re
from functools import lru_cache

from tracker.importers.characters import to_simplified

NONE_WORDS = frozenset({"", "无", "暂无", "略", "不涉及", "/", "\\", "／"})
DASHES = re.compile(r"[-—–－―─_~～一\s.·…]+")
HAN = "\u3400-\u9fff"
NAME = re.compile(rf"[{HAN}]{{2,4}}")
LONG_NAME = re.compile(rf"[{HAN}]{{1,8}}(?:[·•．.][{HAN}]{{1,8}})+")
COMPOUND_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "司徒",
    "南宫",
    "夏侯",
    "端木",
    "独孤",
    "长孙",
    "宇文",
    "呼延",
    "申屠",
    "澹台",
    "鲜于",
    "赫连",
    "淳于",
)
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐"
    "费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜"
    "阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑"
    "裴陆荣翁荀羊惠甄曲家封芮靳汲松井段富巫乌焦巴弓牧山谷车侯宓蓬全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司韶黎薄印宿白怀蒲从"
    "鄂索赖卓屠蒙池乔阴能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾"
    "终暨居衡步都耿满弘匡国文寇广禄阙东欧沃利蔚越隆师巩聂晁勾敖融冷辛阚那简饶曾沙丰巢关相查后荆红游竺权盖益桓公仉督岳帅缑亢况有琴商牟"
    "佘佴墨哈谯笪年爱阳佟言福肖付代闫覃邸苑冼占初鹿仝原战修庹"
)
UNIT_ENDINGS = (
    "科", "室", "队", "局", "中心", "处", "办", "厅", "部", "委", "院", "站", "所", "股", "组", "校", "会", "司", "署", "党组", "公司", "集团", "银行", "政府",
    "党委", "机关", "单位", "部门", "分局", "街道", "乡", "镇", "县", "区", "市", "园区", "管委会", "办公室", "专班", "支队", "大队", "总队", "中队", "协会", "联社", "医院",
    "学校", "学院", "法院", "检察院", "企业", "委员会", "工会", "团委", "妇联", "馆", "台", "社", "社区", "村", "村委会", "事务所", "科技城", "服务站", "窗口", "纪委", "监委", "属地",
)  # fmt: skip
UNIT_PREFIXES = (
    "各",
    "全局",
    "全体",
    "全市",
    "全县",
    "全区",
    "全院",
    "全校",
    "全队",
    "有关",
    "相关",
    "局属",
    "市直",
    "县直",
    "区直",
)
OFFICES = (
    "党组书记", "党组成员", "党委书记", "党委副书记", "党委委员", "书记", "副书记", "局长", "副局长", "科长", "副科长", "队长", "副队长", "支队长", "副支队长", "大队长", "副大队长", "中队长",
    "主任", "副主任", "处长", "副处长", "部长", "副部长", "市长", "副市长", "县长", "副县长", "区长", "副区长", "秘书长", "副秘书长", "院长", "副院长", "所长", "副所长", "站长", "副站长", "厅长",
    "副厅长", "校长", "副校长", "组长", "副组长", "调研员", "一级调研员", "二级调研员", "三级调研员", "四级调研员", "主任科员", "科员", "政委", "教导员", "总工程师", "总经理", "经理", "董事长", "镇长", "副镇长",
    "乡长", "副乡长", "常委", "委员", "同志", "工程师", "负责人", "主要负责人", "分管负责人", "分管领导", "主要领导", "专职副书记", "法人", "法定代表人", "会长", "台长", "馆长", "股长", "副股长", "园长", "村支书",
    "工会主席", "主席", "副主席", "纪检组长", "总队长", "副总队长", "督察员", "总监", "总会计师", "教授", "老师", "医生",
)  # fmt: skip
OFFICE_AT_END = re.compile(
    "(?:常务|分管|主管|主要|专职|执行|第一)?(?:" + "|".join(sorted(OFFICES, key=len, reverse=True)) + r")+$"
)
BRACKETS = re.compile(r"[(（]([^()（）]*)[)）]")
OPEN_END = re.compile(r"等(?:有关|相关)?(?:部门|单位|科室)?(?:和(?:有关|相关)(?:部门|单位))?$")
# What cannot be a person's name although it is short: words of the trade.
NOT_NAMES = frozenset(
    [
        "常态化",
        "长期",
        "全年",
        "已完成",
        "未完成",
        "完成",
        "进行中",
        "正在推进",
        "待定",
        "另行通知",
        "同上",
        "合计",
        "小计",
        "总计",
        "备注",
        "年底前",
        "月底前",
        "季度末",
        "立即",
        "及时",
        "每月",
        "每季度",
        "每周",
        "每年",
        "持续推进",
        "长期坚持",
        "按要求",
        "按时",
        "是",
        "否",
        "有",
        "一般",
        "重点",
        "较大",
        "重大",
        "立行立改",
        "即知即改",
        "立即整改",
        "近期",
        "短期",
        "中期",
        "日常",
        "随时",
        "不定期",
        "年底",
        "月底",
        "方案",
        "总结",
        "报告",
        "通知",
        "台账",
        "简报",
        "照片",
        "文件",
        "计划",
        "清单",
    ]
)


def is_none(text: str) -> bool:
    """Whether the cell says that there is nothing: blank, 无, a slash or dashes."""
    bare = text.strip()
    return bare in NONE_WORDS or (len(bare) <= 8 and DASHES.fullmatch(bare) is not None)


@lru_cache(maxsize=4096)
def looks_like_unit(text: str) -> bool:
    bare = OPEN_END.sub("", BRACKETS.sub("", text).strip())
    if not 2 <= len(bare) <= 30:
        return False
    return bare.endswith(UNIT_ENDINGS) or bare.startswith(UNIT_PREFIXES)


@lru_cache(maxsize=4096)
def looks_like_name(text: str) -> bool:
    """Two to four Han characters with a surname in front, or a name with a middle dot; not a unit, not a word of the trade."""
    bare = to_simplified("".join(text.split()))
    if LONG_NAME.fullmatch(bare):
        return True
    if not NAME.fullmatch(bare) or bare in NOT_NAMES or bare in OFFICES or bare.startswith(UNIT_PREFIXES):
        return False
    if bare.startswith(COMPOUND_SURNAMES):
        return len(bare) >= 3
    if (
        len(bare) > 2
        and looks_like_unit(bare)
        and not bare.endswith(("会", "社", "台", "村", "乡", "镇", "县", "区", "市", "馆"))
    ):
        return False
    return bare[0] in SURNAMES and len(bare) <= 4
