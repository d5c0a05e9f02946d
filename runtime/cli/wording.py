"""The words of the command line itself: help pages and usage errors, in Chinese.

Typer's own words are English and mostly fixed in its code, so a page is laid out here from what a command
declares, and a usage error is told from what the error carries.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from unicodedata import east_asian_width

HELP_WIDTH = 100
GLOBAL_OPTIONS = (
    ("--config 文件", "设置文件（.toml，或者 DINGBAN_名称=值 一行一项）"),
    ("--now 时间", "把这一条命令的时钟定在此刻（ISO 8601），供演练使用"),
    ("--debug", "出错时显示程序的详细出错位置"),
)
_TYPES = {
    "int": "整数",
    "float": "数字",
    "str": "文字",
    "text": "文字",
    "bool": "是或否",
    "file": "文件",
    "path": "路径",
    "directory": "文件夹",
}
_SENTENCES: tuple[tuple[str, str], ...] = (
    (r"Missing command\.?", "缺少子命令"),
    (
        r"No such command ['\"](?P<name>.*?)['\"]\.(?: Did you mean (?P<near>.*)\?)?",
        "没有“{name}”这个命令{near}",
    ),
    (
        r"No such option: (?P<name>\S+)(?: \(Possible options: (?P<near>.*)\))?.*",
        "没有“{name}”这个选项{near}",
    ),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<name>.*)\)", "多出了参数：{name}"),
    (r"Option ['\"](?P<name>.*?)['\"] requires (?:an argument|\d+ arguments)\.?", "选项 {name} 后面须写上值"),
    (r"Option ['\"](?P<name>.*?)['\"] does not take a value\.?", "选项 {name} 后面不写值"),
    (r"Value (?P<name>.*) is not a valid (?P<type>\w+)\.?", "{name} 不对，应为{type}"),
    (r"(?P<name>.*) is not in the range (?P<range>.*?)\.?", "{name} 不在允许的范围内（{range}）"),
    (r"(?P<name>.*) is not one of (?P<range>.*?)\.?", "{name} 不对，只能是 {range}"),
    (r"Input should be a valid integer\b.*", "应为整数"),
    (r"Input should be a valid (?:number|float)\b.*", "应为数字"),
    (r"Input should be a valid boolean\b.*", "应为是或否"),
    (r"Input should be greater than or equal to (?P<name>\S+)", "不能小于 {name}"),
    (r"Input should be less than or equal to (?P<name>\S+)", "不能大于 {name}"),
    (r"Input should be (?P<range>'.*)", "只能是 {range}"),
    (r"(?:File|Path|Directory) ['\"](?P<name>.*?)['\"] does not exist\.?", "找不到“{name}”"),
)


def help_page(command: Any, context: Any) -> str:
    """Lay out one page: usage, what the command does, its arguments, options and sub-commands."""
    sections = [f"用法：{_usage(command, context)}", "", command.help or ""]
    arguments = [item for item in command.get_params(context) if item.param_type_name == "argument"]
    options = [
        item
        for item in command.get_params(context)
        if item.param_type_name == "option" and not item.hidden and not _is_global(item)
    ]
    sections += _table("参数", [(_argument_name(item), _explained(item)) for item in arguments])
    sections += _table("选项", [(_option_name(item), _explained(item)) for item in options])
    sections += _table("通用选项（写在哪里都可以）", GLOBAL_OPTIONS)
    if hasattr(command, "list_commands"):
        sections += _table("命令", command.shown_commands(context))
    if command.epilog:
        sections += ["", command.epilog]
    return "\n".join(sections).rstrip() + "\n"


def usage_error(error: Any) -> str:
    """Return what is wrong with a command line, in one Chinese sentence, and where its help is."""
    context = getattr(error, "ctx", None)
    sentence = _sentence(error)
    if context is None:
        return f"用法不对：{_closed(sentence)}"
    return f"用法不对：{_closed(sentence)}\n用法：{_usage(context.command, context)}\n详细说明：{context.command_path} --help"


def _closed(sentence: str) -> str:
    return sentence if sentence.endswith("？") else f"{sentence}。"


def _sentence(error: Any) -> str:
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "MissingParameter" and parameter is not None:
        is_option = parameter.param_type_name == "option"
        name = parameter.opts[0] if is_option else _argument_name(parameter)
        return f"缺少{'选项' if is_option else '参数'} {name}（{parameter.help}）"
    sentence = translate(str(error.message))
    if kind == "BadParameter" and parameter is not None:
        is_option = parameter.param_type_name == "option"
        name = parameter.opts[0] if is_option else _argument_name(parameter)
        return f"{'选项' if is_option else '参数'} {name} 的值不对：{sentence}"
    return sentence


def translate(message: str) -> str:
    """The Chinese for a sentence of Typer's. One that is not known is given as it stands."""
    sentence = message.strip().removeprefix("Value error, ")
    for pattern, chinese in _SENTENCES:
        if match := re.fullmatch(pattern, sentence, re.DOTALL):
            words = {key: value or "" for key, value in match.groupdict().items()}
            if "type" in words:
                words["type"] = _TYPES.get(words["type"], words["type"])
            if words.get("near"):
                words["near"] = f"，是不是 {words['near'].replace(chr(39), '')}？"
            return chinese.format(**words).replace(" or ", "、").replace(", ", "、")
    return sentence.rstrip(".")


