"""A table through the API: read, looked at, written all of it or nothing."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tests.console import Console
from tests.factories import COORDINATOR, OWNER, create_campaign, create_person
from tests.integration.web.api.conftest import Program
from tracker.models import ImportSession

TABLE = (
    "2024年云岭市装备提升责任分解表\n"
    "序号\t任务\t工作要求\t责任部门\t责任人\t盯办人\t分管领导\t完成时限\t成果\n"
    "1\t装备配备\t配齐执法装备\t测试一科\t测试甲\t测试乙\t测试丙\t5月底前\t1、情况简介；2、采购资料\n"
    "2\t装备管理\t建立装备台账\t测试一科\t测试甲\t测试乙\t测试丙\t9月30日前\t1、装备台账\n"
)


@pytest.fixture(autouse=True)
def people(console: Console) -> None:
    for name in (OWNER, "测试乙", "测试丙", COORDINATOR):
        create_person(console.session, name)
    create_campaign(console.session)


class TestImports:
    @pytest.mark.postgresql
    def test_is_read_then_written_as_it_was_read(self, console: Console, program: Program) -> None:
        client = program(COORDINATOR)
        begun = client.post("imports?name=分解表.tsv&campaign_name=装备提升", content=TABLE.encode())

        document = begun.json()
        assert begun.status_code == 201
        assert document["campaign"] == "装备提升"
        assert document["draft"]["schema"] == "dingban.draft/1"
        assert [row["title"] for row in document["draft"]["tables"][0]["rows"]] == ["装备配备", "装备管理"]
        assert document["unmet"] == []
        assert client.get("tasks").json()["tasks"] == []

        path = f"imports/{document['id']}"
        assert client.post(f"{path}/commit").status_code == 428
        assert client.post(f"{path}/commit", headers={"If-Match": '"99"'}).status_code == 412
        written = client.post(f"{path}/commit", headers={"If-Match": begun.headers["etag"]})
        assert written.status_code == 200
        assert len(written.json()["created"]) == 2
        assert [task["state"] for task in client.get("tasks").json()["tasks"]] == ["draft", "draft"]
        assert client.get(path).json()["is_unwritten"] is False

    def test_is_for_coordinators_and_seen_by_those_of_the_campaign(
        self, console: Console, program: Program
    ) -> None:
        refused = program(OWNER).post("imports?name=a.tsv", content=TABLE.encode())
        begun = program(COORDINATOR).post("imports?name=a.tsv", content=TABLE.encode()).json()
        assert refused.status_code == 409
        assert program(OWNER).get(f"imports/{begun['id']}").status_code == 404
        assert program(OWNER).post(f"imports/{begun['id']}/commit").status_code == 404
        assert program(OWNER).delete(f"imports/{begun['id']}").status_code == 404
        assert program(OWNER).get("imports").json() == {"imports": []}

    def test_is_thrown_away_when_it_is_not_wanted(self, console: Console, program: Program) -> None:
        client = program(COORDINATOR)
        begun = client.post("imports?name=a.tsv", content=TABLE.encode()).json()
        assert client.delete(f"imports/{begun['id']}").status_code == 204
        assert client.get(f"imports/{begun['id']}").status_code == 404

    @pytest.mark.parametrize(
        ("name", "content", "status"),
        [
            ("a.pdf", b"%PDF-1.4", 422),
            ("a.tsv", b"", 422),
            ("a.tsv", "机密\n".encode() + TABLE.encode(), 422),
            ("a.tsv", "没有表\n".encode(), 422),
        ],
    )
    def test_what_cannot_be_imported_leaves_nothing(
        self, console: Console, program: Program, name: str, content: bytes, status: int
    ) -> None:
        answer = program(COORDINATOR).post(f"imports?name={name}", content=content)
        assert answer.status_code == status
        assert console.session.exec(select(ImportSession)).all() == []
        assert list(console.house.parked_dir.glob("*")) == []

    def test_more_than_the_office_takes_in_is_refused(self, console: Console, program: Program) -> None:
        object.__setattr__(console.house, "import_limit", 100)
        answer = program(COORDINATOR).post("imports?name=a.tsv", content=TABLE.encode())
        assert answer.status_code == 413
