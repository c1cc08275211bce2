"""What a source and a quirk are, and the one function that uses them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.codes import dcm
from kerma.dicom.content import CONTENT, ContentItem
from kerma.dicom.dataset import DataSet
from kerma.errors import ContentError, KermaError, NoDose, UnsupportedObject
from kerma.records import StudyRecord
from kerma.registry import Registry
from kerma.screens.glyph_set import GlyphSet

EXTRACTOR_VERSION = 1
"""Raised with every change that can make a stored object read differently: see `kerma reread`."""


class DoseObject:
    """One DICOM object on its way to a record: its header, and its content if it is a report.

    It is read from bytes for this one purpose, so a quirk may change it.
    """

    def __init__(
        self, header: DataSet, path: Path | None = None, glyphs: Sequence[GlyphSet] = ()
    ) -> None:
        self.header = header
        self.path = path
        """Where its pixels are, for pictures of dose screens; None if they are not to be read."""
        self.glyphs = glyphs
        """To read such pictures with."""

    @cached_property
    def root(self) -> ContentItem:
        """The root content item; without children if the object is no report."""
        return ContentItem(self.header)

    @property
    def is_report(self) -> bool:
        """Whether the object is a structured report."""
        return CONTENT in self.header or self.header.first(tags.Modality) == "SR"

    @property
    def sop_class(self) -> str:
        """SOP Class UID."""
        return self.header.first(tags.SOPClassUID)

    @property
    def modality(self) -> str:
        """Modality (0008,0060) as in the object."""
        return self.header.first(tags.Modality).upper()

    @property
    def manufacturer(self) -> str:
        """Manufacturer as in the object; of the observer where the header has none."""
        return self.header.text(tags.Manufacturer)

    @property
    def model(self) -> str:
        """Manufacturer's model name as in the object."""
        return self.header.text(tags.ManufacturerModelName)

    @property
    def software_versions(self) -> str:
        """Software versions as in the object."""
        return self.header.text(tags.SoftwareVersions)


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of object we can read: `accepts` says whether, `read` does it."""

    name: str
    accepts: Callable[[DoseObject], bool]
    read: Callable[[DoseObject], StudyRecord]


@dataclass(frozen=True, slots=True)
class Quirk:
    """One thing a device family gets wrong: `applies` says when, `repair` changes the object.

    `evidence` says how we know: device, software version, document or sample object.
    """

    name: str
    evidence: str
    applies: Callable[[DoseObject], bool]
    repair: Callable[[DoseObject], None]


sources: Registry[Source] = Registry("source")
quirks: Registry[Quirk] = Registry("quirk")


def extract(found: DoseObject) -> StudyRecord:
    """Return what an object says about dose.

    Raises
    ------
    NoDose
        If the object is of a known class that carries no dose, e.g. an ordinary image.
    UnsupportedObject
        If no source accepts the object.
    ContentError
        If a value cannot be read without guessing.
    """
    applied = []
    for quirk in quirks:
        if quirk.applies(found):
            quirk.repair(found)
            applied.append(quirk.name)
    source = _source_of(found)
    record = source.read(found)
    return replace(record, quirks=tuple(applied), notes=(*record.notes, *found.header.notes))


def _source_of(found: DoseObject) -> Source:
    chosen = [source for source in sources if source.accepts(found)]
    if not chosen:
        raise _refusal(found)
    if len(chosen) > 1:
        kinds = " and ".join(source.name.replace("_", " ") for source in chosen)
        raise ContentError(f"This report contradicts itself: it is {kinds} at once.")
    return chosen[0]


def _refusal(found: DoseObject) -> KermaError:
    """Return the reason why no source reads the object, by what it is."""
    if found.is_report or found.sop_class.startswith(_REPORTS):
        title = found.root.concept_code
        named = title.meaning or title.value if title else "no title"
        if found.root.concept == _DOSE_REPORT:
            return NoDose(f"This {named} holds neither totals nor irradiation events.")
        return UnsupportedObject(f"This structured report ({named}) is no dose report.")
    if tags.Rows in found.header or found.modality in _KNOWN_WITHOUT_DOSE:
        kind = f"{found.modality} image" if found.modality else "image"
        return NoDose(f"This {kind} carries no dose values.")
    if found.sop_class.startswith(_STORAGE):
        return NoDose(f"Objects of SOP class {found.sop_class} carry no dose values.")
    return UnsupportedObject(
        f"No source reads objects of SOP class {found.sop_class or 'unknown'}."
    )


_DOSE_REPORT = dcm("113701")
_STORAGE = "1.2.840.10008.5.1.4.1.1."
"""What the UIDs of DICOM's own storage classes begin with (PS3.4 B.5)."""

_REPORTS = f"{_STORAGE}88."
"""What those of structured reports begin with."""

_KNOWN_WITHOUT_DOSE = frozenset(
    ("CT", "MR", "US", "OT", "SC", "PR", "KO", "SEG", "REG", "RTSTRUCT", "RTPLAN", "RTDOSE",
     "RTIMAGE", "XA", "RF", "ES", "OP", "DOC", "IO", "PX", "DX", "CR", "MG", "NM", "PT")
)  # fmt: skip
"""Modalities whose objects are met in a study and may carry no dose."""
