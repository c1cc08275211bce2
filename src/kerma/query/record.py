"""A stored study in, the record that all its sources say together out, with the sources."""

from typing import NamedTuple

from kerma.records import StudyRecord
from kerma.store.models import Source, Study
from kerma.store.studies import record_of


class Told(NamedTuple):
    """What is known of a study, and from where."""

    record: StudyRecord
    sources: list[Source]


def told(study: Study) -> Told:
    """Return the merged record and the sources, the first to arrive first."""
    sources = study.sources.defer("record").order_by("received_at", "id")
    return Told(record_of(study), list(sources))
