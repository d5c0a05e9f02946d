"""The account closes on every input, and what is called placed can be read in the draft."""

from __future__ import annotations

import json
from collections import Counter

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.tracker.importers.sources import draft_of, office_synonyms, tsv
from tracker.importers.build import build_draft
from tracker.importers.draft import Draft
from tracker.importers.ledger import Bucket, Ledger
from tracker.importers.source import Cell, Grid, Paragraph, SourceDocument, count_characters

HEADINGS = (
    "序号", "评审项目", "评审内容", "攻坚任务", "工作任务", "整改措施", "存在问题", "牵头部门", "责任部门", "责任单位", "成果", "归档材料",
    "完成时限", "时间节点", "盯办人", "责任人", "分管领导", "备注", "分值", "责任单位及责任人", "一季度", "颜色", "",
)  # fmt: skip
WORDS = (
    "1", "2", "3.", "（1）甲项(3分)。做好甲", "(2) 乙项，得1分；不足的，不得分。", "1、计划；2、总结", "1.5月底前，报方案; 2.9月底前，报总结", "3、丙；4、丁", "6、己",
    "钱小满", "孙 小", "白聖豪", "白圣豪", "吴桐雨、郑小果", "法规科", "各科室、各大队等", "—", "/", "无", "", " ", "<p>1、甲；</p> <p>2、乙</p>", "&nbsp;", "常态化", "合计",
    "填表人：钱小满", "一、水污染防治", "2024年任务分解表", "10月15日前，完成档案归档", "每月30日前", "下达决定后7日内", "\u200b", "�", "①甲②乙", "扣0.2分，最多扣2分", "继续做好",
)  # fmt: skip
NOISE = st.text(
    alphabet=st.sampled_from("1239.、；;（）()①②一二是年月日前底每科人员局<>p/&—-甲乙丙得分扣 \n\t"),
    max_size=14,
)
TEXTS = st.one_of(st.sampled_from(WORDS), NOISE)
PARAGRAPHS = st.one_of(
    st.sampled_from(
        (
            "云岭市2024年任务分解表", "附件1", "一、总体要求", "（一）加强排查（责任单位：法规科；完成时限：6月底前）", "1.编制预案。责任单位：应急局。责任人：钱小满。完成时限：9月底前。",
            "为做好工作，制定本方案。", "2024年3月1日", "（二）整改阶段（7月1日-9月30日）",
        )
    ),
    NOISE,
)  # fmt: skip


# A grid of many cells shrinks for minutes; the unshrunk one tells enough.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Grids with random headings, random text and random merges that never overlap."""
    width = draw(st.integers(1, 9))
    height = draw(st.integers(1, 8))
    taken: set[tuple[int, int]] = set()
    cells = []
    header_row = draw(st.integers(-1, 2))
    for row in range(height):
        for column in range(width):
            if (row, column) in taken or draw(st.integers(0, 11)) == 0:
                continue
            down = draw(st.integers(1, 3)) if draw(st.integers(0, 4)) == 0 else 1
            right = draw(st.integers(1, 3)) if draw(st.integers(0, 7)) == 0 else 1
            area = {
                (r, c)
                for r in range(row, min(row + down, height))
                for c in range(column, min(column + right, width))
            }
            if area & taken:
                area = {(row, column)}
            taken |= area
            rows, columns = len({r for r, _ in area}), len({c for _, c in area})
            text = draw(st.sampled_from(HEADINGS)) if row == header_row else draw(TEXTS)
            cells.append(
                Cell(row, column, text, rows, columns, continues_above=row == 0 and draw(st.booleans()))
            )
    return Grid(
        tuple(cells),
        height,
        width,
        "第1个表格",
        draw(st.booleans()),
        draw(st.sampled_from((None, "任务", "Sheet1"))),
    )


DOCUMENTS = st.lists(
    st.one_of(grids(), PARAGRAPHS.map(lambda text: Paragraph(text, "第1段"))), max_size=5
).map(lambda blocks: SourceDocument("表.docx", "0" * 64, "docx", tuple(blocks)))


def read(draft: Draft) -> Counter[str]:
    """Every character that a person can read in the rows of the draft."""
    shown: Counter[str] = Counter()
    for table in draft.tables:
        for row in table.rows:
            texts = [
                row.seq,
                row.group,
                row.title,
                row.requirement,
                row.basis,
                row.source,
                row.lead_unit,
                *row.units,
            ]
            texts += [
                word
                for people in row.people.values()
                for person in people
                for word in (person.name, person.remark)
            ]
            texts += [item.text for item in row.deliverables] + [
                milestone.text for milestone in row.milestones
            ]
            texts += [word for note in row.notes for word in (note.heading, note.text)]
            texts += [str(row.score.max), *(rule.condition for rule in row.score.rules)]
            shown.update("".join(texts))
    return shown


