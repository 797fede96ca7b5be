"""Tables of the room: values and their evidence, money, closed periods, meetings and what was agreed, comments."""

from pallaq.progress.models.meetings import Agreement, Attendance, Comment, DigestSent, Meeting, MeetingState
from pallaq.progress.models.values import ClosedPeriod, Evidence, Spending, Value

__all__ = [
    "Agreement",
    "Attendance",
    "ClosedPeriod",
    "Comment",
    "DigestSent",
    "Evidence",
    "Meeting",
    "MeetingState",
    "Spending",
    "Value",
]
