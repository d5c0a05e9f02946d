"""What can go wrong in the register, named; the edges turn these into answers and exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from workflows.kernel import Unmet


class TrackerError(Exception):
    """The root of every refusal of the register. Its text is one Chinese sentence for the person who asked."""


class NotFound(TrackerError):
    """There is no such row. `key` is what was asked for."""

    noun = "记录"

    def __init__(self, key: int | str) -> None:
        self.key = key
        asked = f"编号为{key}的" if isinstance(key, int) else f"“{key}”这个"
        super().__init__(f"没有{asked}{self.noun}，请核对后重试。")


class TaskNotFound(NotFound):
    noun = "任务"


class MilestoneNotFound(NotFound):
    noun = "节点"


class ExtensionNotFound(NotFound):
    noun = "延期申请"


class InstructionNotFound(NotFound):
    noun = "批示"


class CampaignNotFound(NotFound):
    noun = "专项工作"


class UnitNotFound(NotFound):
    noun = "单位"


class PersonNotFound(NotFound):
    noun = "人员"


class ViewNotFound(NotFound):
    noun = "视图"


class AccountNotFound(NotFound):
    noun = "账号"


class ApiTokenNotFound(NotFound):
    noun = "接口令牌"


class DeviceNotFound(NotFound):
    noun = "登录的设备"


class PersonAmbiguous(TrackerError):
    """Several people answer to one name; `candidates` are their ids and how to tell them apart."""

    def __init__(self, name: str, candidates: Sequence[tuple[int, str]]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        listed = "、".join(f"{number}（{description}）" for number, description in candidates)
        super().__init__(f"名为“{name}”的有{len(candidates)}人，请改用编号或者邮箱指明：{listed}。")


class ActRefused(TrackerError):
    """A rule stands in the way. Carries `unmet`: every condition, each with what would satisfy it."""

    def __init__(self, act: str, unmet: Sequence[Unmet]) -> None:
        self.act = act
        self.unmet = tuple(unmet)
        reasons = "；".join(condition.message for condition in self.unmet)
        super().__init__(f"不能{act}：{reasons}。")


class StaleTask(TrackerError):
    """Somebody else changed the task first; nothing was changed now."""

    def __init__(self, task_id: int) -> None:
        self.task_id = task_id
        super().__init__(f"任务{task_id}刚刚被他人更新，本次操作没有生效，请刷新后重新办理。")


class EventUnknown(TrackerError):
    """No open task waits for an event of this name; `awaited` are those that are waited for."""

    def __init__(self, name: str, awaited: Sequence[str]) -> None:
        self.name = name
        self.awaited = tuple(awaited)
        listed = "、".join(f"“{each}”" for each in awaited) or "无"
        super().__init__(f"没有在办任务等待事件“{name}”。当前等待登记的事件：{listed}。")


class PersonStillNeeded(TrackerError):
    """The person still plays parts; `parts` say which."""

    def __init__(self, name: str, parts: Sequence[str]) -> None:
        self.name = name
        self.parts = tuple(parts)
        listed = "、".join(parts[:5]) + (f"等{len(parts)}项" if len(parts) > 5 else "")
        super().__init__(f"{name}还承担着工作，不能停用，请先移交：{listed}。")


class CampaignStillOpen(TrackerError):
    """Tasks of the campaign are not finished; `blocking` says which and what each lacks."""

    def __init__(self, name: str, blocking: Sequence[str]) -> None:
        self.name = name
        self.blocking = tuple(blocking)
        super().__init__(f"“{name}”还有{len(blocking)}项任务没有办结，不能结束：{'；'.join(blocking)}。")


class NameTaken(TrackerError):
    """Another row bears the name already."""

    def __init__(self, noun: str, name: str) -> None:
        self.name = name
        super().__init__(f"{noun}“{name}”已经存在，请换一个名称。")


class AddressTaken(TrackerError):
    """Another active person has the e-mail address; letters and sign-ins would reach the wrong one."""

    def __init__(self, address: str, holder: str) -> None:
        self.address = address
        super().__init__(f"邮箱“{address}”已经登记给{holder}，一个邮箱只能登记给一个人，请核对后换一个。")


class PasswordRefused(TrackerError):
    """A password that the policy does not accept; `reasons` are all of them, each with what would be."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(f"这个密码不能用：{'；'.join(self.reasons)}。")


class InviteRefused(TrackerError):
    """A one-time code that nobody was given, that was used, or that is too old."""

    def __init__(self) -> None:
        super().__init__("一次性代码不对、已经用过或者已经过期，请核对后重新输入，或者请管理员重新生成。")


class ValueRefused(TrackerError):
    """A value cannot be used; the sentence says what would be accepted."""


class SourceRefused(TrackerError):
    """A file that was brought to be imported cannot be used as it is; the sentence says what would be accepted."""


class CalendarRowsRefused(TrackerError):
    """The rows of a calendar cannot be used for the year; `days` are the first ones that do not fit."""

    def __init__(self, year: int, reason: str, days: Sequence[date] = ()) -> None:
        self.year = year
        self.days = tuple(days)
        super().__init__(f"{year}年工作日历没有导入：{reason}。")