class TestEveryDocument:
    @given(DOCUMENTS)
    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    def test_placed_unplaced_furniture_and_skipped_make_the_whole(self, source: SourceDocument) -> None:
        draft = build_draft(source, synonyms=office_synonyms())
        account = draft.source
        assert account.characters == source.characters
        assert account.placed + account.unplaced + account.furniture + account.skipped == source.characters

    @given(DOCUMENTS)
    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    def test_what_is_unplaced_or_skipped_is_listed_to_the_last_character(
        self, source: SourceDocument
    ) -> None:
        draft = build_draft(source, synonyms=office_synonyms())
        listed = [piece for table in draft.tables for piece in table.unplaced] + list(draft.unplaced)
        assert sum(count_characters(piece.text) for piece in listed) == draft.source.unplaced
        assert sum(piece.characters for piece in draft.skipped) == draft.source.skipped
        assert all(piece.where for piece in listed)

    @given(DOCUMENTS)
    @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
    def test_the_contract_can_be_written_and_keys_are_unique(self, source: SourceDocument) -> None:
        draft = build_draft(source, synonyms=office_synonyms())
        written = json.loads(json.dumps(draft.to_json(), ensure_ascii=False))
        assert written["schema"] == "dingban.draft/1"
        for table in draft.tables:
            keys = [row.row_key for row in table.rows]
            assert len(keys) == len(set(keys))

    @given(grids())
    @settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], phases=NO_SHRINKING)
    def test_every_character_called_placed_can_be_read_in_the_draft(self, grid: Grid) -> None:
        source = SourceDocument("表.docx", "0" * 64, "docx", (grid,))
        draft = build_draft(source, synonyms=office_synonyms())
        shown = read(draft)
        printed = Counter("".join("".join(cell.text.split()) for cell in grid.cells))
        # a name printed in two cells of one role is held once, so a character need only be there
        hidden = sum(count for character, count in printed.items() if not shown[character])
        assert hidden <= source.characters - draft.source.placed


class TestLedger:
    def test_a_character_is_claimed_once(self) -> None:
        paragraph = Paragraph("甲乙 丙", "第1段")
        ledger = Ledger(SourceDocument("表.txt", "0" * 64, "txt", (paragraph,)))
        passage = ledger.passage(paragraph)
        ledger.claim(passage[0:2], Bucket.PLACED)
        ledger.claim(passage, Bucket.FURNITURE)
        totals = ledger.totals()
        assert (totals[Bucket.PLACED], totals[Bucket.FURNITURE], totals[Bucket.OPEN]) == (2, 1, 0)

    def test_markup_is_furniture_and_keeps_positions(self) -> None:
        paragraph = Paragraph("<p>甲</p><p>乙&lt;丙</p>", "第1段")
        source = SourceDocument("表.txt", "0" * 64, "txt", (paragraph,))
        ledger = Ledger(source)
        passage = ledger.passage(paragraph)
        assert passage.text.split() == ["甲", "乙<丙"]
        ledger.claim(passage, Bucket.PLACED)
        totals = ledger.totals()
        assert totals[Bucket.PLACED] == 4
        assert totals[Bucket.FURNITURE] == source.characters - 4
        assert totals[Bucket.OPEN] == 0

    def test_a_sign_that_is_no_tag_stays(self) -> None:
        paragraph = Paragraph("排名<10件的", "第1段")
        ledger = Ledger(SourceDocument("表.txt", "0" * 64, "txt", (paragraph,)))
        assert ledger.passage(paragraph).text == "排名<10件的"

    def test_what_nobody_claims_is_swept_and_named(self) -> None:
        paragraph = Paragraph("甲乙丙", "第1段")
        ledger = Ledger(SourceDocument("表.txt", "0" * 64, "txt", (paragraph,)))
        passage = ledger.passage(paragraph)
        ledger.claim(passage[0:1], Bucket.PLACED)
        assert ledger.sweep(passage) == "乙丙"
        assert ledger.totals()[Bucket.UNPLACED] == 2


class TestUnplacedText:
    def test_a_cell_that_finds_no_column_is_listed_with_its_place(self) -> None:
        draft = draft_of(
            "2024年任务责任分解表",
            tsv(
                """
序号 | 责任部门 | 盯办人 | 责任人 | 工作任务
1 | 法规科 | 钱小满 | 孙小圣 | 做好甲
2 | 法规科 | 钱小满 | 孙小圣 | 吴桐雨 | 孙小圣 | 做好乙
"""
            ),
        )
        assert draft.source.unplaced + draft.source.placed > 0
        listed = [piece for table in draft.tables for piece in table.unplaced]
        assert sum(count_characters(piece.text) for piece in listed) == draft.source.unplaced
