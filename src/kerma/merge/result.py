"""What merging the sources of one study yields before the header is put on top."""

from kerma.records import Event, ImageSeries, Totals
from kerma.records.base import Record


class Merged(Record, frozen=True):
    """Events, series and totals of one study, and the fate of its sources."""

    events: tuple[Event, ...]
    totals: Totals
    series: tuple[ImageSeries, ...] = ()
    states: dict[str, str] = {}
    """SOP Instance UID -> state, for the sources that are not active."""
    notes: tuple[str, ...] = ()
