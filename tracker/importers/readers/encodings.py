"""From bytes to text, without guessing: UTF-8, UTF-16 with its mark, GB18030, or a refusal.

Nearly any bytes are “valid” GB18030, so what comes out must also look like Chinese: the greater part of it from the
6 763 characters of GB 2312, as office prose is. Names in rarer or traditional characters do not tip that balance.
"""

from __future__ import annotations

import codecs
from collections import Counter
from dataclasses import dataclass

from tracker.importers.errors import EncodingUnknown, SourceEmpty

_USUAL_SHARE = 0.7
_WESTERN_SHARE = 0.5
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_ALLOWED_CONTROLS = frozenset("\t\n\f")


@dataclass(frozen=True)
class DecodedText:
    """Text with `\\n` line ends, what it was encoded in, and what was noticed on the way."""

    text: str
    encoding: str
    notes: tuple[str, ...] = ()


def decode(data: bytes, name: str) -> DecodedText:
    """Decode a text file. Raises EncodingUnknown or SourceEmpty."""
    text, encoding = _decode_marked(data, name) or _decode_unmarked(data, name)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
    if not text.strip():
        raise SourceEmpty(f"文件“{name}”是空的，没有可以导入的内容，请检查是否选错了文件。")
    controls = {character for character in text if character < " "} - _ALLOWED_CONTROLS
    if "\0" in controls:
        raise _unknown(name, "含有不可见的空字符，可能是没有标记的 UTF-16 或不是文本")
    notes = [f"文件按 {encoding.upper()} 编码读取。"] if encoding not in ("utf-8", "utf-8-sig") else []
    if controls:
        text = text.translate({ord(control): None for control in controls})
        notes.append("文件含有控制字符，已去掉。")
    if damaged := text.count("\N{REPLACEMENT CHARACTER}"):
        notes.append(
            f"文件中有{damaged}个字符在导入前就已损坏，显示为“\N{REPLACEMENT CHARACTER}”，请对照原件补正。"
        )
    return DecodedText(text, encoding, tuple(notes))


def _decode_marked(data: bytes, name: str) -> tuple[str, str] | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), encoding
            except UnicodeDecodeError as error:
                raise _unknown(
                    name, f"开头标明是 {encoding.upper()}，但第{error.start + len(mark) + 1}个字节不是"
                ) from error
    return None


def _decode_unmarked(data: bytes, name: str) -> tuple[str, str]:
    if b"\0" in data:
        raise _unknown(name, "含有不可见的空字符，可能是没有标记的 UTF-16 或不是文本")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_chinese(data, name, data.count(b"\n", 0, error.start) + 1), "gb18030"
    if _is_garbled(text):
        raise _unknown(name, "里面的汉字已变成乱码")
    return text, "utf-8"


def _decode_chinese(data: bytes, name: str, line: int) -> str:
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unknown(name, f"第{line}行不是 UTF-8，也不是 GB18030") from error
    foreign = {character: count for character, count in Counter(text).items() if character > "\x7f"}
    usual = sum(count for character, count in foreign.items() if _is_usual(character))
    if usual < _USUAL_SHARE * sum(foreign.values()):
        raise _unknown(name, f"第{line}行起按 UTF-8 和 GB18030 读都是乱码")
    return text


def _is_usual(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return character in "—·～€"  # the same signs under another code


def _is_garbled(text: str) -> bool:
    """UTF-8 that was once read as Latin-1 and saved again: accented letters in place of Chinese."""
    foreign = {character: count for character, count in Counter(text).items() if character > "\x7f"}
    western = sum(count for character, count in foreign.items() if character <= "\xff")
    if not western or western < _WESTERN_SHARE * sum(foreign.values()):
        return False
    return not any("\u4e00" <= character <= "\u9fff" for character in foreign)


def _unknown(name: str, what: str) -> EncodingUnknown:
    return EncodingUnknown(f"文件“{name}”{what}，请用记事本或 WPS 打开，另存为 UTF-8 编码后再导入。")
