"""管理: what there is to look after, and who may look after it."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from tracker.queries.administration import count_office
from web.access import NotForYou, Who, admit, allow
from web.desk import ReadingDesk
from web.opening import PageRouter
from web.pages.admin.asking import KEEPERS, READERS
from web.visitors import Visitor

router = PageRouter()


@dataclass(frozen=True)
class Room:
    """One screen of 管理, and who may enter it."""

    href: str
    label: str
    icon: str
    text: str
    who: tuple[Who, ...]


GROUPS: tuple[tuple[str, tuple[Room, ...]], ...] = (
    (
        "工作",
        (
            Room(
                "/admin/campaigns",
                "专项工作",
                "flag",
                "起止日期、协调员、纪检审计人员、已导入的责任分解表，结束一项工作",
                READERS,
            ),
            Room(
                "/admin/calendar",
                "工作日历",
                "calendar-check",
                "放假和调休安排，导入新一年的公布文件",
                READERS,
            ),
            Room(
                "/admin/policy",
                "提醒规则",
                "sliders",
                "提前几天、逾期怎样上报，试算一项任务会怎样提醒",
                READERS,
            ),
        ),
    ),
    (
        "人员",
        (
            Room("/admin/units", "单位", "diagram-3", "科室、大队、分局的上下级关系", KEEPERS),
            Room("/admin/people", "人员", "people", "职务、邮箱、姓名写法，停用前移交工作", KEEPERS),
            Room(
                "/admin/accounts", "账号", "person-gear", "开通、重置、锁定，一次性代码", (Who.ADMINISTRATOR,)
            ),
            Room("/admin/tokens", "接口令牌", "key", "程序用的令牌，查看和作废", (Who.ADMINISTRATOR,)),
        ),
    ),
    (
        "系统",
        (
            Room(
                "/admin/system",
                "系统状态",
                "activity",
                "提醒服务、发件箱、磁盘、数据库、版本",
                (Who.ADMINISTRATOR,),
            ),
            Room("/admin/mail", "发信测试", "envelope-check", "给自己发一封测试邮件", (Who.ADMINISTRATOR,)),
            Room("/admin/webhooks", "事件推送", "send", "把事件推送给其他系统", (Who.ADMINISTRATOR,)),
        ),
    ),
    (
        "审计",
        (
            Room(
                "/admin/audit",
                "办理记录",
                "journal-text",
                "谁在什么时候办了什么，核对有没有被改动",
                (Who.AUDITOR,),
            ),
            Room("/admin/access", "登录记录", "shield-check", "登录、失败、锁定、退出", (Who.AUDITOR,)),
        ),
    ),
)


@router.get("/admin", dependencies=[allow(*READERS)])
def show_overview(desk: ReadingDesk) -> Response:
    groups = [(title, [room for room in rooms if may_enter(desk.visitor, room)]) for title, rooms in GROUPS]
    return desk.page(
        "admin/overview.html",
        groups=[(title, rooms) for title, rooms in groups if rooms],
        figures=count_office(desk.session),
        keeps_people=may_enter(desk.visitor, GROUPS[1][1][1]),
        keeps_accounts=may_enter(desk.visitor, GROUPS[1][1][2]),
    )


def may_enter(visitor: Visitor, room: Room) -> bool:
    try:
        admit(frozenset(room.who), visitor)
    except NotForYou:
        return False
    return True
