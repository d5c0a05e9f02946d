"""The weekly report (每周工作情况通报): a mail to read on a phone, a document to print, a workbook to sort.

Every form is drawn from a snapshot of the figures and from nothing else, so a report once sent can be shown again
byte for byte. No query, no clock and no setting in here, but for `sending`, which takes the snapshot and posts it.
"""

from notifications.reports.drawing import DrawnReport, draw_report
from notifications.reports.sending import queue_weekly_reports, report_owed
from notifications.reports.snapshot import Snapshot, read_snapshot, take_snapshot

__all__ = [
    "DrawnReport",
    "Snapshot",
    "draw_report",
    "queue_weekly_reports",
    "read_snapshot",
    "report_owed",
    "take_snapshot",
]
