"""Word documents with a responsibility table of any length, in our own words: merged headings, lists in cells."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml

HEADINGS = (
    "序号",
    "评审项目",
    "评审内容",
    "攻坚任务",
    "牵头部门",
    "责任部门",
    "工作标准/成果",
    "市级辅助成果",
    "盯办人",
    "责任人",
    "分管领导",
)
ROWS_A_GROUP = 4
_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DUTIES = ("示范站所", "装备更新", "全员轮训", "案卷评查", "在线监控", "远程执法", "专项稽查", "普法宣传")
_UNITS = ("综合科", "法规科", "装备科", "案件科", "监控中心", "宣教科")
_OWNERS = ("郭靖", "胡斐", "段誉", "乔峰", "令狐冲", "林平之", "石破天")
_EXPEDITERS = ("黄蓉", "程灵素", "王语嫣", "苗人凤", "岳灵珊")
_LEADERS = ("张三丰", "周伯通", "洪七公")

Cell = Sequence[str]  # its paragraphs


def write_table(path: Path, rows: int, *, edition: int) -> None:
    """Write a `.docx` of `rows` rows. Every edition says other things, so that none is known from the one before."""
    document = Document()
    document.add_paragraph(f"云岭市2024年第{edition}期执法大比武攻坚任务责任分解表")
    lines = [_line([[heading] for heading in HEADINGS])]
    lines += [_line(_row(place, edition), merged=_merge(place)) for place in range(rows)]
    grid = "<w:gridCol w:w='1200'/>" * len(HEADINGS)
    table = f"<w:tbl xmlns:w='{_NAMESPACE}'><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"
    document.element.body.insert(1, parse_xml(table))
    document.save(str(path))


def _row(place: int, edition: int) -> list[Cell]:
    number, group = place + 1, place // ROWS_A_GROUP + 1
    duty, share = _DUTIES[place % len(_DUTIES)], 40 + (place * 7 + edition * 3) % 50
    unit, month, day = _UNITS[place % len(_UNITS)], 3 + (place + edition) % 6, 5 + (place * 3 + edition) % 20
    name = f"{duty}第{edition}-{number}批"
    return [
        [str(number)],
        [f"第{group}类机构建设（{4 + group % 9}分）"] if place % ROWS_A_GROUP == 0 else [""],
        [f"（{number}）{name}（3分）。完成率达到{share}%的，得3分；不足的，不得分。"],
        [f"（{number}）{name}（3分）。全市{name}完成率达到{share + 8}%及以上的，得3分；{share}%至{share + 8}%的，得2分；不足{share}%的，不得分。"],
        [unit],
        ["各科室、各大队"],
        ["1、该项情况简介；", "2、工作目录；", f"3、{name}方案；", f"4、{name}验收意见和照片；", f"5、{name}清单。"],
        [
            f"1.{month}月{day}日前，制定{name}方案；",
            f"2.{month + 2}月底前，完成{name}并报送{unit}；",
            f"3.{month + 3}月{day}日前，对{name}开展自查；",
            "4.10月15日前，完成档案归档并上报省厅。",
        ],
        [_EXPEDITERS[place % len(_EXPEDITERS)]],
        [_OWNERS[place % len(_OWNERS)]],
        [_LEADERS[place % len(_LEADERS)]],
    ]  # fmt: skip


def _merge(place: int) -> str:
    """The heading of a group is one cell over its rows."""
    return "<w:vMerge w:val='restart'/>" if place % ROWS_A_GROUP == 0 else "<w:vMerge/>"


def _line(cells: Sequence[Cell], *, merged: str = "") -> str:
    written = (_cell(cell, merged if column == 1 else "") for column, cell in enumerate(cells))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(written)}</w:tr>"


def _cell(paragraphs: Cell, merged: str) -> str:
    """A cell with the properties that word processors write out for each paragraph and run."""
    face = "<w:rPr><w:rFonts w:hint='eastAsia' w:ascii='仿宋' w:eastAsia='仿宋'/><w:sz w:val='21'/></w:rPr>"
    written = "".join(
        f"<w:p><w:pPr><w:jc w:val='left'/>{face}</w:pPr><w:r>{face}<w:t>{text}</w:t></w:r></w:p>"
        for text in paragraphs
    )
    return f"<w:tc><w:tcPr><w:tcW w:w='1200' w:type='dxa'/>{merged}</w:tcPr>{written}</w:tc>"
