"""The screens of a study in, what they say out: decoded, recognised, read, doubted."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.screen_header import names_dose
from kerma.errors import KermaError
from kerma.extract.screens.pictures import pictures, scanner_of
from kerma.pipeline.screens.blank import Gray, blanked, gray_of, png
from kerma.pipeline.screens.stock import Stocked
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.images import is_image
from kerma.screens.page import Page
from kerma.screens.picture import Picture
from kerma.screens.read import layout_of, table_of
from kerma.screens.reading import Doubt, Reading, Scanner, ScreenTable
from kerma.screens.recognise import recognise
from kerma.store import glyph_sets, screens
from kerma.store.models import ScreenPicture

MOST = 40
"""Pictures of one study that are read; more are no dose screens."""

_GONE = (
    "An earlier picture of this study is not kept any more, so that the table cannot be read as a "
    "whole."
)
_IMAGES = "The pictures seem to be images of the patient, not tables of text."
_UNPROVED = Doubt(
    name="picture left out",
    sentence="A picture beside the screens seems to be an image and was left out, and no total "
    "proves that the table is whole. Look whether the picture goes with it.",
)


class Frame(NamedTuple):
    """One picture to read."""

    header: DataSet
    number: int
    """Of the frame in its object, from 0."""
    picture: Picture

    @property
    def name(self) -> str:
        """SOP Instance UID, and the number of the frame after the first."""
        sop = self.header.first(tags.SOPInstanceUID)
        return f"{sop}#{self.number}" if self.number else sop


class Looked(NamedTuple):
    """What was seen."""

    reading: Reading
    frames: tuple[Frame, ...]
    """Those that were read first, those left out behind them."""
    pages: tuple[Page, ...]
    """What was seen on those that were read; none where they cannot be read together."""
    broken: tuple[tuple[Stocked, KermaError], ...] = ()
    """Screens whose picture cannot be decoded."""

    @property
    def read(self) -> tuple[Frame, ...]:
        """Those that were not left out."""
        return self.frames[: len(self.frames) - len(self.reading.left_out)]

    def shown(self, number: int) -> tuple[bytes, bool]:
        """Return a picture as PNG, and whether all that may name the patient is painted over.

        Nothing is left of one that was left out, once nobody has to look at it.
        """
        gray, table = self.frames[number].picture.gray, self.reading.table
        if self.reading.is_believed and number >= len(self.pages):
            return png(np.zeros_like(gray)), True
        if table is None or number >= len(self.pages):
            return png(gray), False
        return png(blanked(gray, self.pages[number], table, number)), True


def look(
    stocked: Sequence[Stocked],
    before: Sequence[ScreenPicture] = (),
    left_out: Collection[str] = (),
) -> Looked:
    """Return what the screens of a study say.

    Parameters
    ----------
    before
        Pictures kept of those of which only the header is left.
    left_out
        Those of them that were images, as `Reading.left_out`.
    """
    frames, broken, trouble = _frames(stocked, before)
    if len(frames) > MOST:
        trouble = f"There are more than {MOST} pictures; no dose report has as many pages."
    scanners = {scanner_of(one.header) for one in stocked}
    if len(scanners) > 1:
        trouble = "The pictures are of several scanners, or of several software versions."
    if trouble or not frames:
        return Looked(Reading(trouble=trouble), tuple(frames[:MOST]), (), tuple(broken))
    scanner = scanner_of(stocked[0].header)
    sets = [glyph_sets.record_of(one) for one in glyph_sets.sets_for(scanner)]
    gone = {one.sop for one in stocked if not one.data}
    painted = {name for name in left_out if name.split("#")[0] in gone}
    seen = [(one, recognise(one.picture, sets)) for one in frames if one.name not in painted]
    beside = {one.name for one, page in seen if _is_beside(one, page, scanner)} | painted
    pages = tuple(page for one, page in seen if one.name not in beside)
    reading = _reading(pages, scanner, sets, stocked[0].header.text(tags.PatientID))
    in_order = sorted(frames, key=lambda one: one.name in beside)
    found = _without(reading, [one.name for one in in_order if one.name in beside])
    return Looked(found, tuple(in_order), pages, tuple(broken))


def _is_beside(frame: Frame, page: Page, scanner: Scanner) -> bool:
    """Whether a picture is an image beside the screens, and by nothing a page of them."""
    return (
        not names_dose(frame.header)
        and layout_of(page, scanner) is None
        and is_image(frame.picture, page)
    )


def _without(reading: Reading, left_out: Sequence[str]) -> Reading:
    """Return a reading that says what was left out, and is believed only if no page can be lost."""
    found = replace(reading, left_out=tuple(left_out))
    if not left_out or reading.table is None or _has_total(reading.table):
        return found
    return replace(found, doubts=(*reading.doubts, _UNPROVED))


def _has_total(table: ScreenTable) -> bool:
    totals = (table.total_dlp_mgycm, table.total_dlp_head_mgycm, table.total_dlp_body_mgycm)
    return any(total is not None for total in totals)


def _reading(
    pages: Sequence[Page], scanner: Scanner, sets: Sequence[GlyphSet], patient_id: str
) -> Reading:
    if not pages:
        return Reading(trouble=_IMAGES)
    trouble = " ".join(dict.fromkeys(page.trouble for page in pages if page.trouble))
    if trouble:
        return Reading(trouble=trouble)
    reading = table_of(pages, scanner, patient_id)
    return replace(reading, glyph_set=sets[0].name if sets else "")


def _frames(
    stocked: Sequence[Stocked], before: Sequence[ScreenPicture]
) -> tuple[list[Frame], list[tuple[Stocked, KermaError]], str]:
    """Return the pictures, the screens that have none, and what is wrong."""
    frames: list[Frame] = []
    broken: list[tuple[Stocked, KermaError]] = []
    trouble = ""
    for one in stocked:
        try:
            found = _decoded(one) if one.data else _kept(one, before)
        except KermaError as error:
            broken.append((one, error))
            trouble = trouble or f"A picture cannot be read: {error}"
            continue
        trouble = trouble or ("" if found else _GONE)
        frames += [Frame(one.header, number, picture) for number, picture in enumerate(found)]
        if len(frames) > MOST:
            break
    return frames, broken, trouble


def _decoded(one: Stocked) -> list[Picture]:
    return pictures(one.data)


def _kept(one: Stocked, before: Sequence[ScreenPicture]) -> list[Picture]:
    """Return the pictures that were kept when the object went."""
    mine = [each for each in before if each.sop_instance_uid.split("#")[0] == one.sop]
    return [Picture(_gray(each), each.is_lossy) for each in mine if each.sealed_picture]


def _gray(picture: ScreenPicture) -> Gray:
    return gray_of(screens.png(picture))
