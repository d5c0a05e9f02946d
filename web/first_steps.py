"""What somebody who runs an empty office does first: the steps that are missing, in their order, each with its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.queries.first_steps import count_people_lacks, get_office_start, list_unissued_campaigns
from tracker.queries.workbench import Preparation
from web.desk import Desk
from workflows.roles import Role


@dataclass(frozen=True)
class Step:
    """One thing that is missing, and where it is done. `text` says what it is for, or how much of it there is."""

    title: str
    text: str
    href: str


_ACCOUNTS = "/admin/accounts"
_WITHOUT_ACCOUNT = "/admin/people?lacks=account"
_WITHOUT_ADDRESS = "/admin/people?lacks=address"


def list_first_steps(desk: Desk, preparation: Preparation | None) -> list[Step]:
    """What is missing before the work of an administrator's office, or of a coordinator's campaign, can begin.

    Each goes by itself when it is done; none is left as soon as the first tasks are issued and everybody can sign in.
    """
    steps: list[Step] = []
    if desk.visitor.is_a(Role.ADMINISTRATOR):
        steps += _of_office(desk)
    if preparation is not None:
        steps += _of_campaigns(desk, preparation)
    return list({step.title: step for step in steps}.values())


def _of_office(desk: Desk) -> Iterator[Step]:
    office = get_office_start(desk.session, desk.visitor.person_id)
    if not office.campaigns:
        if not office.units:
            yield Step("登记单位", "科室、大队、分局，按上下级登记", "/admin/units")
        if not office.others:
            yield Step("登记人员", "先登记协调员，其他人员可以在导入责任分解表时登记", "/admin/people")
        if not office.accounts:
            yield Step("开通账号", "给协调员开通，一次性代码交给本人", _ACCOUNTS)
        yield Step("建立专项工作", "写明起止日期，指定协调员", "/admin/campaigns/new")
    if count := office.coordinators_without_account:
        yield Step("给协调员开通账号", f"{count} 名协调员还不能登录", _ACCOUNTS)
    if count := office.actors_without_account:
        yield Step("给任务人员开通账号", f"{count} 人有任务，还不能登录", _ACCOUNTS)


def _of_campaigns(desk: Desk, preparation: Preparation) -> Iterator[Step]:
    campaigns = list_unissued_campaigns(desk.session, desk.visitor.sight.coordinated)
    if empty := [each.name for each in campaigns if not each.has_tasks]:
        more = f"等 {len(empty)} 项专项工作" if len(empty) > 1 else ""
        yield Step("导入责任分解表", f"“{empty[0]}”{more}还没有任务", "/imports")
    filled = [each.id for each in campaigns if each.has_tasks]
    if not filled:
        return
    if preparation.open_errors:
        yield Step("处理导入错误", f"导入错误待处理 {preparation.open_errors} 处", "/imports")
    lacks = count_people_lacks(desk.session, filled)
    if lacks.without_address:
        yield Step("补录邮箱", f"{lacks.without_address} 人没有邮箱，收不到通知", _WITHOUT_ADDRESS)
    if lacks.without_account and not desk.visitor.is_a(Role.ADMINISTRATOR):
        yield Step("请管理员开通账号", f"{lacks.without_account} 人有任务，还不能登录", _WITHOUT_ACCOUNT)
    yield Step("下达任务", f"待下达 {preparation.drafts} 项，下达后才通知责任人", "/tasks?state=draft")
