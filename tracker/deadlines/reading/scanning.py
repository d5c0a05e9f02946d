"""Numbers that scanning pulled apart: 2 0 2 4 年 1 0 月, 二 〇 二 四 年."""

from __future__ import annotations

from tracker.deadlines.reading.kinds import Kind, Token


def join_spaced_digits(tokens: list[Token]) -> list[Token]:
    """Digits that OCR pulled apart (2 0 2 4 年 1 0 月): joined where single digits make a year or a zero follows."""
    if not any(token.gap for token in tokens):
        return tokens
    joined: list[Token] = []
    place = 0
    while place < len(tokens):
        run = _single_digits(tokens, place)
        before = joined[-1].kind if joined else None
        after = tokens[place + len(run)] if place + len(run) < len(tokens) else None
        if _is_pulled_apart(run, before, after):
            joined.append(_joined(run))
            place += len(run)
        else:
            joined.append(tokens[place])
            place += 1
    return joined


def _joined(run: list[Token]) -> Token:
    text = "".join(str(token.number) for token in run)
    return Token(Kind.NUMBER, text, run[0].start, run[-1].end, int(text), run[0].gap, run[0].broken)


def _is_pulled_apart(run: list[Token], before: Kind | None, after: Token | None) -> bool:
    """True for a year, for a number with a zero, and for 8月3 1日 and 2024年1 2月, where the units leave no doubt.

    “1 2 月” is December where the unit stands apart as well; “1 2月” may be an item and a month.
    """
    if len(run) == 4:
        return run[0].number in (1, 2)
    if len(run) != 2 or after is None:
        return len(run) == 2 and run[1].text == "0"
    number = run[0].number * 10 + run[1].number
    a_day = before is Kind.MONTH and after.kind is Kind.DAY and 10 <= number <= 31
    a_month = (before is Kind.YEAR or after.gap) and after.kind is Kind.MONTH and 10 <= number <= 12
    return run[1].text == "0" or a_day or a_month


def _single_digits(tokens: list[Token], place: int) -> list[Token]:
    run: list[Token] = []
    for token in tokens[place : place + 5]:
        follows = bool(run) and token.gap and not token.broken
        if token.kind is not Kind.NUMBER or len(token.text) != 1 or token.number > 9 or (run and not follows):
            break
        run.append(token)
    return run
