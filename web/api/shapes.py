"""What the API answers, as OpenAPI tells it. The documents themselves are made in `tracker.documents`.

Nothing that a shape does not name can leave: a document with a further field is a mistake of ours.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", serialize_by_alias=True, validate_by_name=True)


class Unmet(Shape):
    """办理条件中没有满足的一项。"""

    code: str = Field(description="供程序判断的代码")
    message: str = Field(description="缺什么、怎样才算满足")


class InputError(Shape):
    """填写有误的一处。"""

    pointer: str | None = Field(default=None, description="正文中的位置（RFC 6901）")
    parameter: str | None = Field(default=None, description="网址参数的名称")
    header: str | None = Field(default=None, description="请求头的名称")
    detail: str = Field(description="哪里不对、应怎样填写")


class Problem(Shape):
    """出错时的答复（RFC 9457）。"""

    type: str = Field(description="目前都是 about:blank")
    title: str = Field(description="是哪一类问题")
    status: int = Field(description="HTTP 状态码")
    detail: str | None = Field(default=None, description="一句话说明原因和办法")
    unmet: list[Unmet] | None = Field(default=None, description="没有满足的全部办理条件")
    errors: list[InputError] | None = Field(default=None, description="填写有误的全部位置")


class People(Shape):
    owner: list[str] = Field(description="责任人")
    expediter: list[str] = Field(description="盯办人")
    leader: list[str] = Field(description="分管领导")


Light = Literal["grey", "green", "yellow", "red", "blue", "yellow-blue"]


class TaskSummary(Shape):
    """列表中的一项任务。"""

    id: int
    label: str | None = Field(description="原表中的序号")
    title: str
    state: str
    state_label: str
    light: Light
    is_backfilled: bool = Field(description="灯色来自已完成的节点，其中有系统启用前完成、由协调员补录的")
    next_due_on: date | None = Field(description="最近一个未完成节点的时限")
    version: int = Field(description="每办理一次加一；与 ETag 相同")
    people: People


class TaskList(Shape):
    schema_: Literal["dingban.tasks/1"] = Field(alias="schema")
    tasks: list[TaskSummary]
    page: int
    per_page: int
    total: int
    total_is_capped: bool = Field(description="为 true 时，实际数量不少于 total")


class Extension(Shape):
    """延期申请。"""

    id: int
    milestone_id: int
    number: int = Field(description="同一节点的第几次申请")
    state: str
    from_due_on: date
    to_due_on: date
    reason: str
    is_late: bool = Field(description="时限过后才申请")
    decision: str | None


class MilestoneState(Shape):
    """时间节点。"""

    id: int
    task_id: int = Field(description="持有这个节点的任务")
    number: int
    part: int
    text: str
    kind: str
    state: str
    span: str | None = Field(description="原文中的期限")
    due_on: date | None
    first_due_on: date | None = Field(description="最初的时限，延期后不变")
    is_provisional: bool = Field(description="按未公布的工作日历推算")
    recurrence: str | None = Field(description="RFC 5545 RRULE")
    series_id: int | None
    waits_for: str | None = Field(description="等待登记的事件，之后才有时限")
    reported_at: datetime | None
    met_at: datetime | None
    done_on: date | None = Field(description="补录：系统启用前完成的日期；其他节点为空")
    done_basis: str | None = Field(description="补录的依据")


class Milestone(MilestoneState):
    light: Light
    extensions: list[Extension]


class MilestoneList(Shape):
    task_id: int
    milestones: list[Milestone]


class EvidenceVersion(Shape):
    """一份佐证材料的一个版本。"""

    id: int
    deliverable_id: int
    milestone_id: int | None
    name: str
    version: int
    state: str
    sha256: str | None = Field(description="文件的校验码；链接没有")
    link: str | None
    submitted_at: datetime
    review_reason: str | None


class SubmittedEvidence(EvidenceVersion):
    submitted_by: str | None


class EvidenceList(Shape):
    evidence: list[EvidenceVersion]


class Deliverable(Shape):
    """应交的一项成果。"""

    id: int
    number: int
    text: str
    is_required: bool
    evidence: list[SubmittedEvidence]


class DeliverableList(Shape):
    task_id: int
    deliverables: list[Deliverable]


class Instruction(Shape):
    """领导批示。"""

    id: int
    task_id: int
    text: str
    given_at: datetime
    acknowledged_at: datetime | None


class AssistingUnit(Shape):
    id: int
    name: str
    progress: str | None
    progress_at: datetime | None


class SharedLists(Shape):
    """本任务的清单由哪项任务持有；null 为自己。"""

    deliverables: int | None
    milestones: int | None


class DeductionRecord(Shape):
    on: date
    points: float
    note: str | None


class Finding(Shape):
    id: int
    severity: str
    message: str
    settled: bool


class TimelineEvent(Shape):
    at: datetime
    actor: str
    recorded_by: str | None
    kind: str
    label: str
    data: dict[str, Any]


class Task(TaskSummary):
    """一项任务的全部内容。"""

    schema_: Literal["dingban.task/1"] = Field(alias="schema")
    campaign: str
    group: str | None
    requirement: str
    basis: str | None
    score: dict[str, Any] | None
    lead_unit: str | None
    units: list[AssistingUnit]
    shared: SharedLists
    issued_at: datetime | None
    accept_by_on: date | None
    closed_at: datetime | None
    milestones: list[Milestone]
    deliverables: list[Deliverable]
    instructions: list[Instruction]
    deductions: list[DeductionRecord]
    points_lost: float
    findings: list[Finding]
    timeline: list[TimelineEvent]


class Transition(Shape):
    """一个环节：现在能不能办，不能办时缺什么。"""

    trigger: str
    allowed: bool
    unmet: list[Unmet]


class TaskTransitions(Shape):
    schema_: Literal["dingban.explain/1"] = Field(alias="schema")
    task_id: int
    triggers: list[Transition]


class Transitions(Shape):
    schema_: Literal["dingban.explain/1"] = Field(alias="schema")
    triggers: list[Transition]


class Campaign(Shape):
    """专项工作。"""

    id: int
    name: str
    year: int
    kind: str
    starts_on: date
    ends_on: date
    closed_at: datetime | None
    coordinators: list[str]
    tasks: dict[str, int] = Field(description="各状态的任务数，只计本人可见的")


class CampaignList(Shape):
    schema_: Literal["dingban.campaigns/1"] = Field(alias="schema")
    campaigns: list[Campaign]


class Urging(Shape):
    """一次催办。"""

    event_id: int
    task_id: int
    at: datetime


class ReportScope(Shape):
    key: str
    label: str


class ScopeList(Shape):
    scopes: list[ReportScope]


class Notice(Shape):
    """告知一人的一件事。"""

    id: int
    rule: str
    rule_words: str
    role: str
    is_copy: bool
    recipient_id: int
    recipient: str
    office_day: date
    created_at: datetime
    task_id: int | None
    task: str | None
    milestone: str | None
    due_on: date | None
    arrival: str
    channel: str | None
    sent_at: datetime | None
    error: str | None


class NoticeList(Shape):
    schema_: Literal["dingban.notices/1"] = Field(alias="schema")
    notices: list[Notice]


class ImportHead(Shape):
    """一次导入。"""

    id: int
    source_name: str
    campaign_id: int | None
    campaign: str = Field(description="归入的，或者将新建的专项工作")
    year: int | None
    version: int = Field(description="每有一项决定加一；与 ETag 相同")
    updated_at: datetime
    committed_at: datetime | None
    is_unwritten: bool = Field(description="还有没有写入的决定")


class ImportList(Shape):
    imports: list[ImportHead]


class ImportDraft(ImportHead):
    unmet: list[Unmet] = Field(description="写入之前还缺什么；空为可以写入")
    draft: dict[str, Any] = Field(description="草稿，即 dingban.draft/1")


class ImportedFinding(Shape):
    id: int
    task_id: int | None
    code: str
    severity: str
    message: str


class ImportOutcome(Shape):
    """写入的结果：任务编号。"""

    schema_: Literal["dingban.import/1"] = Field(alias="schema")
    source: dict[str, Any]
    campaign_id: int
    created: list[int]
    changed: list[int]
    unchanged: list[int]
    withdrawn: list[int]
    moved: list[int]
    new_people: list[str]
    new_units: list[str]
    findings: list[ImportedFinding]
