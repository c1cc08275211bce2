"""Stored objects read again: after a better extractor, and out of the quarantine."""

from collections.abc import Iterator

from kerma.dicom.files import read_bytes
from kerma.errors import KermaError
from kerma.extract import EXTRACTOR_VERSION, record_of
from kerma.extract.sources.philips_ct import stored_form
from kerma.pipeline.ingest import Outcome, facts_of, offer
from kerma.pipeline.keep import kept
from kerma.store import quarantine, reread
from kerma.store.models import Quarantine, Source

VERSION = str(EXTRACTOR_VERSION)


def reread_all() -> Iterator[Outcome]:
    """Read every object anew that an older extractor has read; say what changed.

    Objects of which no copy was kept, or whose copy cannot be read any more, are refused and
    stay as they are.
    """
    for source in reread.outdated(VERSION):
        yield _reread(source)


def _reread(source: Source) -> Outcome:
    def outcome(what: str, reason: str = "") -> Outcome:
        return Outcome(
            path=source.sop_instance_uid,
            outcome=what,
            reason=reason,
            study_instance_uid=source.study_instance_uid,
        )

    try:
        record = stored_form(record_of(kept(source.path)))
    except KermaError as error:
        return outcome("refused", str(error))
    changed = reread.put_again(source, record, VERSION)
    return outcome("merged" if changed else "duplicate")


def retry(entry: Quarantine) -> Outcome:
    """Try a quarantined object again; it leaves the quarantine if it can be used now.

    Otherwise it stays, with the reason of today.
    """
    try:
        file = read_bytes(quarantine.copy_of(entry))
        facts = facts_of(file, entry.came_by)
        saved = offer(file, facts)
    except KermaError as error:
        quarantine.refuse_again(entry, error)
        return Outcome(path=entry.origin, outcome="refused", reason=str(error))
    quarantine.release(entry)
    return Outcome(
        path=entry.origin,
        outcome=saved.outcome,
        reason=saved.reason,
        study_instance_uid=facts.study_instance_uid,
    )
