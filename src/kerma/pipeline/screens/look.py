"""The screens of a study in, what they say out: decoded, recognised, read, doubted."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.errors import KermaError
from kerma.extract.screens.pictures import pictures, scanner_of
from kerma.pipeline.screens.blank import Gray, blanked, gray_of, png
from kerma.pipeline.screens.stock import Stocked
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.page import Page
from kerma.screens.picture import Picture
from kerma.screens.read import table_of
from kerma.screens.reading import Reading, Scanner
from kerma.screens.recognise import recognise
from kerma.store import glyph_sets, screens
from kerma.store.models import ScreenPicture

MOST = 40
"""Pictures of one study that are read; more are no dose screens."""

_GONE = (
    "An earlier picture of this study is not kept any more, so that the table cannot be read as a "
    "whole."
)


class Frame(NamedTuple):
    """One picture to read."""

    header: DataSet
    number: int
    """Of the frame in its object, from 0."""
    picture: Picture


class Looked(NamedTuple):
    """What was seen."""

    reading: Reading
    frames: tuple[Frame, ...]
    pages: tuple[Page, ...]
    broken: tuple[tuple[Stocked, KermaError], ...] = ()
    """Screens whose picture cannot be decoded."""

    def shown(self, number: int) -> tuple[bytes, bool]:
        """Return a picture as PNG, and whether all that may name the patient is painted over."""
        gray, table = self.frames[number].picture.gray, self.reading.table
        if table is None or number >= len(self.pages):
            return png(gray), False
        return png(blanked(gray, self.pages[number], table, number)), True


def look(stocked: Sequence[Stocked], before: Sequence[ScreenPicture] = ()) -> Looked:
    """Return what the screens of a study say.

    Parameters
    ----------
    before
        Pictures kept of those of which only the header is left.
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
    pages = tuple(recognise(one.picture, sets) for one in frames)
    reading = _reading(pages, scanner, sets, stocked[0].header.text(tags.PatientID))
    return Looked(reading, tuple(frames), pages, tuple(broken))


def _reading(
    pages: Sequence[Page], scanner: Scanner, sets: Sequence[GlyphSet], patient_id: str
) -> Reading:
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
