"""CT images from whose headers a dose is estimated; off until switched on."""

from msgspec.structs import replace

from kerma.dicom.files import DicomFile
from kerma.pipeline import estimated
from kerma.store import consumers, ledger
from kerma.store.arrival import ObjectFacts, Saved

_NAME = "ct estimate"


def _take(file: DicomFile, facts: ObjectFacts) -> Saved:
    """Note what the header says; the ledger tells that it was read."""
    if not estimated.note(file.data_set):
        return Saved(outcome="duplicate")
    saved = Saved(outcome="skipped", reason="Noted to estimate the dose of its study.")
    ledger.note(replace(facts, came=None), _NAME, saved)
    return saved


consumers.add(consumers.Consumer(name=_NAME, wants=estimated.wants, take=_take, order=60))
