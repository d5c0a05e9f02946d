"""What people call the device at which somebody is signed in."""

from __future__ import annotations

import re

_BROWSERS = (
    (r"Edg/(\d+)", "Edge"),
    (r"Chrome/(\d+)", "Chrome"),
    (r"Firefox/(\d+)", "Firefox"),
    (r"Version/(\d+).*Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "安卓手机"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_name(agent: str) -> str:
    """What people call a device, as far as its browser tells: Chrome 109，Windows."""
    system = next((name for mark, name in _SYSTEMS if mark in agent), "未知系统")
    for pattern, name in _BROWSERS:
        if found := re.search(pattern, agent):
            return f"{name} {found.group(1)}，{system}"
    return f"未知浏览器，{system}"
