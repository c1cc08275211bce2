"""What a layout of dose screens is, and the registry of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kerma.registry import Registry
from kerma.screens.page import Page
from kerma.screens.reading import Scanner, ScreenTable


@dataclass(frozen=True, slots=True)
class Layout:
    """One maker's way to draw the table.

    `fits` says whether a page is of this layout; `read` returns the table of all pages of a study,
    which need not be in order.
    """

    name: str
    fits: Callable[[Page, Scanner], bool]
    read: Callable[[Sequence[Page], Scanner], ScreenTable]


layouts: Registry[Layout] = Registry("layout of dose screens")
