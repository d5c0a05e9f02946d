"""What a line of a log says beside what happened."""

from __future__ import annotations

from freezegun import freeze_time

from runtime.logging import tell_time


class TestTellTime:
    @freeze_time("2026-11-22 20:30:05.250")
    def test_a_line_tells_the_time_of_the_office_with_its_offset(self) -> None:
        assert tell_time(None, "info", {"event": "开始提供服务"}) == {
            "event": "开始提供服务",
            "timestamp": "2026-11-23T04:30:05.250+08:00",
        }
