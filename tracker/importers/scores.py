"""Points: how the text of a row says it is scored (domain.md, section 5).

The heading's figure (装备配备(3分)) is the most a row can bring; tiers, prices per unit, deductions, bonuses and vetoes
are kept as rules. The office's own target text overrides the national one.
"""

from __future__ import annotations

import re
import unicodedata

from tracker.importers.draft import Score, ScoreKind, ScoreRule
from tracker.importers.lists import CIRCLED, without_leading_number

NUMBER = r"(\d+(?:\.\d+)?)"
HEADING_POINTS = re.compile(rf"[(（]\s*(?:满分|共|计)?\s*{NUMBER}\s*分?\s*(?:[,，][^()（）]{{0,12}})?[)）]")
HEADING_KIND = re.compile(r"[(（]\s*(扣分项|加分项|否决项|一票否决项?|减分项)\s*[)）]")
NOT_CIRCLED = re.compile(rf"[^{CIRCLED}]+")
CLAUSE_END = re.compile(r"[;；。\n]")
GAIN = re.compile(rf"(?:多得|最高得|最多得|得|计|赋|记){NUMBER}分")
LOSS = re.compile(rf"(?<!最多)(?<!最高)(?:另扣|扣减|扣除|扣){NUMBER}分")
BONUS = re.compile(rf"(?<!最多)(?<!最高)(?:加|奖励){NUMBER}分")
BARE = re.compile(rf"(?<![\d.])(?<!最高)(?<!最低){NUMBER}分(?![值数钟])")
CAP = re.compile(
    rf"(该项|该小项|本项|此项|累计|合计)?(?:最高|最多|不超过|上限为?|封顶)(?:可?(?:得|加|扣|计))?(?:不超过)?{NUMBER}分"
)
PER = re.compile(
    r"每(?:被)?(?:发现|通报|查实|增加|完成|发布|推送)?\s*(?:\d|一)?\s*[个项次件起类份人篇条批名]|每人|每类|每依法查办\d?件|每一[类项份]"
)
VETO = re.compile(r"取消.{0,8}资格|一票否决|该项不得分|否决项|不予评定")
FLOOR = re.compile(r"扣完(?:该项)?(?:分值)?为止")
SUBHEADING = re.compile(
    r"(?:^|[\n。;；\s])\s*(?:(?P<arabic>\d{1,2}[、.．])|\(\d{1,2}\))\s*[^\n。;；()（）]{2,24}\(\s*(?P<points>\d+(?:\.\d+)?)\s*分\)"
)


def parse_score(text: str, *, group: str = "", cell: str = "") -> Score:
    """Read the scoring of one row from its target text; `group` is the heading it stands under and decides when the
    row is alone there, `cell` a column of points of its own. Figures are points of the office's scheme.
    """
    folded = _fold(text)
    rules = _read_rules(folded)
    heading = _fold_heading(folded)
    if cell and (figure := re.search(NUMBER, _fold(cell))):
        return Score(ScoreKind.POINTS, float(figure.group(1)), rules)
    kind = _kind_of(folded, heading, rules)
    if kind in (ScoreKind.NONE, ScoreKind.VETO):
        return Score(kind, None, rules if kind is ScoreKind.VETO else ())
    printed = _sum_of_subheadings(folded) or points_printed(heading)
    if printed is None and group:
        printed = points_printed(_fold(group))
    return Score(kind, printed if printed is not None else _most(kind, folded, rules), rules)


def points_printed(heading: str) -> float | None:
    """The figure in brackets of a heading: 机构规范化建设(7分) has 7."""
    found = HEADING_POINTS.search(without_leading_number(_fold(heading)))
    return float(found.group(1)) if found else None


def highest_tier(score: Score) -> float | None:
    """The most one clause promises; above the heading's figure it contradicts it."""
    gains = [rule.points for rule in score.rules if rule.kind is ScoreKind.POINTS and rule.per is None]
    return max(gains, default=None)


