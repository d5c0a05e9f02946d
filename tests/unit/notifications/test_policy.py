"""The reminder rules that an office may edit, and what it is told when they cannot be used."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from notifications.policy import EVENT_KINDS, Recipient, ReminderPolicy, Repeat
from notifications.policy_reading import PolicyRefused
from notifications.rendering import FOLDER
from notifications.rule_words import rule_words
from tests.reminder_policies import shipped, shipped_policy


def refused(**changes: Any) -> list[str]:
    content = copy.deepcopy(shipped("reminders.toml"))
    for path, value in changes.items():
        *way, key = path.split("__")
        place = content
        for step in way:
            place = place[step]
        place[key] = value
    with pytest.raises(PolicyRefused) as caught:
        ReminderPolicy.from_mapping(content)
    return list(caught.value.problems)


class TestShippedRules:
    def test_they_are_the_reference(self) -> None:
        policy = shipped_policy()

        assert [rule.name for rule in policy.milestone] == [
            "before-30",
            "before-14",
            "before-7",
            "before-3",
            "before-1",
            "before-0",
            "overdue",
            "escalate-leader",
            "escalate-weekly",
        ]
        leader, weekly = policy.milestone[-2:]
        assert (leader.workdays_over, leader.to) == (3, (Recipient.LEADER,))
        assert leader.cc == (Recipient.OWNER, Recipient.EXPEDITER)
        assert (weekly.workdays_over, weekly.repeat) == (10, Repeat.WEEK)
        assert weekly.to == (Recipient.LEADER, Recipient.COORDINATOR)

    def test_every_event_that_may_be_told_is_ruled(self) -> None:
        assert {rule.kind for rule in shipped_policy().events} == set(EVENT_KINDS)

    @pytest.mark.parametrize("kind", EVENT_KINDS)
    def test_every_event_has_its_three_templates(self, kind: str) -> None:
        for ending in ("subject", "txt", "html"):
            assert (FOLDER / f"{kind.replace('.', '_')}.{ending}").is_file()

    def test_every_rule_has_words(self) -> None:
        policy = shipped_policy()
        names = [rule.name for rule in (*policy.milestone, *policy.acceptance, policy.instruction)]
        names += [rule.kind for rule in policy.events] + [f"inform:{rule.kind}" for rule in policy.events]

        assert [name for name in names if rule_words(name, policy) == name] == []

    def test_a_rule_that_the_policy_no_longer_has_keeps_its_name(self) -> None:
        assert rule_words("before-60", shipped_policy()) == "before-60"


class TestFromMapping:
    def test_an_office_may_choose_its_own_days(self) -> None:
        content = copy.deepcopy(shipped("reminders.toml"))
        content["before"]["days"] = [5, 20]

        policy = ReminderPolicy.from_mapping(content)

        assert [rule.name for rule in policy.milestone[:2]] == ["before-20", "before-5"]

    def test_an_office_may_have_no_escalation(self) -> None:
        content = copy.deepcopy(shipped("reminders.toml"))
        del content["escalation"]

        assert ReminderPolicy.from_mapping(content).milestone[-1].name == "overdue"

    def test_whoever_is_told_at_once_is_not_told_again(self) -> None:
        content = copy.deepcopy(shipped("reminders.toml"))
        content["events"]["task.close"] = {"now": ["责任人"], "digest": ["责任人", "盯办人"]}

        rule = ReminderPolicy.from_mapping(content).event("task.close")

        assert rule
        assert rule.digest == (Recipient.EXPEDITER,)

    def test_everything_wrong_is_said_at_once(self) -> None:
        problems = refused(before__days=[3, -1], overdue__to=["科长"], instruction__too=1)

        assert len(problems) == 3

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            (
                {"before__days": "7"},
                "before.days：写的是“7”，应为整数的列表，例如 [7, 3, 0]，每个数在 0 到 366 之间",
            ),
            ({"before__days": [7, True]}, "应为整数的列表"),
            ({"before__to": []}, "before.to：写的是“[]”，应为列表，可以写的是 责任人、盯办人"),
            ({"before__to": ["责任人", "申请人"]}, "before.to：写的是“申请人”，可以写的是"),
            ({"overdue__from_workday": 0}, "overdue.from_workday：写的是“0”，应为 1 到 250 的整数"),
            ({"overdue": 3}, "overdue：应为一节（[名称]）"),
            ({"escalation": {"name": "a"}}, "escalation：应写成一节或者几节 [[escalation]]"),
            ({"events__task.paint": {"now": []}}, "events.task.paint：没有这个设置项"),
            (
                {"events__task.issue": {"soon": []}},
                "events.task.issue.soon：没有这个设置项，可以写的是 digest、now",
            ),
            ({"colour": 1}, "colour：没有这个设置项"),
        ],
    )
    def test_each_mistake_is_named_with_what_is_accepted(
        self, changes: dict[str, Any], sentence: str
    ) -> None:
        assert any(sentence in problem for problem in refused(**changes))

    def test_a_missing_section_is_named_once(self) -> None:
        content = {key: value for key, value in shipped("reminders.toml").items() if key != "before"}

        with pytest.raises(PolicyRefused, match=r"^before：缺少此节$"):
            ReminderPolicy.from_mapping(content)

    def test_two_escalations_of_one_name_are_refused(self) -> None:
        content = copy.deepcopy(shipped("reminders.toml"))
        content["escalation"][1]["name"] = "leader"

        with pytest.raises(PolicyRefused, match="“leader”重复"):
            ReminderPolicy.from_mapping(content)

    def test_a_name_is_part_of_a_key_and_may_not_hold_its_separator(self) -> None:
        content = copy.deepcopy(shipped("reminders.toml"))
        content["escalation"][0]["name"] = "a:b"
        content["escalation"][1]["weekly"] = "yes"

        with pytest.raises(PolicyRefused, match=r"不含冒号.*应为 true 或者 false"):
            ReminderPolicy.from_mapping(content)
