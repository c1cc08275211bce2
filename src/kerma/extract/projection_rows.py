"""A container of a report in, its rows out wherever in it the device put them."""

from collections.abc import Iterable

from kerma.dicom.codes import Key
from kerma.dicom.content import CONTENT, ContentItem
from kerma.dicom.dataset import DataSet


class Rows(ContentItem):
    """Rows that are read as if they stood in one container, in this order of precedence."""

    __slots__ = ()

    def __init__(self, data_set: DataSet, rows: list[ContentItem]) -> None:
        super().__init__(data_set)
        self._children = rows

    def by_concept(self) -> dict[Key, list[ContentItem]]:
        """Return all rows by their concept."""
        if self._by_key is None:
            self.find(_ANY)
        return self._by_key or {}


def gathered(item: ContentItem, apart: Iterable[Key] = ()) -> Rows:
    """Return the rows of `item`, and those of the groups below it that it does not have itself.

    The templates have no groups but the X-ray filters, which a caller keeps apart; devices put
    source or mechanical data, or private rows, into containers of their own.
    """
    rows = list(item.children)
    groups = [each for each in rows if _is_group(each) and each.concept not in apart]
    if groups:
        own = {each.concept for each in rows}
        nested = (row for group in groups for row in gathered(group, apart).children)
        rows += [row for row in nested if row.concept not in own]
    return Rows(item.data_set, rows)


def containers(item: ContentItem, concept: Key) -> list[ContentItem]:
    """Return the items of `concept` directly below; only if there are none, those deeper down."""
    found = item.find(concept)
    if found:
        return found
    return [
        deeper
        for child in item.children
        if _is_group(child)
        for deeper in containers(child, concept)
    ]


def _is_group(item: ContentItem) -> bool:
    return CONTENT in item.data_set and item.value_type == "CONTAINER"


_ANY = Key("", "")
