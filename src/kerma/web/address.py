"""What a list page is asked in, and the addresses that change one thing of it out."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

RESERVED = frozenset({"page", "columns", "size"})
"""Parameters of a list that are no filters."""


class Address(NamedTuple):
    """The address of a list: its modality and its parameters, in their order."""

    modality: str
    pairs: tuple[tuple[str, str], ...]
    view: str = "studies"
    """Name of the page; that of charts has the same filters."""

    @classmethod
    def of(cls, modality: str, query: QueryDict) -> "Address":
        """Return the address without parameters that say nothing."""
        pairs = ((name, text) for name, texts in query.lists() for text in texts if text.strip())
        return cls(modality, tuple(pairs))

    @property
    def filters(self) -> tuple[tuple[str, str], ...]:
        """Return the filters and the order."""
        return tuple(pair for pair in self.pairs if pair[0] not in RESERVED)

    def without(self, *names: str) -> "Address":
        """Return the address without some parameters, on its first page."""
        gone = {*names, "page"}
        return self._replace(pairs=tuple(pair for pair in self.pairs if pair[0] not in gone))

    def having(self, **changes: str | int) -> "Address":
        """Return the address with some parameters changed, on its first page unless told."""
        changed = tuple((name, str(value)) for name, value in changes.items())
        return self._replace(pairs=self.without(*changes).pairs + changed)

    @property
    def query(self) -> str:
        """Return the parameters as text."""
        return urlencode(self.pairs)

    def path(self, view: str = "") -> str:
        """Return the whole address of the list, or of a part of it."""
        return _with(reverse(view or self.view, args=[self.modality.lower()]), self.pairs)

    def study(self, number: int) -> str:
        """Return the address of a study that remembers this list."""
        came_from = urlencode(self.filters)
        pairs = [("list", came_from)] if came_from else []
        return _with(reverse("study", args=[number]), pairs)


def _with(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    query = urlencode(tuple(pairs))
    return f"{path}?{query}" if query else path
