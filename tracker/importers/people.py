"""Who is meant: the persons and units of one cell, in its order.

Names are split, never merged: two spellings of one name are reported and stay two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from tracker.importers.draft import DraftPerson
from tracker.importers.name_shapes import (
    BRACKETS,
    COMPOUND_SURNAMES,
    HAN,
    NAME,
    OFFICE_AT_END,
    OFFICES,
    OPEN_END,
    is_none,
    looks_like_name,
    looks_like_unit,
)

SPREAD_NAME = 3  # characters of a name, each with a space behind it
# White space parts too, but softly: it also stands inside names and broken words.
SEPARATORS = re.compile(r"[、,，;；/／|]+")
JOINING_WORD = re.compile(
    r"(?<=[科室队局心处办厅部委院站所股组会司府业位门县区市镇乡])(?:以?及|和|与)(?=[^、，,]{2,}$)"
)


def is_people_cell(text: str) -> bool:
    """Whether a cell holds nothing but names, as far as their shape tells; read no further than the first that is none."""
    verdict = False
    for person in _people_in(text):
        verdict = looks_like_name(person.name) and not person.is_unit
        if not verdict:
            break
    return verdict


def is_units_cell(text: str) -> bool:
    """Whether a cell holds nothing but units, as far as their shape tells; read no further than the first that is none."""
    verdict = False
    for unit in (unit for unit, _ in _units_in(text) if unit):
        verdict = looks_like_unit(unit)
        if not verdict:
            break
    return verdict


@lru_cache(maxsize=4096)
def split_people(text: str) -> tuple[DraftPerson, ...]:
    """Persons of one cell in order; titles and brackets become remarks, a unit in a person's place stays one entry."""
    return tuple(_people_in(text))


@lru_cache(maxsize=4096)
def split_units(text: str) -> tuple[tuple[str, ...], bool]:
    """Units of one cell in order, and whether the list is left open (等)."""
    found = list(_units_in(text))
    return tuple(dict.fromkeys(unit for unit, _ in found if unit)), any(is_open for _, is_open in found)


def _parts_of(text: str) -> Iterator[str]:
    """What stands between separators; those inside brackets part nothing."""
    return (part.replace("\x00", "、") for part in SEPARATORS.split(_protect_brackets(text)))


def _people_in(text: str) -> Iterator[DraftPerson]:
    if is_none(text):
        return
    whole = "".join(text.split())
    if _names_an_office(whole):
        yield DraftPerson(whole, is_unit=True)
        return
    for part in _parts_of(text):
        yield from _people_of(part)


def _units_in(text: str) -> Iterator[tuple[str, bool]]:
    """Each unit, empty where a dash stands for it, and whether the list is left open behind it."""
    if is_none(text):
        return
    for part in _parts_of(text):
        for word in _join_broken_units(part.split()):
            unit, is_open = _without_open_end(word)
            for piece in JOINING_WORD.split(unit):
                yield "" if is_none(piece) else piece.strip("。.：: "), is_open


def _names_an_office(text: str) -> bool:
    """各科室、各执法大队负责人: every part is a unit, or an office held in one; no person is named."""
    bare = BRACKETS.sub("", text)
    parts = [part for part in SEPARATORS.split(bare) if part]
    return bool(parts) and all(_is_office_of_unit(part) for part in parts)


def _office_at_end(text: str) -> re.Match[str] | None:
    """The offices that close a word; most cells close with none, and need no search."""
    return OFFICE_AT_END.search(text) if text.endswith(OFFICES) else None


def _is_office_of_unit(part: str) -> bool:
    office = _office_at_end(part)
    stem = part[: office.start()] if office else part
    if office and not stem:
        return True
    if looks_like_name(part) or looks_like_name(stem):
        return False
    return looks_like_unit(stem)


def _people_of(part: str) -> list[DraftPerson]:
    part = part.strip(" 。.：:；;")
    part = part[:-1] if part.endswith("等") and len(part) > 2 else part
    if is_none(part):
        return []
    remark = "、".join(BRACKETS.findall(part))
    words = _join_single_characters(BRACKETS.sub(" ", part).split())
    people: list[DraftPerson] = []
    if len(words) == 2 and _is_office_before_name(*words):  # 副市长 张三丰
        return [DraftPerson(words[1], _add(words[0], remark))]
    for word in words:
        office = _office_at_end(word)
        stem = word[: office.start()] if office else word
        if office and not stem:
            if people:
                people[-1] = DraftPerson(people[-1].name, _add(people[-1].remark, word), people[-1].is_unit)
                continue
            people.append(DraftPerson(word, is_unit=True))
        elif office and looks_like_name(stem):
            people.append(DraftPerson(stem, office.group()))
        elif people and not looks_like_name(word):
            last = people[-1]
            people[-1] = DraftPerson(last.name, _add(last.remark, word), last.is_unit)
        else:
            people.append(DraftPerson(word, is_unit=not looks_like_name(word) and _is_office_of_unit(word)))
    if remark and people:
        last = people[-1]
        people[-1] = DraftPerson(last.name, _add(last.remark, remark), last.is_unit)
    elif remark:
        people.append(DraftPerson(part))
    return people


def _is_office_before_name(first: str, second: str) -> bool:
    """Whether the first word is an office, with or without its unit, and the second has the shape of a name."""
    office = _office_at_end(first)
    if office is None or looks_like_name(first[: office.start()]):
        return False
    return NAME.fullmatch(second) is not None and not _office_at_end(second) and not looks_like_unit(second)


def _join_single_characters(words: Sequence[str]) -> list[str]:
    """“白 聖豪”, “李 勇” and “白 聖 豪” are names printed with spaces to fill the column."""
    if (
        len(words) == SPREAD_NAME
        and all(len(word) == 1 for word in words)
        and looks_like_name("".join(words))
    ):
        return ["".join(words)]
    joined: list[str] = []
    open_surname = False
    for word in words:
        is_han = re.fullmatch(rf"[{HAN}]+", word) is not None
        if (
            joined
            and is_han
            and ((open_surname and len(word) <= 2) or (len(word) == 1 and joined[-1] in COMPOUND_SURNAMES))
        ):
            joined[-1] += word
            open_surname = False
            continue
        joined.append(word)
        open_surname = is_han and len(word) == 1
    return joined


def _join_broken_units(words: Sequence[str]) -> list[str]:
    """Words of one unit that a line break or the recogniser parted (综合 办公室) become one again."""
    if all(looks_like_unit(word) for word in words) or not looks_like_unit("".join(words)):
        return list(words)
    return ["".join(words)]


def _protect_brackets(text: str) -> str:
    return BRACKETS.sub(lambda match: re.sub(r"[、,，;；/／\n]", "\x00", match.group()), text)


def _without_open_end(word: str) -> tuple[str, bool]:
    shortened = OPEN_END.sub("", word.rstrip("。.；;"))
    if shortened != word.rstrip("。.；;") and len(shortened) >= 2:
        return shortened, True
    return word, False


def _add(remark: str, more: str) -> str:
    return f"{remark} {more}".strip()
