"""The pictures of a study in, its table and every doubt about it out."""

from collections.abc import Sequence

from threadpoolctl import ThreadpoolController

from kerma.registry import load_all
from kerma.screens import layouts as _layouts
from kerma.screens.checks import doubts
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.layout import Layout, layouts
from kerma.screens.page import Box, Page, Seen
from kerma.screens.picture import Picture
from kerma.screens.reading import Reading, Scanner, ScreenTable
from kerma.screens.recognise import recognise, unknown_share

__all__ = ["Picture", "read", "table_of"]

NO_LAYOUT = "No known layout of dose screens fits what is written here."
TWO_LAYOUTS = "The pages are of different layouts."

_STRANGE = 0.4
"""Share of unknown shapes from which on a page is in another font: what else seems known on it may
be shapes that fonts share by chance, so nothing on it is taken for read."""

_THREADS = ThreadpoolController()
"""Of the products of matrices: those of letters are so small that a second thread only spins."""


def read(
    pictures: Sequence[Picture],
    scanner: Scanner,
    glyphs: Sequence[GlyphSet],
    patient_id: str = "",
) -> Reading:
    """Return what the screens of one study say.

    Parameters
    ----------
    glyphs
        The sets for this scanner, best first.
    patient_id
        Of the header, to find a screen of another patient.
    """
    with _THREADS.limit(limits=1, user_api="blas"):
        pages = [recognise(picture, glyphs) for picture in pictures]
    trouble = " ".join(dict.fromkeys(page.trouble for page in pages if page.trouble))
    if trouble or not pages:
        return Reading(trouble=trouble or "There is no picture.")
    if any(unknown_share(page) > _STRANGE for page in pages):
        return Reading(unknown=tuple(_unknown(pages, None)), glyph_set=pages[0].glyph_set)
    reading = table_of(pages, scanner, patient_id)
    return Reading(
        table=reading.table,
        doubts=reading.doubts,
        unknown=reading.unknown,
        trouble=reading.trouble,
        glyph_set=pages[0].glyph_set,
    )


def table_of(pages: Sequence[Page], scanner: Scanner, patient_id: str = "") -> Reading:
    """Return what pages say, however their words were recognised."""
    fitting = [layout_of(page, scanner) for page in pages]
    unknown = tuple(_unknown(pages, None))
    if unknown and None in fitting:
        return Reading(unknown=unknown)
    if None in fitting:
        return Reading(trouble=NO_LAYOUT)
    found = {layout.name: layout for layout in fitting if layout}
    if len(found) > 1:
        return Reading(trouble=TWO_LAYOUTS)
    [layout] = found.values()
    table = layout.read(pages, scanner)
    return Reading(
        table=table,
        doubts=doubts(table, pages, scanner, patient_id),
        unknown=tuple(_unknown(pages, table)),
    )


def layout_of(page: Page, scanner: Scanner) -> Layout | None:
    """Return the layout that a page fits, None if there is none."""
    load_all(_layouts)
    return next((layout for layout in layouts if layout.fits(page, scanner)), None)


def _unknown(pages: Sequence[Page], table: ScreenTable | None) -> list[tuple[int, Seen]]:
    """Return the unknown glyphs; those of names of patients need not be known."""
    hidden = table.identity if table else ()
    return [
        (number, one)
        for number, page in enumerate(pages)
        for one in page.unknown
        if not any(place == number and _within(one.box, box) for place, box in hidden)
    ]


def _within(inner: Box, outer: Box) -> bool:
    return (
        outer.x <= inner.x
        and outer.y <= inner.y + inner.height // 2 <= outer.y + outer.height
        and inner.x + inner.width <= outer.x + outer.width
    )
