"""Every setting of the site and the page it is on: for the side menu and the search of settings."""

from typing import NamedTuple

from django.urls import reverse

from kerma.web.access import BROWSE, User, may

SIZES = ("import-size", "admin")
"""Groups that import sizes and upload objects."""

ADMIN = ("admin",)

QUERIES = ("import-qr", "admin")
"""Groups that see queries, schedules and completeness; only import-qr begins a query by hand."""


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
                "Doses of the past",
                "doses",
                SIZES,
                "CT doses entered by hand or from a CSV list.",
                (
                    Setting("Import of historical doses", "csv list past old manual dlp ctdivol"),
                    Setting("Enter a study by hand", "manual entry typed form ct"),
                ),
            ),
            Page(
                "Estimated doses",
                "estimated-doses",
                SIZES,
                "CT studies whose dose is estimated from the headers of their images.",
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
                    Setting("Keep copies of dose reports", "rdsr object store deletion"),
                    Setting(
                        "Keep the headers of images",
                        "object store deletion pixel mammography radiography nuclear philips ct",
                    ),
                    Setting("Days to keep copies", "delete expire"),
                    Setting("Files deleted after an import", "deletion unmatched source object"),
                    Setting("Days to keep objects in quarantine", "delete expire encrypted"),
                ),
            ),
            Page(
                "Export settings",
                "export-settings",
                ADMIN,
                "How exports write dates and times, and how long their files are kept.",
                (
                    Setting("Dates and times in exports", "format csv xlsx excel"),
                    Setting("Days to keep exports", "delete expire files"),
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
                "Standard names",
                "names",
                ADMIN,
                "What the site calls examinations and acquisitions, whatever devices write.",
                (
                    Setting("Standard names of studies", "mapping procedure description rename"),
                    Setting("Standard names of acquisitions", "mapping protocol rename"),
                    Setting("RadLex and LOINC codes", "playbook rpid"),
                    Setting("Import and export standard names", "csv table"),
                ),
            ),
            Page(
                "Reference levels",
                "level-links",
                ADMIN,
                "Published sets of reference levels, their links, and the levels of the site.",
                (
                    Setting("Published reference levels", "drl ndrl national diagnostic link"),
                    Setting("Levels of the site", "local drl ldrl typical own"),
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
        "Analysis",
        (
            Page(
                "Computed doses",
                "computed-doses",
                ADMIN,
                "Size-specific, effective and average glandular dose, worked out by Kerma.",
                (
                    Setting("Size-specific dose estimate", "ssde aapm 204 ct diameter compute"),
                    Setting(
                        "Measure patients in CT images",
                        "size water equivalent diameter dw aapm 220 axial ssde",
                    ),
                    Setting("Effective dose", "msv icrp k factor dlp coefficient compute nuclear"),
                    Setting("Average glandular dose", "agd mammography dance compute"),
                ),
            ),
            Page(
                "Skin dose",
                "skin-settings",
                ADMIN,
                "Maps of the dose to the skin: geometry of each model, calibration of tubes.",
                (
                    Setting("Skin dose maps", "openskin peak psd phantom body map"),
                    Setting("Geometry of a model", "safe list table angle offset isocentre"),
                    Setting("Calibration of tubes", "factor dap meter kerma reference point"),
                    Setting("Sum of skin dose maps", "cumulative patient weeks"),
                ),
            ),
        ),
    ),
    Section(
        "Alerts",
        (
            Page(
                "Alert rules",
                "alert-rules",
                ADMIN,
                "Levels and other rules by which studies alert, and sums over a patient.",
                (
                    Setting("Alert levels", "high dose dap reference point skin fluoro threshold"),
                    Setting("Percentiles and outliers", "alert rule size mass"),
                    Setting("Activity against a prescription", "alert nuclear mbq kg eanm"),
                    Setting("Sums over a patient", "cumulative weeks accumulated recalculate"),
                    Setting("Reasons for an alert", "justification codes"),
                ),
            ),
            Page(
                "Recipients of alerts",
                "alert-recipients",
                ADMIN,
                "Who is told of alerts by e-mail, and programs told by webhooks.",
                (
                    Setting("Recipients of alerts", "mail e-mail notification users digest"),
                    Setting("Hour of the daily e-mail", "digest"),
                    Setting("Webhooks", "http post json secret chat ticket"),
                ),
            ),
        ),
    ),
    Section(
        "Messages",
        (
            Page(
                "E-mail",
                "mail",
                ADMIN,
                "The server that takes the messages of Kerma, and a test.",
                (
                    Setting("E-mail server", "smtp host port mail exchange"),
                    Setting("Encryption of e-mail", "tls ssl starttls smtp certificate"),
                    Setting("Sender and address of Kerma", "mail from url link"),
                ),
            ),
        ),
    ),
    Section(
        "Arrivals",
        (
            Page(
                "Arrivals",
                "arrivals",
                QUERIES,
                "Every object that came by itself, what became of it, and why.",
            ),
            Page(
                "Rules of arrival",
                "arrival-rules",
                ADMIN,
                "What is ignored, kept for physics, or collected, before anything is read.",
                (
                    Setting(
                        "Objects to ignore", "manufacturer model station software serial orthanc"
                    ),
                    Setting("Physics studies to keep", "qa test pattern filtering orthanc"),
                    Setting("Scanners without reports", "toshiba ge extractor ct collect"),
                    Setting("Estimate doses from CT images", "ctdivol header estimated no report"),
                    Setting("Days to keep the log of arrivals", "expire delete"),
                    Setting("Import the lists of OpenREM", "orthanc lua docker yaml script"),
                ),
            ),
            Page("Physics studies", "physics", ADMIN, "Tests of physicists, kept as zip files."),
            Page("Collected studies", "collected", ADMIN, "Studies of scanners without reports."),
            Page(
                "Watched folders",
                "watched",
                ADMIN,
                "Folders from which files are imported by themselves.",
                (Setting("Watched folders", "import directory drop share orthanc"),),
            ),
        ),
    ),
    Section(
        "Scanners without reports",
        (
            Page(
                "Dose screens",
                "screens",
                SIZES,
                "Pictures of dose tables that wait for a person: letters to be taught, doubts.",
                (
                    Setting("Review of dose screens", "ct toshiba ge siemens ocr correct table"),
                    Setting("Letters of a scanner", "ocr teach trainer font glyph"),
                ),
            ),
            Page(
                "Glyph sets",
                "glyph-sets",
                SIZES,
                "Which shape stands for which letter on the screens of a scanner.",
                (Setting("Import and export glyph sets", "ocr font letters share file"),),
            ),
        ),
    ),
    Section(
        "Network",
        (
            Page(
                "DICOM network",
                "network",
                ADMIN,
                "Stores that receive, and PACS and modalities that are queried.",
                (
                    Setting("Local stores", "scp receive port ae title tls c-echo orthanc"),
                    Setting(
                        "Remote nodes",
                        "pacs qr query retrieve c-move c-get c-echo dicomweb ae title tls",
                    ),
                    Setting("Modality in study query", "impax filter"),
                    Setting("Pause between requests to a node", "delay polite"),
                ),
            ),
            Page(
                "Query",
                "query",
                ("import-qr",),
                "Ask a node for studies, and fetch their dose.",
                (
                    Setting(
                        "Options of a query",
                        "modality days description station sr only duplicates toshiba empty",
                    ),
                ),
            ),
            Page(
                "Query summary",
                "queries",
                QUERIES,
                "What queries found, kept or dropped and why, and what became of it.",
                (Setting("Days to keep queries", "delete expire history summary"),),
            ),
            Page(
                "Schedules",
                "schedules",
                QUERIES,
                "Queries that repeat at chosen hours of the week.",
                (Setting("Scheduled queries", "hours night weekend repeat timer"),),
            ),
            Page(
                "Completeness",
                "completeness",
                QUERIES,
                "What a node lists of a day against what is stored.",
                (Setting("Proof of completeness", "missing gap pacs compare"),),
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
                    Setting(
                        "Log-in by LDAP or OpenID Connect",
                        "oidc sso single sign-on active directory",
                    ),
                ),
            ),
            Page(
                "Tokens",
                "tokens",
                ADMIN,
                "What programs show that hand over objects or ask for the health of the site.",
                (
                    Setting("New token", "stow dicomweb orthanc api bearer password program"),
                    Setting("Revoke a token", "stow dicomweb api bearer lost"),
                ),
            ),
            Page(
                "Home page",
                "home-periods",
                ADMIN,
                "Periods of the workload for those who chose none.",
                (
                    Setting("Show the workload", "home page switch studies"),
                    Setting("Periods of the home page", "workload days"),
                ),
            ),
        ),
    ),
    Section(
        "Upkeep",
        (
            Page(
                "Health",
                "health",
                ADMIN,
                "Disk, database, processes, queue, receivers, systems that are silent.",
                (Setting("Health of the site", "disk queue worker silent certificate clock"),),
            ),
            Page(
                "Logs",
                "logs",
                ADMIN,
                "What each part writes of its work; level, size and number of files.",
                (
                    Setting("Level of a log", "debug info warning error logging"),
                    Setting("Size and number of log files", "rotation logging"),
                ),
            ),
            Page(
                "Tasks",
                "tasks",
                ADMIN,
                "Background work: what runs, waits and is done, and the processes that do it.",
                (Setting("Background tasks", "terminate queue worker progress running"),),
            ),
            Page(
                "Task settings",
                "task-settings",
                ADMIN,
                "What the list of tasks remembers.",
                (Setting("Size of the task history", "tasks old keep"),),
            ),
            Page("Quarantine", "quarantine", ADMIN, "Objects that could not be used, and why."),
            Page(
                "Audit log",
                "audit",
                ADMIN,
                "Who saw, changed, exported or deleted what.",
                (Setting("Days to keep entries of the audit log", "expire retention audit"),),
            ),
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