def _sum_of_subheadings(folded: str) -> float | None:
    """Several headings of one level in one cell: 1、…(1分)… 2、…(5分)… make six points."""
    found = list(SUBHEADING.finditer(folded))
    if not found or folded[: found[0].start()].strip():
        return None
    is_arabic = found[0].group("arabic") is not None
    figures = [
        float(match.group("points")) for match in found if (match.group("arabic") is not None) is is_arabic
    ]
    return round(sum(figures), 4) if len(figures) > 1 else None


def _fold(text: str) -> str:
    """One form of digits and signs. A circled number stays one: ①以2024年… must not become the number 12024."""
    plain = NOT_CIRCLED.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    return re.sub(r"(?<=\d)\s+(?=分)|(?<=[得扣加])\s+(?=\d)", "", plain)


def _fold_heading(folded: str) -> str:
    """What stands before the first full stop, where headings print their points; at most forty characters."""
    first = re.split(r"[。\n]", folded.strip(), maxsplit=1)[0]
    bracket = re.match(r"^(?:\S{0,4}[、.)）])?\s*[^,;:()]{0,30}\([^()]{0,20}\)", first)
    return bracket.group() if bracket else first[:40]


def _kind_of(folded: str, heading: str, rules: tuple[ScoreRule, ...]) -> ScoreKind:
    if named := HEADING_KIND.search(heading):
        return _kind_named(named.group(1))
    if points_printed(heading) is not None:
        return ScoreKind.BONUS if _all(rules, ScoreKind.BONUS) else ScoreKind.POINTS
    kinds = {rule.kind for rule in rules}
    if not kinds:
        return ScoreKind.VETO if VETO.search(folded) else ScoreKind.NONE
    for kind in (ScoreKind.POINTS, ScoreKind.BONUS, ScoreKind.DEDUCT):
        if kind in kinds:
            return kind
    return ScoreKind.NONE


def _kind_named(name: str) -> ScoreKind:
    if name.startswith(("扣", "减")):
        return ScoreKind.DEDUCT
    return ScoreKind.BONUS if name.startswith("加") else ScoreKind.VETO


def _all(rules: tuple[ScoreRule, ...], kind: ScoreKind) -> bool:
    return bool(rules) and all(rule.kind is kind for rule in rules)


def _read_rules(folded: str) -> tuple[ScoreRule, ...]:
    rules = []
    for clause in CLAUSE_END.split(folded):
        cap = CAP.search(clause)
        limit = float(cap.group(2)) if cap else None
        found = _first_rule(CAP.sub("", clause))
        if found is not None:
            kind, points = found
            per = PER.search(clause)
            rules.append(ScoreRule(kind, points, clause.strip(" ,，"), per.group() if per else None, limit))
        elif limit is not None and rules:
            last = rules[-1]
            rules[-1] = ScoreRule(last.kind, last.points, last.condition, last.per, last.cap or limit)
    return tuple(rules)


def _first_rule(clause: str) -> tuple[ScoreKind, float] | None:
    for kind, pattern in (
        (ScoreKind.DEDUCT, LOSS),
        (ScoreKind.BONUS, BONUS),
        (ScoreKind.POINTS, GAIN),
        (ScoreKind.POINTS, BARE),
    ):
        bare = HEADING_POINTS.sub("", clause)
        if found := pattern.search(bare):
            return kind, float(found.group(1))
    return None


def _most(kind: ScoreKind, folded: str, rules: tuple[ScoreRule, ...]) -> float | None:
    whole = [match for match in CAP.finditer(folded) if match.group(1)]
    if whole:
        return float(whole[-1].group(2))
    own = [rule for rule in rules if rule.kind is kind]
    caps = [rule.cap for rule in own if rule.cap is not None]
    if kind is ScoreKind.DEDUCT:
        return round(sum(caps), 4) if caps else None
    if caps and len(caps) == len(own):
        return round(sum(caps), 4)
    if not own or FLOOR.search(folded) or any(rule.per for rule in own):
        return max(caps, default=None)
    figures = [rule.points for rule in own]
    are_alternatives = len(set(figures)) == len(figures)
    return max(figures) if are_alternatives else round(sum(figures), 4)
