"""Who may come in: accounts, their sessions, tokens of programs, and the record of who came.

Of everything that opens a door only a SHA-256 is kept, of passwords only an Argon2id hash. Moments are those of
the wall clock, also where an office plays with a clock of its own: a session ends when its time is really over.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field

LOGIN_NAME_LENGTH = 254  # an e-mail address is the usual one
RECORDED_NAME_LENGTH = 60
ADDRESS_LENGTH = 64
AGENT_LENGTH = 200
DIGEST_LENGTH = 64
ROUTE_LENGTH = 120


class Theme(StrEnum):
    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


class AccessKind(StrEnum):
    """What happened at the door."""

    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_IN_LOCKED = "sign_in_locked"  # one more failure, and the name is locked for a while
    SIGN_IN_THROTTLED = "sign_in_throttled"  # the address is; recorded when it begins
    SIGN_OUT = "sign_out"
    SESSION_ENDED = "session_ended"  # from another of the person's devices, or by an administrator
    SESSION_EXPIRED = "session_expired"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_RESET = "account_reset"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_UNLOCKED = "account_unlocked"
    INVITE_ACCEPTED = "invite_accepted"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_CHANGE_REFUSED = "password_change_refused"  # noqa: S105
    TOKEN_CREATED = "token_created"  # noqa: S105
    TOKEN_FIRST_USED = "token_first_used"  # noqa: S105
    TOKEN_REVOKED = "token_revoked"  # noqa: S105
    TOKEN_REFUSED = "token_refused"  # noqa: S105
    FEED_RENEWED = "feed_renewed"
    FEED_REMOVED = "feed_removed"
    CODE_REFUSED = "code_refused"  # the second step of signing in
    PROOF_REFUSED = "proof_refused"  # who is there could not prove it again
    FACTOR_ENROLLED = "factor_enrolled"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_RESET = "factor_reset"  # by an administrator
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    INVITE_REFUSED = "invite_refused"
    ACCESS_REFUSED = "access_refused"  # a page or an act of others (403)
    OBJECT_REFUSED = "object_refused"  # something that is there, and that he may not see (404)
    FORM_REFUSED = "form_refused"  # not made by this console for this session
    REQUEST_THROTTLED = "request_throttled"


ACCESS_LABELS: dict[AccessKind, str] = {
    AccessKind.SIGN_IN: "登录",
    AccessKind.SIGN_IN_REFUSED: "登录失败",
    AccessKind.SIGN_IN_LOCKED: "登录失败次数过多，暂停登录",
    AccessKind.SIGN_IN_THROTTLED: "来源地址失败次数过多，暂停受理",
    AccessKind.SIGN_OUT: "退出",
    AccessKind.SESSION_ENDED: "会话被终止",
    AccessKind.SESSION_EXPIRED: "会话超时",
    AccessKind.ACCOUNT_CREATED: "开通账号",
    AccessKind.ACCOUNT_RESET: "重置账号",
    AccessKind.ACCOUNT_LOCKED: "锁定账号",
    AccessKind.ACCOUNT_UNLOCKED: "解锁账号",
    AccessKind.INVITE_ACCEPTED: "用一次性代码设置密码",
    AccessKind.PASSWORD_CHANGED: "修改密码",
    AccessKind.PASSWORD_CHANGE_REFUSED: "修改密码失败",
    AccessKind.TOKEN_CREATED: "签发接口令牌",
    AccessKind.TOKEN_FIRST_USED: "接口令牌首次使用",
    AccessKind.TOKEN_REVOKED: "作废接口令牌",
    AccessKind.TOKEN_REFUSED: "接口令牌无效",
    AccessKind.FEED_RENEWED: "更换日历订阅地址",
    AccessKind.FEED_REMOVED: "停用日历订阅",
    AccessKind.CODE_REFUSED: "动态口令不对",
    AccessKind.PROOF_REFUSED: "再次验证身份失败",
    AccessKind.FACTOR_ENROLLED: "启用动态口令",
    AccessKind.FACTOR_REMOVED: "停用动态口令",
    AccessKind.FACTOR_RESET: "管理员重置动态口令",
    AccessKind.RECOVERY_CODES_RENEWED: "更换恢复码",
    AccessKind.RECOVERY_CODE_USED: "使用恢复码",
    AccessKind.INVITE_REFUSED: "一次性代码不对",
    AccessKind.ACCESS_REFUSED: "没有权限，被拒绝",
    AccessKind.OBJECT_REFUSED: "查看无权查看的内容，被拒绝",
    AccessKind.FORM_REFUSED: "表单来历不明或者过期，被拒绝",
    AccessKind.REQUEST_THROTTLED: "请求过于频繁，被拒绝",
}


class TokenScope(StrEnum):
    """What a program may do with a token, at most; what its person may not do, it may not either."""

    TASKS_READ = "tasks:read"
    TASKS_WRITE = "tasks:write"
    EVIDENCE_READ = "evidence:read"
    EVIDENCE_WRITE = "evidence:write"
    IMPORTS_WRITE = "imports:write"
    REPORTS_READ = "reports:read"
    NOTICES_READ = "notices:read"
    CAMPAIGNS_READ = "campaigns:read"


SCOPE_LABELS: dict[TokenScope, str] = {
    TokenScope.TASKS_READ: "查看任务",
    TokenScope.TASKS_WRITE: "办理任务",
    TokenScope.EVIDENCE_READ: "下载佐证材料",
    TokenScope.EVIDENCE_WRITE: "提交和审核佐证材料",
    TokenScope.IMPORTS_WRITE: "导入责任分解表",
    TokenScope.REPORTS_READ: "查看通报",
    TokenScope.NOTICES_READ: "查看通知",
    TokenScope.CAMPAIGNS_READ: "查看专项工作",
}


class Account(SQLModel, table=True):
    """A person's way in. `login_name` is folded (NFKC, case); without a password only the one-time code opens.

    Failures are not counted here but by name (`SignInCounter`), so that a name that nobody has is locked alike.
    """

    __tablename__ = "account"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    login_name: str = Field(unique=True, max_length=LOGIN_NAME_LENGTH)
    password_hash: str | None = Field(default=None, max_length=255, repr=False)
    must_change_password: bool = False
    is_locked: bool = False  # by an administrator, until he unlocks it
    created_at: datetime
    password_changed_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    theme: Theme = enum_field(Theme, default=Theme.AUTO)
    invite_sha256: str | None = Field(default=None, unique=True, max_length=DIGEST_LENGTH, repr=False)
    invite_expires_at: datetime | None = None
    second_factor_at: datetime | None = None  # since when a code is asked for as well; None where it is not


class LoginSession(SQLModel, table=True):
    """One device on which somebody is signed in. The row goes when it ends.

    `proven_at` is when the person last showed in this session that it is he, by password, code or provider.
    """

    __tablename__ = "login_session"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    token_sha256: str = Field(unique=True, max_length=DIGEST_LENGTH, repr=False)
    csrf: str = Field(max_length=64, repr=False)
    opened_at: datetime = Field(index=True)
    seen_at: datetime
    address: str = Field(max_length=ADDRESS_LENGTH)
    agent: str = Field(max_length=AGENT_LENGTH)
    proven_at: datetime | None = None
    is_by_provider: bool = False  # single sign-on, which asks for a second factor itself


class SignInCounter(SQLModel, table=True):
    """Failures under one name, or from one address, since `began_at`. `key` is a SHA-256: what was typed as a
    name may be a password that went into the wrong field.
    """

    __tablename__ = "sign_in_counter"

    key: str = Field(primary_key=True, max_length=DIGEST_LENGTH)
    failures: int = 0
    began_at: datetime = Field(index=True)
    closed_until: datetime | None = None


class AccessRecord(SQLModel, table=True):
    """What happened at the door, kept for at least six months. Never a secret.

    Requests that were refused are counted: one row a person, address, route and hour, which `tally_key` names.
    """

    __tablename__ = "access_record"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(index=True)
    kind: AccessKind = enum_field(AccessKind)
    login_name: str = Field(max_length=RECORDED_NAME_LENGTH)  # as it was typed
    account_id: int | None = Field(default=None, foreign_key="account.id", index=True)
    address: str = Field(default="", max_length=ADDRESS_LENGTH)
    agent: str = Field(default="", max_length=AGENT_LENGTH)
    route: str = Field(
        default="", max_length=ROUTE_LENGTH
    )  # GET /tasks/{task_id}: never what filled its places
    times: int = 1
    tally_key: str | None = Field(default=None, unique=True, index=True, max_length=DIGEST_LENGTH)


class ApiToken(SQLModel, table=True):
    """What a program shows to act as a person. `prefix` tells it from others; the rest is shown once."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=60)
    token_sha256: str = Field(unique=True, max_length=DIGEST_LENGTH, repr=False)
    prefix: str = Field(max_length=12)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class CalendarFeed(SQLModel, table=True):
    """The address under which a person's calendar program asks for his days; one a person."""

    __tablename__ = "calendar_feed"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    token_sha256: str = Field(unique=True, max_length=DIGEST_LENGTH, repr=False)
    created_at: datetime
