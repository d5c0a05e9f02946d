"""Days as people type them where a browser has no calendar of its own: 2026-5-3, 2026.5.3, 2026年5月3日.

Full-width digits and signs are the same. A day without a year is none: a year is never guessed.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_SEPARATED = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?号?")
_IN_ONE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def read_day(text: str) -> date:
    """The day that a text says and nothing else. Raises ValueError where it says none, or one that is not there."""
    plain = unicodedata.normalize("NFKC", text).replace("。", ".").strip()
    found = _IN_ONE.fullmatch(plain) or _SEPARATED.fullmatch(plain)
    if found is None:
        raise ValueError(text)
    year, month, day = found.groups()
    return date(int(year), int(month), int(day))
