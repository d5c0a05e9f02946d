"""Names inside a package: Chinese as it is, and nothing that Windows, a zip program or a path could trip over."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

MAX_FOLDER_CHARACTERS = 40
MAX_FILE_CHARACTERS = 80
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]')
_DOTS = re.compile(r"\.{2,}")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_UNNAMED = "未命名"


def safe_name(name: str, *, max_characters: int = MAX_FILE_CHARACTERS) -> str:
    """Return `name` as one component of a path, on every system, at most so many characters long.

    Separators and marks that Windows forbids become `_`; invisible and direction-changing characters go.
    A name that is too long keeps its ending.
    """
    visible = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFC", name)
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    tidy = _DOTS.sub(".", _FORBIDDEN.sub("_", " ".join(visible.split()))).strip(". ")
    if _RESERVED.fullmatch(tidy):
        tidy = f"_{tidy}"
    return _shortened(tidy, max_characters) or _UNNAMED


def folder_name(number: int, text: str) -> str:
    return f"{number:02d}_{safe_name(text.rstrip('。；;，, '), max_characters=MAX_FOLDER_CHARACTERS)}"


def file_name(position: int, name: str) -> str:
    return f"{position:02d}_{safe_name(name)}"


def _shortened(name: str, max_characters: int) -> str:
    if len(name) <= max_characters:
        return name
    ending = PurePath(name).suffix
    if len(ending) > 10:
        ending = ""
    return name[: max_characters - len(ending)].rstrip(". ") + ending
