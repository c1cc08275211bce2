"""Every setting of the site and the page it is on: for the side menu and the search of settings."""

from typing import NamedTuple

from django.urls import reverse

from kerma.web.access import BROWSE, User, may

SIZES = ("import-size", "admin")
"""Groups that import sizes and upload objects."""

ADMIN = ("admin",)


class Setting(NamedTuple):
    """One thing a page decides; the words find it too."""

    label: str
    words: str = ""


class Page(NamedTuple):
    """One page of the configuration."""

    label: str
    view: str
    groups: tuple[str, ...]
    about: str
    settings: tuple[Setting, ...] = ()

    @property
    def address(self) -> str:
        """Return the address of the page."""
        return reverse(self.view)


class Section(NamedTuple):
    """Pages that belong together."""

    heading: str
    pages: tuple[Page, ...]


class Found(NamedTuple):
    """A setting that a search has found."""

    setting: Setting
    page: Page


SECTIONS = (
    Section(
        "Data",
        (
            Page(
                "Upload", "upload", SIZES, "Dose reports, images or zip files from this computer."
            ),
            Page(
                "Patient sizes",
                "sizes",
                SIZES,
                "Heights and weights from a CSV list.",
                (Setting("Import of heights and weights", "csv ris bmi patient size"),),
            ),
            Page(
                "Patients and privacy",
                "privacy",
                ADMIN,
                "What is kept of names, ids, birth dates and accession numbers.",
                (
                    Setting("Patient name", "store hash drop identity"),
                    Setting("Patient ID", "store hash drop identity number"),
                    Setting("Date of birth", "store drop identity age"),
                    Setting("Accession number", "store hash drop identity"),
                ),
            ),
            Page(
                "Test data",
                "test-data",
                ADMIN,
                "Patterns that tell tests and quality assurance from patients.",
                (Setting("Not-patient indicators", "pattern wildcard physics qa phantom test"),),
            ),
            Page(
                "Retention",
                "retention",
                ADMIN,
                "What Kerma keeps of the objects, and for how long.",
                (
                    Setting("Keep a copy of dose reports", "rdsr object store delete"),
                    Setting("Keep the headers of images", "object store delete pixel"),
                    Setting("Days to keep copies", "delete expire"),
                    Setting("Days to keep objects in quarantine", "delete expire encrypted"),
                ),
            ),
        ),
    ),
    Section(
        "Names",
        (
            Page(
                "Systems",
                "systems",
                (*BROWSE, *ADMIN),
                "Display names, modality, and the studies of every device.",
                (
                    Setting("Display name", "rename merge station room"),
                    Setting("User-defined modality", "dual rf dx re-sort"),
                    Setting("Name known devices by their observer UID", "automatic adopt"),
                    Setting("Models whose observer UID is not to be trusted", "ignore oec"),
                ),
            ),
            Page(
                "Failed imports",
                "failed-imports",
                ADMIN,
                "Studies without any event.",
                (Setting("Studies without events", "failed import delete"),),
            ),
        ),
    ),
    Section(
        "People",
        (
            Page(
                "Users and groups",
                "users",
                ADMIN,
                "Who may log in, and do what.",
                (
                    Setting("Add a user", "log in account"),
                    Setting("Groups of a user", "rights view export pid import-size admin"),
                    Setting("New password", "reset lost"),
                ),
            ),
            Page(
                "Home page",
                "home-periods",
                ADMIN,
                "Periods of the workload for those who chose none.",
                (Setting("Periods of the home page", "workload days"),),
            ),
        ),
    ),
    Section(
        "Upkeep",
        (
            Page("Quarantine", "quarantine", ADMIN, "Objects that could not be used, and why."),
            Page("Audit log", "audit", ADMIN, "Who changed or deleted what."),
        ),
    ),
)


def sections_for(user: User) -> list[Section]:
    """Return the sections with the pages the user may open."""
    found = [
        Section(s.heading, tuple(page for page in s.pages if may(user, *page.groups)))
        for s in SECTIONS
    ]
    return [section for section in found if section.pages]


def find(user: User, words: str) -> list[Found]:
    """Return the settings that have all the words in their names or their page's."""
    wanted = words.casefold().split()
    found = []
    for section in sections_for(user):
        for page in section.pages:
            for setting in page.settings or (Setting(page.label),):
                text = f"{setting.label} {setting.words} {page.label} {page.about}".casefold()
                if all(word in text for word in wanted):
                    found.append(Found(setting, page))
    return found
