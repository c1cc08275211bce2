"""A part of a chart in, the parameters of the list of the studies behind it out."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from kerma.charts.base import Series
from kerma.web.address import Address


class Links(NamedTuple):
    """Makes addresses of lists; `common` is what all parts of the chart have in common."""

    address: Address
    """The list with the filters of the chart."""
    common: tuple[tuple[str, str], ...]
    """What is true of every case: level, value, acquisition type, how texts are compared."""
    systems: Mapping[str, int]
    """Display name -> number."""
    dated: bool = False
    """Whether every part has dates of its own."""
    by_physician: bool = False

    @property
    def base(self) -> str:
        """Return the address to which the parameters of a part are added."""
        gone = ["behind", *(["system"] if self.systems else [])]
        gone += ["date_from", "date_until"] if self.dated else []
        path = self.address.without(*gone).path()
        return f"{path}{'&' if '?' in path else '?'}"

    def part(self, series: Series, item: str | None = None, **more: str | float | bool) -> str:
        """Return the parameters of one part.

        `low`, `high` and `closed` bound the value; `weekday` and `hour` the time of the study.
        """
        behind = [*self.common]
        if item is not None:
            behind.append(("item", item))
        if self.by_physician:
            behind.append(("physician", series.split))
        behind += [(name, _text(value)) for name, value in more.items()]
        pairs = [("behind", urlencode(behind))]
        if series.system in self.systems:
            pairs.append(("system", str(self.systems[series.system])))
        return urlencode(pairs)

    def dates(self, first: dt.date, last: dt.date) -> str:
        """Return the parameters of a period, cut to the dates of the chart."""
        given = dict(self.address.pairs)
        start = max(first.isoformat(), given.get("date_from", ""))
        end = min(last.isoformat(), given.get("date_until", "9999-12-31"))
        return urlencode([("date_from", start), ("date_until", end)])


def _text(value: str | float | bool) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return repr(value) if isinstance(value, float) else str(value)
