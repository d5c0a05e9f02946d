"""What a screen does differently where there is much: a name is typed and not chosen, older words stand elsewhere."""

from __future__ import annotations

from tests.console import ORIGIN, Console
from tests.factories import (
    COORDINATOR,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.services.comments import write_comment

TABLE = (
    "2024年测试责任分解表\n序号,工作任务,责任单位,盯办人,责任人,分管领导,时间节点,成果\n"
    "1,按标准配齐装备,测试一科,测试乙,测试某,测试丙,5月底前完成清点,1、情况说明\n"
)


class TestNamesOfAnImport:
    def test_somebody_of_a_large_register_is_named_by_typing(self, console: Console) -> None:
        create_campaign(console.session)
        for number in range(120):
            create_person(console.session, f"张三丰{number}")
        client = console.as_(COORDINATOR)
        files = {"file": ("表.csv", TABLE.encode(), "text/csv")}
        begun = client.post("/imports", data={"csrf": client.csrf}, files=files, headers={"Origin": ORIGIN})
        address = begun.headers["location"].rpartition("/")[0] + "/names"

        page = client.get(address).text
        typed = {"kind": "person", "name": "测试某", "choice": "new", "known": "张三丰77"}
        answer = client.submit(address, typed)

        assert '<datalist id="known-person">' in page
        assert page.count("张三丰77") < 4
        assert answer.status_code == 303
        assert "就是张三丰77" in client.get(address).text

    def test_a_name_that_nobody_has_is_refused_in_words(self, console: Console) -> None:
        create_campaign(console.session)
        client = console.as_(COORDINATOR)
        files = {"file": ("表.csv", TABLE.encode(), "text/csv")}
        begun = client.post("/imports", data={"csrf": client.csrf}, files=files, headers={"Origin": ORIGIN})
        address = begun.headers["location"].rpartition("/")[0] + "/names"

        answer = client.submit(
            address, {"kind": "person", "name": "测试某", "choice": "new", "known": "查无此人"}
        )

        assert answer.status_code == 404
        assert "查无此人" in answer.text


class TestCommentsOfATask:
    def test_the_page_shows_the_newest_and_leads_to_all(self, console: Console) -> None:
        task = create_task(console.session)
        owner = actor_of(create_person(console.session, OWNER))
        for number in range(40):
            write_comment(console.session, id_of(task), text=f"第{number:02}句", actor=owner, at=NOON)
        client = console.as_(OWNER)

        page = client.get(f"/tasks/{task.id}").text
        newest = client.get(f"/tasks/{task.id}/comments").text
        oldest = client.get(f"/tasks/{task.id}/comments?before=11").text

        assert ("第39句" in page, "第29句" in page) == (True, False)
        assert f'href="/tasks/{task.id}/comments"' in page
        assert ("第39句" in newest, "第10句" in newest, "第09句" in newest) == (True, True, False)
        assert f"/tasks/{task.id}/comments?before=11" in newest
        assert ("第09句" in oldest, "第00句" in oldest) == (True, True)

    def test_a_long_one_is_cut_and_stands_in_full_behind_its_link(self, console: Console) -> None:
        task = create_task(console.session)
        owner = actor_of(create_person(console.session, OWNER))
        write_comment(console.session, id_of(task), text="长" * 1000 + "完", actor=owner, at=NOON)
        client = console.as_(OWNER)

        assert "长完" not in client.get(f"/tasks/{task.id}").text
        assert "长完" in client.get(f"/tasks/{task.id}/comments").text


class TestStepsOfATask:
    def test_far_ones_of_a_long_list_are_folded_and_can_be_asked_for(self, console: Console) -> None:
        task = create_task(console.session)
        steps = [create_milestone(console.session, task) for _ in range(25)]
        client = console.as_(OWNER)
        report = f'action="/tasks/{task.id}/milestones/{steps[7].id}/report"'

        page = client.get(f"/tasks/{task.id}").text

        assert "以后到期的 25 项" in page
        assert report not in page
        assert report in client.get(f"/tasks/{task.id}?step={steps[7].id}").text
