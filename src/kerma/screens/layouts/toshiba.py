"""Toshiba Aquilion: see `information_pages`."""

from collections.abc import Sequence

from kerma.screens.information_pages import fits, read
from kerma.screens.layout import Layout, layouts
from kerma.screens.page import Page
from kerma.screens.reading import Scanner, ScreenTable


def _fits(page: Page, scanner: Scanner) -> bool:
    return fits(page) and "canon" not in scanner.manufacturer.casefold()


def _read(pages: Sequence[Page], scanner: Scanner) -> ScreenTable:
    return read("toshiba", pages, scanner)


layouts.add(Layout("toshiba", _fits, _read))
