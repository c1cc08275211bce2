"""The size of CT patients, from some of the axial images that arrive; off until switched on."""

from msgspec.structs import replace

from kerma.dicom.ct_pixels import NoSize
from kerma.dicom.files import DicomFile
from kerma.dicom.lean import DEFLATED
from kerma.errors import KermaError
from kerma.pipeline import ct_size
from kerma.store import consumers, ledger
from kerma.store.arrival import ObjectFacts, Saved

_NAME = "ct size"


def _take(file: DicomFile, facts: ObjectFacts) -> Saved:
    """Measure an image; one that cannot be measured leaves the reason in the ledger, no more."""
    if ct_size.is_kept(file.data_set):
        return Saved(outcome="duplicate")
    try:
        ct_size.keep(ct_size.measure(_whole(file)))
        saved = Saved(outcome="imported", reason="The size of the patient was measured.")
    except KermaError as error:
        saved = Saved(outcome="skipped", reason=str(error))
    ledger.note(replace(facts, came=None), _NAME, saved)
    return saved


def _whole(file: DicomFile) -> bytes:
    """Return the bytes of the file.

    Raises
    ------
    NoSize
        If they are not at hand as they came.
    """
    if file.parsed is None or file.transfer_syntax == DEFLATED:
        raise NoSize("Images in a deflated or damaged file are not measured on arrival.")
    return bytes(file.parsed.data[:])


consumers.add(consumers.Consumer(name=_NAME, wants=ct_size.wants, take=_take, order=50))
