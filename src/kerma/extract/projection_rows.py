"""A container of a report in, its rows out wherever in it the device put them."""

from collections.abc import Collection, Iterable

from kerma.dicom.codes import Key
from kerma.dicom.content import CONTENT, ContentItem
from kerma.dicom.dataset import DataSet


class Rows(ContentItem):
    """Rows by their concept, read as if they all stood in one container."""

    __slots__ = ()

    def __init__(self, data_set: DataSet, rows: dict[Key, list[ContentItem]]) -> None:
        super().__init__(data_set)
        self._by_key = rows

    @property
    def children(self) -> list[ContentItem]:
        """The rows, those of one concept together."""
        return [row for found in self.by_concept().values() for row in found]

    def joined(self, others: Iterable["Rows"]) -> "Rows":
        """Return these rows followed by those of `others`."""
        rows = {concept: list(found) for concept, found in self.by_concept().items()}
        for other in others:
            for concept, found in other.by_concept().items():
                rows.setdefault(concept, []).extend(found)
        return Rows(self.data_set, rows)


def gathered(item: ContentItem, apart: Collection[Key] = ()) -> Rows:
    """Return the rows of `item`, and those of the groups below it that it does not have itself.

    The templates have no groups but the X-ray filters, which a caller keeps apart; devices put
    source or mechanical data, or private rows, into containers of their own.
    """
    own = item.by_concept()
    groups = [
        each
        for concept, found in own.items()
        for each in found
        if concept not in apart and _is_group(each)
    ]
    if not groups:
        return Rows(item.data_set, own)
    rows = dict(own)
    for group in groups:
        for concept, found in gathered(group, apart).by_concept().items():
            if concept not in own:
                rows[concept] = [*rows.get(concept, ()), *found]
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
