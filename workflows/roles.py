"""The parts that people play on a task."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    COORDINATOR = "coordinator"
    EXPEDITER = "expediter"
    OWNER = "owner"
    LEADER = "leader"
    REVIEWER = "reviewer"  # never appointed: follows from the other parts, see `workflows.duties`
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


TASK_ROLES = (Role.OWNER, Role.EXPEDITER, Role.LEADER)  # the parts that people are given on a single task

ROLE_LABELS: dict[Role, str] = {
    Role.COORDINATOR: "协调员",
    Role.EXPEDITER: "盯办人",
    Role.OWNER: "责任人",
    Role.LEADER: "分管领导",
    Role.REVIEWER: "审核人",
    Role.AUDITOR: "纪检审计人员",
    Role.ADMINISTRATOR: "管理员",
    Role.SYSTEM: "系统",
}
