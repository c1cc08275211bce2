"""A user in, the links of the top bar and of the user's menu out: only those the user may open."""

from collections.abc import Callable
from typing import NamedTuple

from django.urls import reverse

from kerma.alerts.listing import new_ones
from kerma.web.access import BROWSE, User, may


class Entry(NamedTuple):
    """One link; `groups` as for `kerma.web.access.groups`."""

    label: str
    view: str
    groups: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    waiting: Callable[[], int] | None = None
    """How many new things wait on the page; asked once for each page shown."""

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return reverse(self.view, args=self.arguments)


MAIN = (
    Entry("Home", "home"),
    Entry("CT", "studies", BROWSE, ("ct",)),
    Entry("Fluoroscopy", "studies", BROWSE, ("rf",)),
    Entry("Radiography", "studies", BROWSE, ("dx",)),
    Entry("Mammography", "studies", BROWSE, ("mg",)),
    Entry("Nuclear medicine", "studies", BROWSE, ("nm",)),
)
"""First part of the top bar."""

MORE: tuple[Entry, ...] = (
    Entry("Charts", "charts-home", BROWSE),
    Entry("Levels", "levels", BROWSE),
    Entry("Exports", "exports", ("export",)),
    Entry("Alerts", "alerts", BROWSE, waiting=new_ones),
)
"""Second part of the top bar, after a line."""

OWN = (
    Entry("Your settings", "options"),
    Entry("Change password", "password-change"),
)
"""The user's menu. What a site configures is in the menu of `kerma.web.configuration`."""

CONFIGURATION: tuple[Entry, ...] = (
    Entry("Upload", "upload", ("import-size", "admin")),
    Entry("Patient sizes", "sizes", ("import-size", "admin")),
    Entry("Dose screens", "screens", ("import-size", "admin")),
    Entry("Query", "query", ("import-qr",)),
    Entry("Query summary", "queries", ("import-qr", "admin")),
    Entry("Systems", "systems", (*BROWSE, "admin")),
    Entry("Quarantine", "quarantine", ("admin",)),
    Entry("Health", "health", ("admin",)),
    Entry("Configuration", "configuration", ("admin",)),
)
"""Pages about the site, in the user's menu below a line."""


def allowed(entries: tuple[Entry, ...], user: User) -> list[Entry]:
    """Return the entries the user may open."""
    return [entry for entry in entries if may(user, *entry.groups)]
