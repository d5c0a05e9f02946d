"""Units that an import names: words for several, names that nearly agree, and what becomes of them in the register."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session, select

from tests.factories import NOON
from tests.integration.tracker.wizard import HEADINGS, TITLE, Wizard
from tracker.clock import office_day
from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.importers import DEFAULT_SYNONYMS, build_draft
from tracker.importers.readers import read_source_bytes
from tracker.models import ImportSession, Task, TaskUnit, Unit
from tracker.services.calendars import load_calendar
from tracker.services.import_sessions.carried import Outcome
from tracker.services.import_sessions.matching import Candidate, Choice, Standing
from tracker.services.import_sessions.names import choose_collective, choose_name, forget_name
from tracker.services.importing import commit_draft

ROWS = [
    "1\t基础\t建成示范站所并通过验收\t综合科\t各科室、装备科\t1、方案\t5月底前\t测试甲\t郭靖\t张三丰",
    "2\t基础\t更新全部执法装备并建台账\t各大队\t装备科\t1、清单\t9月30日前\t测试甲\t郭靖\t张三丰",
]


def text_of(*rows: str) -> str:
    return "\n".join([TITLE, "", HEADINGS, *rows])


@pytest.fixture
def wizard(session: Session, tmp_path: Path) -> Wizard:
    return Wizard(session, tmp_path)


@pytest.fixture
def run(wizard: Wizard) -> ImportSession:
    return wizard.begin(text_of(*ROWS))


def units_of(wizard: Wizard) -> set[str]:
    return set(wizard.session.exec(select(Unit.name)).all())


def unit(wizard: Wizard, name: str) -> Unit:
    return wizard.session.exec(select(Unit).where(Unit.name == name)).one()


def assisting(wizard: Wizard, task: Task) -> list[str]:
    rows = wizard.session.exec(
        select(Unit.name).join(TaskUnit).where(TaskUnit.task_id == task.id).order_by("position")
    ).all()
    return list(rows)


def lead_of(wizard: Wizard, task: Task) -> str | None:
    found = wizard.session.get(Unit, task.lead_unit_id) if task.lead_unit_id else None
    return found.name if found else None


class TestWordsForSeveralUnits:
    def test_they_are_known_for_what_they_are_and_block_nothing(
        self, wizard: Wizard, run: ImportSession
    ) -> None:
        match = wizard.match(run, "各科室")

        assert (match.standing, match.is_open, match.is_entered) == (Standing.COLLECTIVE, False, False)
        assert wizard.match(run, "各大队").led == ("2",)

    def test_undecided_they_make_no_unit_and_stand_in_the_remark(
        self, wizard: Wizard, run: ImportSession
    ) -> None:
        before = units_of(wizard)
        first, second = wizard.commit(run)

        assert units_of(wizard) - before == {"综合科", "装备科"}
        assert assisting(wizard, first) == ["装备科"]
        assert first.remark == "协办：各科室"
        assert (lead_of(wizard, second), second.remark) == (None, "协办：各大队")

    def test_those_they_stand_for_assist_and_the_one_named_answers(
        self, wizard: Wizard, run: ImportSession
    ) -> None:
        decide(wizard, run, "各科室", members=[Candidate(None, "综合科"), Candidate(None, "装备科")])
        decide(wizard, run, "各大队", members=[Candidate(None, "综合科")], lead=Candidate(None, "装备科"))
        assert "collective-lead" not in {each.code for each in wizard.row(run, 1).diagnostics}

        first, second = wizard.commit(run)

        assert assisting(wizard, first) == ["装备科"]  # 综合科 leads
        assert (lead_of(wizard, second), assisting(wizard, second)) == ("装备科", ["综合科"])
        assert first.remark is None

    def test_what_was_decided_is_carried_over_to_a_corrected_file(
        self, wizard: Wizard, run: ImportSession
    ) -> None:
        decide(wizard, run, "各科室", members=[Candidate(None, "装备科")])
        decide(wizard, run, "各大队", lead=Candidate(None, "装备科"))
        wizard.commit(run)

        again = wizard.begin(text_of(ROWS[0].replace("建成", "建好"), ROWS[1]), "第二版.txt")

        match = wizard.match(again, "各科室")
        assert (match.choice, [each.name for each in match.members]) == (Choice.COLLECTIVE, ["装备科"])
        lead = wizard.match(again, "各大队").lead
        assert lead is not None
        assert lead.name == "装备科"
        first, second = wizard.commit(again)
        assert assisting(wizard, first) == ["装备科"]
        assert lead_of(wizard, second) == "装备科"

    def test_a_unit_that_is_no_longer_in_use_is_told_and_left_out(
        self, wizard: Wizard, run: ImportSession
    ) -> None:
        retired = Unit(name="撤并科")
        wizard.session.add(retired)
        wizard.session.flush()
        decide(wizard, run, "各科室", members=[Candidate(id_of(retired), ""), Candidate(None, "装备科")])
        retired.is_active = False
        wizard.session.flush()

        again = wizard.begin(text_of(*ROWS), "第二版.txt")

        assert [each.name for each in wizard.match(again, "各科室").members] == ["装备科"]
        gone = [each for each in again.carried if each["outcome"] == Outcome.GONE]
        assert [(each["heading"], each["mine"]) for each in gone] == [("各科室", "撤并科")]

    def test_a_corrected_row_changes_who_assists(self, wizard: Wizard, run: ImportSession) -> None:
        decide(wizard, run, "各科室", members=[Candidate(None, "综合科"), Candidate(None, "装备科")])
        decide(wizard, run, "各大队", members=[Candidate(None, "综合科")])
        wizard.commit(run)

        again = wizard.begin(
            text_of(ROWS[0], ROWS[1].replace("各大队\t装备科", "装备科\t各科室")), "第二版.txt"
        )
        _, second = wizard.commit(again)

        assert (lead_of(wizard, second), assisting(wizard, second)) == ("装备科", ["综合科"])
        assert second.remark is None

    def test_one_that_names_a_unit_after_all_becomes_one(self, wizard: Wizard, run: ImportSession) -> None:
        choose_name(
            wizard.session, run, wizard.decision, match=wizard.match(run, "各大队"), choice=Choice.NEW
        )
        _, second = wizard.commit(run)

        assert lead_of(wizard, second) == "各大队"

    def test_the_decision_may_be_taken_back(self, wizard: Wizard, run: ImportSession) -> None:
        decide(wizard, run, "装备科", members=[Candidate(None, "综合科")])
        assert wizard.match(run, "装备科").is_collective

        forget_name(wizard.session, run, wizard.decision, match=wizard.match(run, "装备科"))

        assert wizard.match(run, "装备科").is_entered

    def test_no_person_and_not_itself(self, wizard: Wizard, run: ImportSession) -> None:
        with pytest.raises(ValueRefused, match="人名"):
            decide(wizard, run, "郭靖")
        with pytest.raises(ValueRefused, match="它自己"):
            decide(wizard, run, "各科室", members=[Candidate(None, "各科室")])

    def test_the_command_line_makes_no_unit_of_them_either(self, wizard: Wizard) -> None:
        draft = build_draft(
            read_source_bytes(text_of(*ROWS).encode(), "表.txt"),
            synonyms=DEFAULT_SYNONYMS,
            today=office_day(NOON),
        )
        outcome = commit_draft(
            wizard.session,
            draft,
            campaign_name="测试专项",
            year=2024,
            actor=wizard.actor,
            at=NOON,
            calendar=load_calendar(wizard.session),
        )

        assert set(outcome.new_units) == {"综合科", "装备科"}


def decide(
    wizard: Wizard,
    run: ImportSession,
    name: str,
    *,
    members: list[Candidate] | None = None,
    lead: Candidate | None = None,
) -> None:
    choose_collective(
        wizard.session,
        run,
        wizard.decision,
        match=wizard.match(run, name),
        members=members or [],
        lead=lead,
    )


class TestNamesThatNearlyAgree:
    ROWS = (ROWS[0].replace("各科室", "在线装备科"), ROWS[1].replace("各大队", "综合科室"))

    def test_they_are_asked_about_and_never_joined_unasked(self, wizard: Wizard) -> None:
        run = wizard.begin(text_of(*self.ROWS))

        assert [each.name for each in wizard.match(run, "装备科").asked] == ["在线装备科"]
        assert [each.name for each in wizard.match(run, "综合科室").asked] == ["综合科"]
        before = units_of(wizard)
        wizard.commit(run)
        assert units_of(wizard) - before == {"综合科", "综合科室", "装备科", "在线装备科"}

    def test_said_to_be_one_they_are_one_unit(self, wizard: Wizard) -> None:
        run = wizard.begin(text_of(*self.ROWS))
        for name, other in (("在线装备科", "装备科"), ("综合科室", "综合科")):
            match = wizard.match(run, name)
            choose_name(wizard.session, run, wizard.decision, match=match, choice=Choice.OTHER, other=other)
        assert wizard.match(run, "装备科").asked == ()
        before = units_of(wizard)

        first, second = wizard.commit(run)

        assert units_of(wizard) - before == {"综合科", "装备科"}
        assert assisting(wizard, first) == ["装备科"]
        assert lead_of(wizard, second) == "综合科"

    def test_a_unit_of_the_register_is_offered_too(self, wizard: Wizard) -> None:
        wizard.session.add(Unit(name="市测试局综合科"))
        run = wizard.begin(text_of(*ROWS))

        (asked,) = wizard.match(run, "综合科").asked
        assert asked.id == unit(wizard, "市测试局综合科").id

    def test_a_person_whose_name_lost_its_last_character_to_a_space_is_asked_about(
        self, wizard: Wizard
    ) -> None:
        run = wizard.begin(text_of(ROWS[0], ROWS[1].replace("张三丰", "张三 丰")))

        assert [each.name for each in wizard.match(run, "张三").asked] == ["张三丰"]

    def test_a_person_whose_name_differs_in_one_character_is_asked_about(self, wizard: Wizard) -> None:
        run = wizard.begin(text_of(ROWS[0], ROWS[1].replace("张三丰", "张三峰")))

        assert [each.name for each in wizard.match(run, "张三峰").asked] == ["张三丰"]
