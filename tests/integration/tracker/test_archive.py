"""The closing package: the same bytes whenever it is built, checked without the register, no byte changed unseen."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import docx
import pytest
from sqlmodel import Session, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_milestone,
    create_person,
    create_task,
)
from tracker.archive import (
    BuiltPackage,
    EvidenceAltered,
    PackageDamaged,
    PackageMissing,
    PlaceNotWritable,
    build_package,
    record_package,
    verify_package,
)
from tracker.errors import ActRefused
from tracker.evidence_store import ContentMissing, EvidenceStore
from tracker.identity import id_of
from tracker.models import AuditEvent, Deliverable, Evidence, Milestone, Task
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor, record
from tracker.services.evidence import accept_evidence, hand_in_file, hand_in_link
from tracker.services.lifecycle import move_task
from workflows.kernel import GuardsUnmet
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState, TaskTrigger

CLOSED_AT = datetime(2024, 12, 2, 8, 30, 15, tzinfo=UTC)
LATER = CLOSED_AT + timedelta(days=40)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "归档.zip"


def person(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def hand_in_and_accept(
    session: Session, store: EvidenceStore, deliverable: Deliverable, name: str, content: bytes
) -> Evidence:
    source = store.root.parent / "upload"
    source.write_bytes(content)
    [evidence] = hand_in_file(
        session, store, [id_of(deliverable)], source, name=name, actor=person(session, OWNER), at=NOON
    )
    return accept_evidence(session, id_of(evidence), actor=person(session, EXPEDITER), at=NOON)


def close(session: Session, task: Task) -> None:
    """Close the task as its leader does, with the event that the package refers to."""
    task.state, task.closed_at, task.submitted_at = TaskState.CLOSED, CLOSED_AT, NOON
    session.flush()
    record(
        session,
        kind="task.close",
        actor=person(session, LEADER),
        at=CLOSED_AT,
        subject="task",
        subject_id=task.id,
        task_id=task.id,
    )


def create_closed_task(session: Session, store: EvidenceStore) -> Task:
    """A task of two deliverables with two files, an old version and a link."""
    task = create_task(session, seq="3", sub=1, group="装备建设（5分）")
    first = create_deliverable(session, task, text="该项情况简介")
    second = create_deliverable(session, task, text='采购合同/发票: "复印件"')
    create_milestone(
        session, task, state=MilestoneState.MET, reported_at=NOON, met_at=NOON, due_on=date(2024, 3, 29)
    )
    create_milestone(
        session, task, kind=MilestoneKind.ARCHIVE, text="完成档案归档", due_on=date(2024, 12, 31)
    )
    hand_in_and_accept(session, store, first, "情况简介.txt", "第一版".encode())
    hand_in_and_accept(session, store, first, "情况简介.txt", "第二版".encode())
    hand_in_and_accept(session, store, second, "合同.txt", "合同".encode())
    [link] = hand_in_link(
        session,
        [id_of(second)],
        "https://oa.example.org/invoices/9",
        name="发票",
        actor=person(session, OWNER),
        at=NOON,
    )
    accept_evidence(session, id_of(link), actor=person(session, EXPEDITER), at=NOON)
    close(session, task)
    return task


def build(
    session: Session, store: EvidenceStore, task: Task, out: Path, *, at: datetime = LATER
) -> BuiltPackage:
    coordinator = person(session, COORDINATOR)
    built = build_package(session, store, id_of(task), out=out, actor=coordinator)
    record_package(session, built, actor=coordinator, at=at)
    return built


def names_in(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        return package.namelist()


def text_of(path: Path, member: str) -> str:
    with zipfile.ZipFile(path) as package:
        document = docx.Document(io.BytesIO(package.read(member)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def repack(path: Path, changes: dict[str, bytes | None], *, compression: int = zipfile.ZIP_STORED) -> Path:
    """The same package with members replaced, added or (None) removed, by an ordinary zip program."""
    target = path.with_name("repacked.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", compression) as package:
        contents = {info.filename: source.read(info) for info in source.infolist()} | changes
        stamp = source.infolist()[0].date_time
        for name, content in contents.items():
            if content is not None:
                info = zipfile.ZipInfo(name, stamp)
                info.compress_type, info.create_system = compression, 3
                info.external_attr = 0o100644 << 16
                package.writestr(info, content)
    return target


class TestBuildPackage:
    def test_it_holds_the_documents_the_accepted_files_in_order_and_the_manifest(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        build(session, store, create_closed_task(session, store), out)

        assert names_in(out) == [
            "00_办理过程.docx",
            "00_封面.docx",
            "00_工作目录.docx",
            "01_该项情况简介/02_情况简介.txt".replace("02_", "01_"),
            "02_采购合同_发票_ _复印件_/01_合同.txt",
            "02_采购合同_发票_ _复印件_/02_发票（链接）.txt",
            "manifest.json",
            "manifest.sha256",
        ]

    def test_only_the_accepted_version_is_in_it(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        build(session, store, create_closed_task(session, store), out)

        with zipfile.ZipFile(out) as package:
            assert package.read("01_该项情况简介/01_情况简介.txt").decode() == "第二版"

    def test_building_it_again_later_and_after_archiving_gives_the_same_bytes(
        self, session: Session, store: EvidenceStore, tmp_path: Path
    ) -> None:
        task = create_closed_task(session, store)
        first = build(session, store, task, tmp_path / "1.zip")
        task.state, task.archived_at = TaskState.ARCHIVED, LATER
        session.flush()
        record(
            session,
            kind="task.archive",
            actor=person(session, COORDINATOR),
            at=LATER,
            subject="task",
            subject_id=task.id,
            task_id=task.id,
        )
        second = build(session, store, task, tmp_path / "2.zip", at=LATER + timedelta(days=400))

        assert first.sha256 == second.sha256
        assert first.path.read_bytes() == second.path.read_bytes()

    def test_another_process_with_another_hash_seed_writes_the_same_documents(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        build(session, store, create_closed_task(session, store), out)
        program = (
            "import hashlib; from datetime import datetime, UTC;"
            "from tracker.archive.word import add_table, add_text, document_bytes, new_document;"
            f"at = datetime.fromisoformat('{CLOSED_AT.isoformat()}');"
            "document = new_document(title='目录', at=at, landscape=True); add_text(document, '甲');"
            "add_table(document, ['序号'], [['1']], widths=[2.0]);"
            "print(hashlib.sha256(document_bytes(document, at=at)).hexdigest())"
        )
        answers = {
            subprocess.run(
                [sys.executable, "-c", program],
                env={"PYTHONHASHSEED": seed, "TZ": zone},
                capture_output=True,
                check=True,
            ).stdout
            for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
        }

        assert len(answers) == 1

    def test_what_was_archived_on_paper_before_the_program_came_is_told_with_its_day(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_closed_task(session, store)
        archiving = session.exec(select(Milestone).where(Milestone.kind == MilestoneKind.ARCHIVE)).one()
        archiving.state, archiving.done_on, archiving.met_at = MilestoneState.MET, date(2024, 3, 28), NOON
        session.flush()

        build(session, store, task, out)

        with zipfile.ZipFile(out) as package:
            told = json.loads(package.read("manifest.json"))["task"]["milestones"][1]
        assert (told["state"], told["done_on"]) == ("已完成（补录）", "2024-03-28")

    def test_the_manifest_tells_the_task_and_every_member(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_closed_task(session, store)
        build(session, store, task, out)

        with zipfile.ZipFile(out) as package:
            manifest = json.loads(package.read("manifest.json"))
            seal = package.read("manifest.sha256").decode()
            digest = hashlib.sha256(package.read("manifest.json")).hexdigest()
            for member in manifest["members"]:
                content = package.read(member["path"])
                assert (len(content), hashlib.sha256(content).hexdigest()) == (
                    member["size"],
                    member["sha256"],
                )
        assert manifest["schema"] == "dingban.package/1"
        assert manifest["task"]["id"] == task.id
        assert manifest["task"]["people"] == {"责任人": [OWNER], "盯办人": [EXPEDITER], "分管领导": [LEADER]}
        assert [step["state"] for step in manifest["task"]["milestones"]] == ["已完成", "随任务归档"]
        closing = session.exec(select(AuditEvent).where(AuditEvent.kind == "task.close")).one()
        assert manifest["audit"] == {"event": closing.id, "hash": closing.hash}
        assert seal == f"{digest}  manifest.json\n"

    def test_the_index_lists_versions_people_days_and_checksums(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        build(session, store, create_closed_task(session, store), out)

        index = text_of(out, "00_工作目录.docx").split("\n")
        assert index[:2] == ["工 作 目 录", "2024年测试专项    任务：3 装备配备"]
        row = index.index("情况简介.txt")
        digest = hashlib.sha256("第二版".encode()).hexdigest()[:8]
        assert index[row : row + 8] == [
            "情况简介.txt",
            "2",
            "9 字节",
            OWNER,
            "2024-03-01",
            EXPEDITER,
            "2024-03-01",
            digest,
        ]

    def test_the_history_tells_every_act_up_to_the_closing(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        build(session, store, create_closed_task(session, store), out)
        build(session, store, session.exec(select(Task)).one(), out)

        history = text_of(out, "00_办理过程.docx")
        assert history.count("佐证材料审核通过") == 4
        assert history.count("销号") == 1
        assert "材料包" not in history

    def test_headings_are_repeated_on_every_page(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        build(session, store, create_closed_task(session, store), out)

        with zipfile.ZipFile(out) as package:
            document = docx.Document(io.BytesIO(package.read("00_工作目录.docx")))
        assert "w:tblHeader" in document.tables[0].rows[0]._tr.xml
        assert "w:tblHeader" not in document.tables[0].rows[1]._tr.xml

    def test_the_package_of_a_task_that_shares_a_list_holds_it_and_says_whose_it_is(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        holder = create_closed_task(session, store)
        sharer = create_task(session, title="装备培训", seq="4", deliverables_from_id=id_of(holder))
        close(session, sharer)

        build(session, store, sharer, out)

        assert "01_该项情况简介/01_情况简介.txt" in names_in(out)
        assert "本任务与“3 装备配备”共用一份成果清单" in text_of(out, "00_工作目录.docx")
        assert "提交佐证材料" in text_of(out, "00_办理过程.docx")
        build(session, store, holder, out)
        assert "以上材料同时用于共用这份成果清单的任务：“4 装备培训”" in text_of(out, "00_工作目录.docx")

    def test_a_deliverable_that_is_not_required_may_be_empty(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_task(session)
        create_deliverable(session, task, text="照片", is_required=False)
        close(session, task)

        build(session, store, task, out)

        assert "照片（非必需）\n没有已审核通过的材料" in text_of(out, "00_工作目录.docx")

    def test_it_is_recorded_who_built_it(self, session: Session, store: EvidenceStore, out: Path) -> None:
        task = create_closed_task(session, store)
        built = build(session, store, task, out)

        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "package.build")).one()
        assert (event.actor_name, event.task_id) == (COORDINATOR, task.id)
        assert (
            json.loads(event.data)["sha256"] == built.sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
        )

    @pytest.mark.parametrize(
        "state", [each for each in TaskState if each not in (TaskState.CLOSED, TaskState.ARCHIVED)]
    )
    def test_is_refused_before_the_task_is_closed(
        self, session: Session, store: EvidenceStore, out: Path, state: TaskState
    ) -> None:
        task = create_task(session, state=state)

        with pytest.raises(ActRefused, match="已销号"):
            build(session, store, task, out)
        assert not out.exists()

    def test_is_refused_for_all_but_the_coordinator(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_closed_task(session, store)

        with pytest.raises(ActRefused, match="协调员"):
            build_package(session, store, id_of(task), out=out, actor=person(session, OWNER))

    def test_altered_evidence_is_not_archived(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_closed_task(session, store)
        path = store.path_of(hashlib.sha256("合同".encode()).hexdigest())
        path.chmod(0o644)
        path.write_text("合约", encoding="utf-8")

        with pytest.raises(EvidenceAltered, match="合同"):
            build(session, store, task, out)
        assert [
            path.name for path in out.parent.iterdir() if path.suffix == ".zip" or ".zip." in path.name
        ] == []

    def test_missing_evidence_is_not_archived(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_closed_task(session, store)
        store.path_of(hashlib.sha256("合同".encode()).hexdigest()).unlink()

        with pytest.raises(ContentMissing):
            build(session, store, task, out)
        assert not out.exists()

    def test_a_place_that_cannot_be_written_is_said(
        self, session: Session, store: EvidenceStore, tmp_path: Path
    ) -> None:
        task = create_closed_task(session, store)

        with pytest.raises(PlaceNotWritable, match="没有这个文件夹"):
            build(session, store, task, tmp_path / "没有这个文件夹" / "归档.zip")

    def test_names_that_would_collide_or_escape_do_neither(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_task(session, campaign=create_campaign(session))
        for text in ("../../甲", "CON", "长" * 300, "\u202e甲\x00"):
            deliverable = create_deliverable(session, task, text=text)
            hand_in_and_accept(session, store, deliverable, "一?.txt", b"1")
            hand_in_and_accept(session, store, deliverable, "一*.txt", b"2")
        close(session, task)

        build(session, store, task, out)

        folders = [name for name in names_in(out) if "/" in name]
        assert len(folders) == 8
        assert all(len(name.encode()) < 255 and ".." not in name for name in folders)
        assert verify_package(out).is_intact


class TestArchivingATask:
    """From the closing to the archive, as the command line does it."""

    def archive(self, session: Session, task: Task, package: BuiltPackage) -> Task:
        return move_task(
            session,
            id_of(task),
            TaskTrigger.ARCHIVE,
            actor=person(session, COORDINATOR),
            at=LATER,
            rules=OfficeRules(),
            package=verify_package(package.path).verified(),
        )

    def test_a_verified_package_lets_the_task_be_archived_and_is_remembered(
        self, session: Session, store: EvidenceStore, out: Path
    ) -> None:
        task = create_closed_task(session, store)
        package = build(session, store, task, out)

        self.archive(session, task, package)

        assert (task.state, task.package_sha256) == (TaskState.ARCHIVED, package.sha256)

    def test_the_package_of_another_task_or_of_an_earlier_closing_does_not(
        self, session: Session, store: EvidenceStore, tmp_path: Path
    ) -> None:
        task, other = create_closed_task(session, store), create_task(session)
        close(session, other)
        package = build(session, store, task, tmp_path / "1.zip")
        foreign = build(session, store, other, tmp_path / "2.zip")
        with pytest.raises(GuardsUnmet, match="材料包"):
            self.archive(session, task, foreign)

        task.closed_at = LATER  # reopened and closed again since
        session.flush()
        with pytest.raises(GuardsUnmet, match="材料包"):
            self.archive(session, task, package)


class TestVerifyPackage:
    @pytest.fixture
    def package(self, session: Session, store: EvidenceStore, out: Path) -> Path:
        return build(session, store, create_closed_task(session, store), out).path

    def test_an_untouched_package_verifies_from_the_file_alone(self, package: Path) -> None:
        report = verify_package(package)

        assert report.problems == ()
        assert report.members == 8
        assert report.verified().closed_at == CLOSED_AT
        assert report.sha256 == hashlib.sha256(package.read_bytes()).hexdigest()

    def test_no_byte_can_be_changed_unseen(self, package: Path) -> None:
        # every byte of the zip's own structure, and one byte in each stretch of contents
        original = package.read_bytes()
        directory = struct.unpack("<L", original[-6:-2])[0]
        with zipfile.ZipFile(package) as opened:
            headers = [
                position
                for info in opened.infolist()
                for position in range(
                    info.header_offset, info.header_offset + 30 + len(info.filename.encode())
                )
            ]
        positions = [*headers, *range(directory, len(original)), *range(0, directory, 9973)]
        touched = package.with_name("touched.zip")
        unseen = []
        for position in positions:
            touched.write_bytes(
                original[:position] + bytes([original[position] ^ 0x21]) + original[position + 1 :]
            )
            if verify_package(touched).is_intact:
                unseen.append(position)

        assert unseen == []

    @pytest.mark.parametrize("kept", [0, 10, 5000, -1])
    def test_a_package_that_was_cut_short_is_refused(self, package: Path, kept: int) -> None:
        package.write_bytes(package.read_bytes()[:kept])

        report = verify_package(package)

        assert report.problems == ("材料包不是完整的 ZIP 文件，可能没有传完或者已经损坏。",)
        with pytest.raises(PackageDamaged, match="损坏"):
            report.verified()

    @pytest.mark.parametrize("where", ["front", "end"])
    def test_bytes_around_the_package_are_refused(self, package: Path, where: str) -> None:
        content = package.read_bytes()
        package.write_bytes(b"MZ" + content if where == "front" else content + b"MZ")

        assert not verify_package(package).is_intact

    def test_a_missing_member_is_named(self, package: Path) -> None:
        changed = repack(package, {"00_封面.docx": None})

        assert verify_package(changed).problems == ("缺少清单中的文件“00_封面.docx”。",)

    def test_an_added_member_is_named(self, package: Path) -> None:
        changed = repack(package, {"夹带.txt": b"1"})

        assert verify_package(changed).problems == ("多出清单中没有的文件“夹带.txt”。",)

    def test_a_changed_member_is_named(self, package: Path) -> None:
        changed = repack(package, {"00_封面.docx": b"1"})

        assert verify_package(changed).problems == (
            "文件“00_封面.docx”的内容与清单中的校验码不符，文件被改动过。",
        )

    def test_a_changed_manifest_is_refused(self, package: Path) -> None:
        with zipfile.ZipFile(package) as opened:
            manifest = opened.read("manifest.json")
        changed = repack(package, {"manifest.json": manifest.replace(b"2024", b"2025")})

        assert verify_package(changed).problems == (
            "清单 manifest.json 与它的校验码 manifest.sha256 不符，清单被改动过。",
        )

    @pytest.mark.parametrize(
        "manifest",
        [b"{}", b"[1]", b"\xff", b"[" * 100_000, b'{"schema": "dingban.package/1", "members": []}'],
    )
    def test_a_manifest_of_another_kind_is_refused(self, package: Path, manifest: bytes) -> None:
        seal = f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n".encode()
        changed = repack(package, {"manifest.json": manifest, "manifest.sha256": seal})

        [problem] = verify_package(changed).problems
        assert problem.startswith("清单 manifest.json")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("id", float("inf")),
            ("closed_at", "0001-01-01T00:00:00+14:00"),
            ("closed_at", "2024-06-14T01:00:00"),
        ],
        ids=["an endless number", "before the calendar", "without a zone"],
    )
    def test_a_manifest_with_values_that_nobody_wrote_is_refused(
        self, package: Path, name: str, value: object
    ) -> None:
        with zipfile.ZipFile(package) as opened:
            document = json.loads(opened.read("manifest.json"))
        document["task"][name] = value
        manifest = json.dumps(document).encode()
        seal = f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n".encode()
        changed = repack(package, {"manifest.json": manifest, "manifest.sha256": seal})

        assert verify_package(changed).problems == ("清单 manifest.json 缺少必需的内容。",)

    def test_an_ordinary_zip_is_no_package(self, tmp_path: Path, package: Path) -> None:
        changed = repack(package, {"manifest.json": None})

        [problem] = verify_package(changed).problems
        assert "不是本系统生成" in problem

    def test_a_zip_bomb_is_refused_unread(self, package: Path) -> None:
        bomb = repack(package, {"00_封面.docx": bytes(50_000_000)}, compression=zipfile.ZIP_DEFLATED)

        assert verify_package(bomb).problems == ("材料包不是本系统生成的原样文件，压缩包的结构被改动过。",)

    def test_what_is_not_there_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(PackageMissing, match="没有"):
            verify_package(tmp_path / "没有.zip")
