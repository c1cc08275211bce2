"""How far each kind of source is believed when several describe one study."""

from kerma.records import StudyRecord

REPORT, OTHER_REPORT, IMAGE, SCREEN, READ, MANUAL, ESTIMATED = range(7)
"""Tiers, the most trusted first; READ is what was read off the picture of a screen."""

_TIERS = {
    "CT RDSR": REPORT,
    "RF RDSR": REPORT,
    "DX RDSR": REPORT,
    "MG RDSR": REPORT,
    "NM RRDSR": REPORT,
    "enhanced RDSR": REPORT,
    "patient dose SR": OTHER_REPORT,
    "enhanced SR": OTHER_REPORT,
    "DX image": IMAGE,
    "MG image": IMAGE,
    "NM image": IMAGE,
    "PT image": IMAGE,
    "Philips CT dose info": SCREEN,
    "CT dose screen": READ,
    "manual": MANUAL,
    "estimated": ESTIMATED,
}


def tier(record: StudyRecord) -> int:
    """Return the tier of the record's kind; a kind not known here counts as a dose screen."""
    return _TIERS.get(record.kind, SCREEN)


def is_image(record: StudyRecord) -> bool:
    """Whether the record was read from the header of an image of the patient."""
    return tier(record) == IMAGE


def is_report(record: StudyRecord) -> bool:
    """Whether the record was read from a structured report on dose."""
    return tier(record) <= OTHER_REPORT


def is_made_here(record: StudyRecord) -> bool:
    """Whether Kerma made the report itself: the UIDs of its events are its own then."""
    return record.kind in MADE_HERE


MADE_HERE = frozenset(("CT dose screen", "manual", "estimated"))


def only_estimates(record: StudyRecord) -> bool:
    """Whether the record adds estimated doses of the patient to exposures others describe."""
    return bool(record.estimates) and not record.events
