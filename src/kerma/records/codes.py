"""A coded value: code, coding scheme, meaning (PS3.3 8.8)."""

from kerma.records.base import Record


class Code(Record, frozen=True):
    """One item of a code sequence; `meaning` as in the object."""

    value: str = ""
    scheme: str = ""
    meaning: str = ""