def _usage(command: Any, context: Any) -> str:
    parts = [context.command_path]
    arguments = [item for item in command.get_params(context) if item.param_type_name == "argument"]
    parts += [
        _argument_name(item) if item.required else _bracketed(_argument_name(item)) for item in arguments
    ]
    parts.append("[选项]")
    if hasattr(command, "list_commands"):
        parts.append("命令 …")
    return " ".join(parts)


def _bracketed(name: str) -> str:
    """An optional argument in brackets, unless its own name has them already."""
    return name if name.startswith("[") else f"[{name}]"


def _is_global(parameter: Any) -> bool:
    return bool({"--config", "--now", "--debug"} & set(parameter.opts))


def _argument_name(parameter: Any) -> str:
    return str(parameter.metavar or parameter.name.upper())


def _option_name(parameter: Any) -> str:
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    if parameter.is_bool_flag or parameter.name == "help":
        return names
    return f"{names} {parameter.metavar or _TYPES.get(_bare_type(parameter), '值')}"


def _bare_type(parameter: Any) -> str:
    return str(parameter.bare_type()) if hasattr(parameter, "bare_type") else "text"


def _explained(parameter: Any) -> str:
    if parameter.name == "help":
        return "显示这份说明"
    default = parameter.default
    is_shown = (
        default not in (None, False, True, (), "")
        and not callable(default)
        and getattr(parameter, "show_default", True)
    )
    notes = [f"默认 {getattr(default, 'value', default)}"] if is_shown else []
    if parameter.required and parameter.param_type_name == "option":
        notes.append("必填")
    return (parameter.help or "") + (f"（{'；'.join(notes)}）" if notes else "")


def _table(title: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    if not rows:
        return []
    indent = min(max(width_of(name) for name, _ in rows), 34) + 4
    lines = ["", f"{title}："]
    for name, text in rows:
        first, *rest = wrap(text, HELP_WIDTH - indent)
        head = f"  {name}" if width_of(name) + 3 <= indent else f"  {name}\n"
        lines.append(f"{head}{' ' * (indent - (width_of(name) + 2 if head[-1] != chr(10) else 0))}{first}")
        lines += [" " * indent + line for line in rest]
    return lines


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns; Chinese may break anywhere but before punctuation."""
    lines, line, used = [], "", 0
    for piece in re.findall(r"[!-~]+|.", text.replace("\n", " ")):
        taken = width_of(piece)
        if used + taken > width and line and piece not in "，。；：、）”？！":
            lines.append(line.rstrip())
            line, used = "", 0
        line += piece
        used += taken
    return [*lines, line.rstrip()]
