"""Reading a plain mapping that an office wrote, and collecting everything in it that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class PolicyRefused(Exception):
    """Reminder rules or office hours that cannot be used. `problems` holds one Chinese sentence each, all of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("；".join(self.problems))


class Section:
    """One table of the file. Asking for a key that is wrong notes a problem and gives a harmless value back."""

    def __init__(self, content: Mapping[str, Any], path: str = "", problems: list[str] | None = None) -> None:
        self._content = content
        self._path = path
        self._problems: list[str] = [] if problems is None else problems
        self._asked: set[str] = set()
        self._children: list[Section] = []

    def problem(self, sentence: str) -> None:
        self._problems.append(sentence)

    def finish(self) -> None:
        """Raise PolicyRefused if anything was wrong, keys that nobody asked for included."""
        self._note_strangers()
        if self._problems:
            raise PolicyRefused(self._problems)

    def section(self, key: str) -> Section:
        found = self._take(key)
        if not isinstance(found, Mapping):
            self.problem(f"{self._name(key)}：{'缺少此节' if found is None else '应为一节（[名称]）'}")
            return Section({}, self._name(key), [])  # its own findings would only repeat this one
        return self._child(found, key)

    def optional_section(self, key: str) -> Section | None:
        return self.section(key) if key in self._content else None

    def sections(self, key: str) -> list[Section]:
        """A list of tables (`[[key]]`); none at all is an empty list."""
        found = self._take(key)
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
            self.problem(f"{self._name(key)}：应写成一节或者几节 [[{key}]]")
            return []
        return [self._child(each, f"{key}[{place}]") for place, each in enumerate(found, start=1)]

    def number(self, key: str, *, least: int, most: int) -> int:
        found = self._take(key)
        if _is_number(found, least, most):
            return int(found)
        self._refuse(key, found, f"应为 {least} 到 {most} 的整数")
        return least

    def numbers(self, key: str, *, least: int, most: int) -> list[int]:
        found = self._take(key)
        if isinstance(found, list) and found and all(_is_number(each, least, most) for each in found):
            return sorted(set(found))
        self._refuse(key, found, f"应为整数的列表，例如 [7, 3, 0]，每个数在 {least} 到 {most} 之间")
        return []

    def word(self, key: str) -> str:
        found = self._take(key)
        if isinstance(found, str) and found.strip() and len(found) <= 30 and ":" not in found:
            return found.strip()
        self._refuse(key, found, "应为 30 字以内的名称，不含冒号")
        return "?"

    def words(self, key: str, allowed: Iterable[str], *, may_be_empty: bool) -> list[str]:
        found, known = self._take(key), list(allowed)
        if found is None and may_be_empty:
            return []
        if not isinstance(found, list) or not (found or may_be_empty):
            self._refuse(key, found, f"应为列表，可以写的是 {'、'.join(known)}")
            return []
        for stranger in (each for each in found if each not in known):
            self._refuse(key, stranger, f"可以写的是 {'、'.join(known)}")
        return list(dict.fromkeys(each for each in found if each in known))

    def flag(self, key: str) -> bool:
        found = self._take(key)
        if found is None or isinstance(found, bool):
            return bool(found)
        self._refuse(key, found, "应为 true 或者 false")
        return False

    def text(self, key: str) -> str | None:
        found = self._take(key)
        if found is None or isinstance(found, str):
            return found
        self._refuse(key, found, "应为文字，须加引号")
        return None

    def _take(self, key: str) -> Any:
        self._asked.add(key)
        return self._content.get(key)

    def _child(self, content: Mapping[str, Any], key: str) -> Section:
        child = Section(content, self._name(key), self._problems)
        self._children.append(child)
        return child

    def _refuse(self, key: str, found: object, accepted: str) -> None:
        given = "缺少此项，" if found is None else f"写的是“{found}”，"
        self.problem(f"{self._name(key)}：{given}{accepted}")

    def _name(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key

    def _note_strangers(self) -> None:
        for key in self._content:
            if key not in self._asked:
                self.problem(
                    f"{self._name(key)}：没有这个设置项，可以写的是 {'、'.join(sorted(self._asked))}"
                )
        for child in self._children:
            child._note_strangers()


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
