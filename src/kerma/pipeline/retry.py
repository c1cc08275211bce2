"""Objects from the quarantine tried once more: after an upgrade, or a study deleted."""

from kerma.dicom.files import read_bytes
from kerma.errors import KermaError
from kerma.pipeline.ingest import facts_of, offer
from kerma.store import quarantine
from kerma.store.models import Quarantine


def retry(entry: Quarantine) -> bool:
    """Import a quarantined object again; return whether it could be used.

    If so it leaves the quarantine and its copy goes. If not it stays, with the reason of today.
    """
    try:
        file = read_bytes(quarantine.copy_of(entry))
        offer(file, facts_of(file, entry.came_by))
    except KermaError as error:
        entry.reason, entry.error = str(error), type(error).__name__
        entry.retriable = not isinstance(error, quarantine.CopyExpired)
        entry.save(update_fields=["reason", "error", "retriable"])
        return False
    quarantine.release(entry)
    return True
