"""Which objects of which studies are here already, asked of the database for many at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from kerma.store.models import Arrival, ObjectUse, Source, StoredObject, Study

_AT_ONCE = 400
"""Studies in one statement; SQLite takes some thousand parameters."""
_DECIDED = (
    Arrival.Decision.IGNORED,
    Arrival.Decision.PHYSICS,
    Arrival.Decision.COLLECTED,
    Arrival.Decision.SKIPPED,
)
"""Arrivals that are of no study, and need not come again all the same."""


def known_objects(study_instance_uids: Iterable[str]) -> dict[str, set[str]]:
    """Return the SOP Instance UIDs that are here of each study.

    Here is what is stored of a study, and what was found to carry no dose or was put elsewhere by
    a rule. What lies in quarantine is not, nor what was of a study that has been deleted; both
    may come again. A study of which no object is here is left out.
    """
    known: dict[str, set[str]] = defaultdict(set)
    for uids in _portions(study_instance_uids):
        stored = Study.objects.filter(study_instance_uid__in=uids)
        of_stored = list(stored.values_list("study_instance_uid", flat=True).distinct())
        for study, sop in _pairs(uids, of_stored):
            known[study].add(sop)
    return dict(known)


def _pairs(uids: Sequence[str], stored: Sequence[str]) -> Iterator[tuple[str, str]]:
    columns = ("study_instance_uid", "sop_instance_uid")
    yield from Source.objects.filter(study_instance_uid__in=stored).values_list(*columns)
    yield from StoredObject.objects.filter(study_instance_uid__in=stored).values_list(*columns)
    yield from StoredObject.objects.filter(
        study_instance_uid__in=uids, uses__disposition=ObjectUse.Disposition.SKIPPED
    ).values_list(*columns)
    yield from Arrival.objects.filter(
        study_instance_uid__in=uids, decision__in=_DECIDED
    ).values_list(*columns)


def _portions(uids: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(dict.fromkeys(uids))
    while portion := list(islice(waiting, _AT_ONCE)):
        yield portion
