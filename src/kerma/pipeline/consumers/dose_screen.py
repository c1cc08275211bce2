"""Dose screens of CT scanners: put aside until their study is complete, and the images beside."""

from msgspec.structs import replace

from kerma.dicom.dataset import DataSet
from kerma.dicom.files import DicomFile
from kerma.dicom.screen_header import is_companion, is_screen
from kerma.pipeline.screens import gather
from kerma.store import consumers, ledger, options
from kerma.store.arrival import ObjectFacts, Saved

_NAME = "dose screen"
_OFF = "It may be a dose screen, but collecting them is switched off under Rules of arrival."


def _wants(header: DataSet) -> bool:
    return is_screen(header) or is_companion(header)


def _take(file: DicomFile, facts: ObjectFacts) -> Saved:
    """Put a screen with the others of its study, and the images seen before it."""
    if not is_screen(file.data_set):
        gather.add_companion(file.data_set, facts)
        return Saved(outcome="skipped", reason="An image without a dose.")
    if not options.get("collect_keep"):
        saved = Saved(outcome="skipped", reason=_OFF)
        ledger.note(facts, _NAME, saved)
        return saved
    gather.add_screen(file, facts)
    saved = Saved(outcome="skipped", reason=gather.WAITS, is_collected=True)
    ledger.note(replace(facts, came=None), _NAME, saved)
    return saved


consumers.add(consumers.Consumer(name=_NAME, wants=_wants, take=_take, order=10))
