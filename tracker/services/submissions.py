"""What is handed in, before it is taken: a name and either a stored file or a link, made presentable."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePath
from urllib.parse import urlsplit

from tracker.errors import ValueRefused
from tracker.media_types import is_ending

MAX_NAME_CHARACTERS = 255
MAX_LINK_CHARACTERS = 2000


@dataclass(frozen=True)
class Submission:
    """What is handed in: a stored file or a link, under a name."""

    name: str
    sha256: str | None = None
    link: str | None = None


def tidy_name(name: str) -> str:
    """The last part of a path, composed, without invisible characters. Raises ValueRefused."""
    last = PurePath(name.replace("\\", "/")).name
    visible = "".join(
        character
        for character in unicodedata.normalize("NFC", last)
        if unicodedata.category(character)[0] != "C"
    ).strip(" .")
    if not visible or len(visible) > MAX_NAME_CHARACTERS:
        raise ValueRefused(f"材料名称须有1至{MAX_NAME_CHARACTERS}个字，请修改名称后再提交。")
    return visible


def file_name_of(source: Path, name: str | None) -> str:
    """What a file is kept as: its own name, or the one given, which gets the file's ending where it has none.

    Raises ValueRefused.
    """
    if not name:
        return tidy_name(source.name)
    title = tidy_name(name)
    return tidy_name(title if is_ending(PurePath(title).suffix) else f"{title}{source.suffix}")


def tidy_link(link: str) -> str:
    """Raises ValueRefused unless it is an address that a browser opens and that carries no password."""
    bare = link.strip()
    is_plain = not any(character.isspace() or unicodedata.category(character)[0] == "C" for character in bare)
    try:
        parts = urlsplit(bare)
        is_address = parts.scheme.lower() in ("http", "https") and bool(parts.hostname)
        has_password = "@" in parts.netloc
    except ValueError:
        is_address = has_password = False
    if not (is_plain and is_address) or len(bare) > MAX_LINK_CHARACTERS:
        raise ValueRefused(
            f"链接须是以 http:// 或者 https:// 开头的完整网址，不超过{MAX_LINK_CHARACTERS}个字符，请核对后再提交。"
        )
    if has_password:
        raise ValueRefused("链接里带有用户名或者密码，请去掉后再提交。")
    return bare
