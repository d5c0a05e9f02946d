"""Titles: of tables, of rows, and the year a title or a document names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from tracker.importers.lists import chinese_number, without_leading_number

YEAR = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|—|-|–|至|年度)?")
YEAR_OF_TITLE = re.compile(r"(?<![\d—–-])(20\d{2})\s*年度?(?!\s*(?:以来|至|—|-|–|到))")
YEAR_IN_CHINESE = re.compile(r"二[〇零○OＯ0]([一二三四五六七八九〇零○])([一二三四五六七八九〇零○])年")
DOCUMENT_NUMBER = re.compile(r"[〔\[［【(（]\s*(20\d{2})\s*[〕\]］】)）]\s*\d+\s*号")
SIGNED_ON = re.compile(r"^\s*(20\d{2})\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s*(?:印发)?$")
MADE_FOR = re.compile(r"制定(?:本|以下|如下).{0,8}(?:方案|计划|分工|意见|安排|清单)")
PURPOSE = re.compile(
    r"(?:开展|组织|实施|推进|做好|抓好|加强)(?P<work>[^，。；、《》]{4,30}?(?:工作|行动|整治|稽查|检查))[，。；](?:[^。；]{0,20}，)?"
    r"(?:特|现)?制定(?:本|以下|如下)(?P<kind>[^，。；]{0,4}?(?:方案|计划|分工|意见|安排|清单))"
)
YEAR_OF_WORK = re.compile(
    r"(?<![\d〔(—–-])(20\d{2})\s*年度?(?!\s*(?:以来|至|到|\d))(?=[^，。；]{2,30}(?:工作|计划|行动|任务|稽查|整治))"
)
TITLE_WORDS = re.compile(
    r"表|清单|台账|任务|分工|方案|计划|细则|名单|一览|要点|责任书|分解|安排|目录|明细|汇总|通知书|指标|公示|领导小组|专班$"
)
RUNNING_TEXT = re.compile(r"[。；;]$|[。；;].")
ATTACHMENT = re.compile(r"^\s*附\s*(?:件|表|录)\s*[\d一二三四五六七八九十]*\s*[:：.、]?\s*$")
# what a PDF viewer prints between two pages: 第 1 页 共 3 页, - 2 -, 2/3
PAGE_LINE = re.compile(
    r"\s*(?:第\s*\d+\s*页(?:\s*[,，/]?\s*共\s*\d+\s*页)?|[-—–－·]\s*\d{1,4}\s*[-—–－·]|\d{1,3}|\d{1,3}\s*/\s*\d{1,3}"
    r"|共\s*\d+\s*页[,，]?\s*第\s*\d+\s*页|[Pp]age\s*\d+(?:\s*of\s*\d+)?)\s*"
)
MARKS_OF_HEADING = re.compile(r"^[#>\s*]+|[#*\s]+$")
POINTS_IN_BRACKETS = re.compile(
    r"[(（][^()（）]*(?:分|分项|决项)[^()（）]*[)）]|[(（]\s*\d+(?:\.\d+)?\s*[)）]"
)
LONGEST_TITLE = 80
LONGEST_ROW_TITLE = 30


def looks_like_title(text: str) -> bool:
    """Whether a paragraph before a table can be its title: short, no sentence."""
    bare = clean_title(text)
    return (
        0 < len(bare) <= LONGEST_TITLE
        and RUNNING_TEXT.search(bare) is None
        and ATTACHMENT.match(bare) is None
        and PAGE_LINE.fullmatch(bare) is None
        and not bare.endswith(("：", ":"))
    )


def clean_title(text: str) -> str:
    return MARKS_OF_HEADING.sub("", " ".join(text.split()))


def title_of_purpose(text: str) -> str:
    """What a sentence says a plan is made for, with its kind: 开展2025年度测试工作，特制定本方案 gives 2025年度测试工作方案."""
    found = PURPOSE.search(text)
    return found["work"] + found["kind"] if found else ""


def is_letterhead(text: str) -> bool:
    """Whether a line names the office or the number of a document, not what it is about."""
    bare = text.strip("*-—_ 　")
    return not bare or bare.endswith("文件") or DOCUMENT_NUMBER.search(bare) is not None


def is_page_line(text: str) -> bool:
    """Whether a line is nothing but the number of a page."""
    return PAGE_LINE.fullmatch(text) is not None


def title_key(text: str) -> str:
    """What repeated prints of one title have in common."""
    bare = "".join(unicodedata.normalize("NFKC", clean_title(text)).split())
    return re.sub(r"[((]?续表?[\d一二三四]*[))]?$|[((]\d+[))]$", "", bare)


def year_of_title(title: str) -> int | None:
    """The one year a title names; None where it names none or several."""
    folded = _arabic_years(unicodedata.normalize("NFKC", title))
    years = {int(year) for year in YEAR_OF_TITLE.findall(folded)}
    return years.pop() if len(years) == 1 else None


def year_of_document(texts: Iterable[str]) -> int | None:
    """The year of the document's number, of the day it was signed, or of the work it says it is made for (特制定本方案);
    None where they are missing or differ.
    """
    years = set()
    for text in texts:
        folded = _arabic_years(unicodedata.normalize("NFKC", text))
        if len(folded) < 40 and (number := DOCUMENT_NUMBER.search(folded)):
            years.add(int(number.group(1)))
        if signed := SIGNED_ON.match(folded):
            years.add(int(signed.group(1)))
        if MADE_FOR.search(folded):
            years.update(int(year) for year in YEAR_OF_WORK.findall(folded))
    return years.pop() if len(years) == 1 else None


def heading_of(text: str) -> str:
    """The heading a cell's text opens with: “(2)装备配备(3分)。按照…” has 装备配备; empty where it opens with a sentence."""
    bare = without_leading_number(text)
    first = re.split(r"[。\n]", bare, maxsplit=1)[0]
    bracket = POINTS_IN_BRACKETS.search(first)
    if (
        bracket
        and bracket.start() <= LONGEST_ROW_TITLE
        and not re.search(r"[,，;；]", first[: bracket.start()])
    ):
        return "".join(first[: bracket.start()].split())
    if len(first) <= 20 and len(bare) > len(first) + 1 and not re.search(r"[,，;；:：]", first):
        return "".join(first.split())
    return ""


def shortened(text: str) -> str:
    """The first clause, for rows that print no heading; at most thirty characters."""
    bare = without_leading_number(text)
    clause = re.split(r"[。；;\n]|的?[,，]\s*(?:得|扣|加)\d", bare, maxsplit=1)[0].strip()
    if len(clause) > LONGEST_ROW_TITLE:
        clause = re.split(r"[,，]", clause, maxsplit=1)[0]
    clause = clause.rstrip("，,、：: ")
    return clause if len(clause) <= LONGEST_ROW_TITLE else clause[: LONGEST_ROW_TITLE - 1] + "…"


def without_points(heading: str) -> str:
    return POINTS_IN_BRACKETS.sub("", heading).strip()


def _arabic_years(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        digits = "".join(str(chinese_number(character)) for character in match.groups())
        return f"20{digits}年"

    return YEAR_IN_CHINESE.sub(replace, text)
