"""The content tree of a structured report (PS3.3 C.17.3), as one kind of node.

Both readers give data sets; this gives their content items. Sources and quirks work on these.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import cast

from kerma.dicom.codes import Key, key
from kerma.dicom.dataset import DataSet, SharedItem, as_code
from kerma.records import Code

CONTENT = 0x0040A730
_CONCEPT_NAME = 0x0040A043
_CONCEPT_CODE = 0x0040A168
_MEASURED = 0x0040A300
_NUMERIC = 0x0040A30A
_FLOATING_POINT = 0x0040A161
_UNITS = 0x004008EA
_CODE_VALUE = 0x00080100
_CODING_SCHEME = 0x00080102
_VALUE_TYPE = 0x0040A040
_RELATIONSHIP = 0x0040A010
_TEXT = 0x0040A160
_UID = 0x0040A124
_DATETIME = 0x0040A120
_DATE = 0x0040A121
_TIME = 0x0040A122
_PERSON = 0x0040A123
_REFERENCED_SOP = 0x00081199
_REFERENCED_SOP_UID = 0x00081155
_TEMPLATE = 0x0040A504
_TEMPLATE_ID = 0x0040DB00


class ContentItem:
    """One content item. Children are made when first asked for.

    Relationship types, template identifiers and code meanings are often wrong and are never
    needed to find a row; they are there for quirks and for people.
    """

    __slots__ = ("_by_key", "_children", "data_set")

    def __init__(self, data_set: DataSet) -> None:
        self.data_set = data_set
        self._children: list[ContentItem] | None = None
        self._by_key: dict[Key, list[ContentItem]] | None = None

    @property
    def notes(self) -> list[str]:
        """Sentences about what was left out while reading the object."""
        return self.data_set.notes

    @property
    def children(self) -> "list[ContentItem]":
        """The items directly below."""
        if self._children is None:
            self._children = [ContentItem(item) for item in self.data_set.items(CONTENT)]
        return self._children

    def by_concept(self) -> "dict[Key, list[ContentItem]]":
        """Return the items directly below by their concept name, made when first asked for."""
        if self._by_key is None:
            self._by_key = {}
            for child in self.children:
                self._by_key.setdefault(child.concept, []).append(child)
        return self._by_key

    def find(self, concept: Key) -> "list[ContentItem]":
        """Return the items directly below whose concept name is `concept`."""
        known = self._by_key
        return (self.by_concept() if known is None else known).get(concept, [])

    def changed(self) -> None:
        """Forget what was indexed, after a quirk has changed the tree below."""
        self._by_key = None

    @property
    def concept(self) -> Key:
        """The concept name, synonyms folded; Key("", "") if there is none."""
        names = self.data_set.items(_CONCEPT_NAME)
        if not names:
            return _NAMELESS
        name = names[0]
        if not isinstance(name.elements, SharedItem):
            return _key_of(name.raw(_CODE_VALUE), name.raw(_CODING_SCHEME))
        if not hasattr(name.elements, "key"):
            name.elements.key = _key_of(name.raw(_CODE_VALUE), name.raw(_CODING_SCHEME))
        return cast("Key", name.elements.key)

    @property
    def concept_code(self) -> Code | None:
        """The concept name as the object writes it."""
        return self.data_set.code(_CONCEPT_NAME)

    @property
    def value_type(self) -> str:
        """The value type: CONTAINER, NUM, CODE, TEXT and so on."""
        return self.data_set.first(_VALUE_TYPE)

    @property
    def relationship(self) -> str:
        """The relationship to the parent: CONTAINS, HAS OBS CONTEXT and so on."""
        return self.data_set.first(_RELATIONSHIP)

    @property
    def template(self) -> str:
        """Template identifier, "" if not said."""
        found = self.data_set.item(_TEMPLATE)
        return found.first(_TEMPLATE_ID) if found else ""

    @property
    def code(self) -> Code | None:
        """The value of a CODE item."""
        return self.data_set.code(_CONCEPT_CODE)

    @property
    def text(self) -> str:
        """The value of a TEXT item, or whatever other value the device put there, as text."""
        for tag in (_TEXT, _PERSON, _UID, _DATETIME, _DATE, _TIME):
            if tag in self.data_set:
                return self.data_set.text(tag)
        code = self.code
        return code.meaning or code.value if code else ""

    @property
    def uid(self) -> str:
        """The value of a UIDREF item; a UID in a TEXT item is met and taken."""
        return self.data_set.first(_UID) or self.data_set.first(_TEXT)

    @property
    def measured(self) -> "list[DataSet]":
        """The items of the Measured Value Sequence, none if it is empty (PS3.3 C.18.1)."""
        return self.data_set.items(_MEASURED)

    @property
    def referenced_sop_uid(self) -> str:
        """SOP Instance UID of an IMAGE or COMPOSITE item."""
        found = self.data_set.item(_REFERENCED_SOP)
        return found.first(_REFERENCED_SOP_UID) if found else ""

    def set_number(self, value: float, unit: str | None = None) -> None:
        """Replace the number of a NUM item, and its unit if given, as a quirk does."""
        for measured in self.measured:
            measured.put(_NUMERIC, value)
            if unit is not None:
                self.set_unit(unit)

    def set_unit(self, unit: str) -> None:
        """Replace the unit of a NUM item, as a quirk does."""
        for measured in self.measured:
            for code in measured.items(_UNITS):
                code.put(0x00080100, unit)

    def walk(self) -> "Iterator[ContentItem]":
        """Yield this item and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def unit_code(measured: DataSet) -> Code | None:
    """Return the unit of a measured value item."""
    found = measured.item(_UNITS)
    return as_code(found) if found else None


def unit_of(measured: DataSet) -> str:
    """Return the unit's code value; its meaning where only that is given; "" if absent."""
    found = measured.item(_UNITS)
    if found is None:
        return ""
    code = found.raw(_CODE_VALUE)
    plain = _first(code) if code.isascii() and b"\x1b" not in code else found.first(_CODE_VALUE)
    return plain or found.first(0x00080104)


def numbers_of(measured: DataSet) -> list[float]:
    """Return the numeric values of a measured value item; DS may hold several.

    Where there is no Numeric Value, the Floating Point Value (PS3.3 C.18.1) stands in.
    """
    return measured.numbers(_NUMERIC) or measured.numbers(_FLOATING_POINT)


@lru_cache(maxsize=4096)
def _key_of(value: bytes, scheme: bytes) -> Key:
    """Return the key of a code as it is encoded; remembered, because every row has one."""
    return key(_first(value), _first(scheme))


@lru_cache(maxsize=4096)
def _first(value: bytes) -> str:
    return value.decode("ascii", "replace").partition("\\")[0].strip(" \0\r\n\t")


_NAMELESS = Key("", "")
