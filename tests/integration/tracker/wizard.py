"""A coordinator at the import wizard, without a console: what each screen would do, by the services."""

from __future__ import annotations

import io
from pathlib import Path

from sqlmodel import Session, select

from tests.factories import COORDINATOR, NOON, actor_of, create_campaign, create_person
from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.identity import id_of
from tracker.importers import DEFAULT_SYNONYMS, Draft, DraftRow
from tracker.importers.readers import ReadLimits
from tracker.models import ImportSession, Task
from tracker.parked_files import ParkedFiles
from tracker.queries.sight import sight_of
from tracker.services.calendars import load_calendar
from tracker.services.import_sessions.beginning import begin_import
from tracker.services.import_sessions.committing import commit_import
from tracker.services.import_sessions.deciding import Decision, edit_cell
from tracker.services.import_sessions.matching import NameMatch, list_name_matches
from tracker.services.import_sessions.reading import ImportReader

TITLE = "2024年测试大比武责任分解表"
HEADINGS = "序号\t评审项目\t任务内容\t牵头部门\t责任部门\t成果\t时间节点\t盯办人\t责任人\t分管领导"
FIRST = "1\t基础建设\t建成示范站所并通过验收\t综合科\t—\t1、方案；2、总结\t5月底前\t测试甲\t郭靖\t张三丰"
SECOND = (
    "2\t基础建设\t更新全部执法装备并建立台账\t装备科\t—\t1、清单\t9月30日前\t测试甲\t各科室负责人\t张三丰"
)
TABLE = "\n".join([TITLE, "", HEADINGS, FIRST, SECOND])
OWNER = 8


class Wizard:
    """A coordinator with an import of two rows."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        create_campaign(session, "别的专项", year=2023)
        self.person = create_person(session, COORDINATOR)
        self.actor = actor_of(self.person)
        self.decision = Decision(self.actor, NOON)
        self.files = ParkedFiles(folder / "parked")
        self.reader = ImportReader(self.files, limits=ReadLimits(), synonyms=DEFAULT_SYNONYMS)

    def begin(self, text: str = TABLE, name: str = "表.txt") -> ImportSession:
        return begin_import(
            self.session,
            io.BytesIO(text.encode()),
            name,
            reader=self.reader,
            sight=sight_of(self.session, id_of(self.person)),
            actor=self.actor,
            at=NOON,
        )

    def draft(self, run: ImportSession) -> Draft:
        return self.reader.draft(self.session, run, today=office_day(NOON))

    def row(self, run: ImportSession, number: int) -> DraftRow:
        return self.draft(run).tables[0].rows[number]

    def edit(
        self, run: ImportSession, number: int, text: str, *, column: int = OWNER, seen: str | None = None
    ) -> None:
        edit_cell(
            self.session,
            run,
            self.decision,
            table=0,
            row=self.row(run, number),
            column=column,
            text=text,
            seen=seen,
        )

    def match(self, run: ImportSession, name: str) -> NameMatch:
        return next(
            each for each in list_name_matches(self.session, run, self.draft(run)) if each.name == name
        )

    def commit(self, run: ImportSession) -> list[Task]:
        calendar: WorkCalendar = load_calendar(self.session)
        commit_import(self.session, run, reader=self.reader, actor=self.actor, at=NOON, calendar=calendar)
        self.session.flush()
        return list(
            self.session.exec(
                select(Task).where(Task.campaign_id == run.campaign_id).order_by("position")
            ).all()
        )
