"""Canon Aquilion: the pages of Toshiba, whose scanners these were; see `information_pages`.

No picture of a Canon screen is public: what differs from Toshiba's is not known, only that kV is
met among the headings. Anything else is a doubt.
"""

from collections.abc import Sequence

from kerma.screens.information_pages import fits, read
from kerma.screens.layout import Layout, layouts
from kerma.screens.page import Page
from kerma.screens.reading import Scanner, ScreenTable


def _fits(page: Page, scanner: Scanner) -> bool:
    return fits(page) and "canon" in scanner.manufacturer.casefold()


def _read(pages: Sequence[Page], scanner: Scanner) -> ScreenTable:
    return read("canon", pages, scanner)


layouts.add(Layout("canon", _fits, _read))
