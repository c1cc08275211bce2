"""How many events of each type a study has."""

from collections import Counter

from kerma.records import CtEvent, ProjectionEvent, StudyRecord

_CT_CODES = {
    "116152004": "spiral",
    "P5-08001": "spiral",
    "113804": "sequenced",
    "113806": "stationary",
    "113805": "localiser",
    "113807": "free",
}
"""CT Acquisition Type (CID 10013), SCT and SRT synonyms included."""

_CT_WORDS = {
    "spiral": "spiral",
    "helical": "spiral",
    "sequenced": "sequenced",
    "axial": "sequenced",
    "stationary": "stationary",
    "constant": "localiser",
    "localizer": "localiser",
    "free": "free",
}
"""First word of the type in objects that give no code."""

_FLUOROSCOPY_CODES = frozenset({"44491008", "P5-06000"})
"""Fluoroscopy in CID 10002, SCT and SRT."""


def ct_type(event: CtEvent) -> str:
    """Return `spiral`, `sequenced`, `stationary`, `localiser`, `free`, or "" for anything else."""
    known = _CT_CODES.get(event.acquisition_type_code)
    if known or not event.acquisition_type:
        return known or ""
    return _CT_WORDS.get(event.acquisition_type.split()[0].casefold(), "")


def projection_type(event: ProjectionEvent) -> str:
    """Return `fluoro` for fluoroscopy and `acquisition` for anything else."""
    if event.event_type_code in _FLUOROSCOPY_CODES or event.event_type == "Fluoroscopy":
        return "fluoro"
    return "acquisition"


def counts(record: StudyRecord) -> dict[str, int]:
    """Return the columns that count the events of a study."""
    found: Counter[str] = Counter()
    for event in record.events:
        if isinstance(event, CtEvent):
            found[ct_type(event)] += 1
        elif isinstance(event, ProjectionEvent):
            found[projection_type(event)] += 1
    names = ("spiral", "sequenced", "stationary", "localiser", "free", "fluoro", "acquisition")
    return {"number_of_events": len(record.events)} | {f"{n}_events": found[n] for n in names}
