"""Proof of completeness: what a node lists of a day against what is stored, kept as a query."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kerma.errors import KermaError
from kerma.net import queries
from kerma.net.ask.answers import StudyAnswer
from kerma.net.ask.keys import ASKED
from kerma.net.ask.selection.study_level import ignores_modality
from kerma.net.book import study_row
from kerma.net.carry_out import NodeGone
from kerma.net.telling import Teller
from kerma.net.wanted import MODALITIES, Wanted
from kerma.net.ways import Asking, asking
from kerma.store import jobs
from kerma.store.models import (
    Arrival,
    LocalStore,
    Quarantine,
    Query,
    QueryStudy,
    RemoteNode,
    Study,
)

LONGEST_DAYS = 62
"""Days that can be checked at once."""

_AT_ONCE = 400
"""Studies in one statement; SQLite takes some thousand parameters."""

STORED = "Stored."
UNLISTED = "Stored, but the node does not list it."
MISSING = "Listed by the node, but not stored."

_OF_NO_USE = {
    Arrival.Decision.IGNORED: "Ignored on arrival",
    Arrival.Decision.PHYSICS: "Kept as a physics study",
    Arrival.Decision.COLLECTED: "Collected until it is complete",
    Arrival.Decision.SKIPPED: "Arrived, but carries no dose",
}
"""What became of studies that are rightly not stored."""

OUTCOMES = {
    "stored": Q(reason=STORED),
    "explained": Q(kept=False) & ~Q(reason__in=(STORED, UNLISTED)),
    "missing": Q(kept=True),
    "unlisted": Q(reason=UNLISTED),
}
"""Outcome -> the studies of a check that have it."""


class NothingToFetch(KermaError):
    """No study of a day is missing."""


class Listed(NamedTuple):
    """A study of the node, as one of the modalities of Kerma."""

    answer: StudyAnswer
    modality: str


class Verdict(NamedTuple):
    """A study and what became of it: a name of `OUTCOMES` and a sentence."""

    outcome: str
    reason: str


def start(
    node: RemoteNode,
    first: dt.date,
    last: dt.date,
    *,
    modalities: Sequence[str] = MODALITIES,
    user: AbstractBaseUser | None = None,
) -> list[Query]:
    """Ask for a check of each of some days; each is background work of its own.

    Raises
    ------
    KermaError
        If these are too many days, or none.
    """
    days = (last - first).days + 1
    if not 1 <= days <= LONGEST_DAYS:
        raise KermaError(f"Choose from 1 to {LONGEST_DAYS} days, in their order; these are {days}.")
    return [_start_day(node, first + dt.timedelta(days=n), modalities, user) for n in range(days)]


@transaction.atomic
def _start_day(
    node: RemoteNode, day: dt.date, modalities: Sequence[str], user: AbstractBaseUser | None
) -> Query:
    wanted = Wanted(modalities=tuple(modalities), date_from=day, date_until=day)
    query = queries.make(node, None, wanted, user, purpose=Query.Purpose.COMPLETENESS)
    query.task = jobs.enqueue(
        "completeness", f"Completeness of {node.name}, {day}", user=user, query_id=query.pk
    )
    query.save(update_fields=["task"])
    return query


def carry_out(query_id: int, teller: Teller) -> bool:
    """Do a check; return False if there is nothing to do.

    Raises
    ------
    KermaError
        If it cannot be done; the row says so too.
    """
    checks = Query.objects.filter(pk=query_id, purpose=Query.Purpose.COMPLETENESS)
    query = checks.exclude(state=Query.State.DONE).select_related("node").first()
    if query is None:
        return False
    checks.update(state=Query.State.QUERYING, queried_at=timezone.now(), error="")
    try:
        if query.node is None:
            raise NodeGone(f"The node {query.node_name} is no longer in the settings.")
        check(query, query.node, teller)
    except jobs.RunLater:
        raise
    except jobs.Cancelled:
        checks.update(state=Query.State.CANCELLED, finished_at=timezone.now())
        raise
    except KermaError as error:
        checks.update(state=Query.State.FAILED, error=str(error), finished_at=timezone.now())
        raise
    return True


def check(query: Query, node: RemoteNode, teller: Teller) -> None:
    """Ask the node for its studies of the day, compare, and keep the result.

    Rows of an attempt that was killed go first.

    Raises
    ------
    NodeFault
        If the node cannot be asked.
    Cancelled
        If the work shall stop.
    """
    wanted = Wanted.of(query.wanted)
    with asking(node, teller) as finder:
        listed = list(_listed(finder, wanted, teller))
    verdicts = judge(listed, wanted)
    rows = [_row(query, one, verdict) for one, verdict in zip(listed, verdicts, strict=True)]
    rows += _unlisted(query, wanted, {(one.answer.study_instance_uid) for one in listed})
    with transaction.atomic():
        query.studies.all().delete()
        QueryStudy.objects.bulk_create(rows, batch_size=500)
        Query.objects.filter(pk=query.pk).update(
            state=Query.State.DONE, stage="", error="", counts=_counts(rows),
            finished_at=timezone.now(),
        )  # fmt: skip


def fetch_gap(
    query: Query, store: LocalStore | None, user: AbstractBaseUser | None = None
) -> Query:
    """Fetch the studies that a check found missing; return the query that does.

    Raises
    ------
    NothingToFetch
        If none is missing, or the node is deleted.
    """
    missing = query.studies.filter(kept=True)
    named = dict(missing.values_list("study_instance_uid", "modality"))
    if not named or query.node is None:
        raise NothingToFetch("No study of this day is missing, or its node has been deleted.")
    wanted = Wanted.of(query.wanted)
    modalities = set(missing.values_list("modality", flat=True))
    gap = Wanted(
        modalities=tuple(name for name in MODALITIES if name in modalities),
        date_from=wanted.date_from,
        date_until=wanted.date_until,
        study_uids=tuple(named),
    )
    return queries.start(query.node, store, gap, user=user, retrieve_at_once=True)


def judge(listed: Sequence[Listed], wanted: Wanted) -> list[Verdict]:
    """Return for each study listed whether it is stored, and if not, whether that is right."""
    uids = [one.answer.study_instance_uid for one in listed]
    asked_as: dict[str, set[str]] = defaultdict(set)
    for one in listed:
        asked_as[one.answer.study_instance_uid].add(one.modality)
    stored = _stored(uids)
    reasons = _reasons(uids)

    def verdict(one: Listed) -> Verdict:
        uid = one.answer.study_instance_uid
        here = stored.get(uid, set())
        if one.modality in here or here - asked_as[uid]:
            return Verdict("stored", STORED)
        why = reasons.get((uid, one.modality)) or reasons.get((uid, ""))
        return Verdict("explained", why) if why else Verdict("missing", MISSING)

    return [verdict(one) for one in listed]


def _listed(finder: Asking, wanted: Wanted, teller: Teller) -> Iterator[Listed]:
    """Yield the studies of the day, each once as each of its modalities."""
    seen: set[tuple[str, str]] = set()
    asked = [(name, dicom) for name in wanted.modalities for dicom in ASKED[name]]
    for number, (name, dicom) in enumerate(asked):
        teller.tell(number, len(asked), f"Asking for {dicom} studies")
        answers = finder.studies(wanted, dicom)
        for answer in answers:
            if answer.study_date not in (None, wanted.date_from):
                continue
            for modality in _modalities(answer, name, wanted):
                if (answer.study_instance_uid, modality) not in seen:
                    seen.add((answer.study_instance_uid, modality))
                    yield Listed(answer, modality)
        if ignores_modality(answers, dicom):
            return


def _modalities(answer: StudyAnswer, asked: str, wanted: Wanted) -> list[str]:
    """Return what a study counts as; where the node does not say, what was asked for."""
    if not answer.modalities:
        return [asked]
    found = set(answer.modalities)
    return [name for name in wanted.modalities if found & set(ASKED[name])]


def _stored(uids: Iterable[str]) -> dict[str, set[str]]:
    """Return the modalities under which studies are stored."""
    found: dict[str, set[str]] = defaultdict(set)
    for some in _portions(uids):
        rows = Study.objects.filter(study_instance_uid__in=some)
        for uid, modality in rows.values_list("study_instance_uid", "modality"):
            found[uid].add(modality)
    return found


def _reasons(uids: Iterable[str]) -> dict[tuple[str, str], str]:
    """Return why studies are not stored, where that is known; the modality "" means any."""
    found: dict[tuple[str, str], str] = {}
    for some in _portions(uids):
        dropped = QueryStudy.objects.filter(
            study_instance_uid__in=some, query__purpose=Query.Purpose.RETRIEVE
        ).order_by("pk")
        latest = {
            (uid, modality): (kept, f"Query {query}: {reason}")
            for uid, modality, kept, reason, query in dropped.exclude(
                reason="Only other studies were asked for."
            ).values_list("study_instance_uid", "modality", "kept", "reason", "query_id")
        }
        found |= {key: words for key, (kept, words) in latest.items() if not kept}
        arrived = Arrival.objects.filter(study_instance_uid__in=some, decision__in=_OF_NO_USE)
        for uid, decision, reason in arrived.order_by("pk").values_list(
            "study_instance_uid", "decision", "reason"
        ):
            found[uid, ""] = f"{_OF_NO_USE[Arrival.Decision(decision)]}: {reason}"
        refused = Quarantine.objects.filter(study_instance_uid__in=some, released_at=None)
        for uid, reason in refused.order_by("pk").values_list("study_instance_uid", "reason"):
            found[uid, ""] = f"In quarantine: {reason}"
    return found


def _unlisted(query: Query, wanted: Wanted, listed: set[str]) -> list[QueryStudy]:
    """Return the stored studies of the day that the node does not list."""
    stored = Study.objects.filter(
        study_date=wanted.date_from, modality__in=wanted.modalities
    ).order_by("pk")
    columns = ("study_instance_uid", "modality", "study_time", "study_description", "station_name")
    return [
        QueryStudy(
            query=query, study_instance_uid=uid, modality=modality, study_date=wanted.date_from,
            study_time=time, study_description=description, station_name=station,
            kept=False, reason=UNLISTED,
        )
        for uid, modality, time, description, station in stored.values_list(*columns)
        if uid not in listed
    ]  # fmt: skip


def _row(query: Query, one: Listed, verdict: Verdict) -> QueryStudy:
    is_missing = verdict.outcome == "missing"
    return study_row(
        query, one.answer, modality=one.modality, kept=is_missing, reason=verdict.reason
    )


def _counts(rows: Iterable[QueryStudy]) -> dict[str, object]:
    """Return the numbers of studies of each outcome, of all and by modality."""
    total: Counter[str] = Counter()
    by_modality: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        outcome = outcome_of(row)
        for counter in (total, by_modality[row.modality]):
            counter[outcome] += 1
            counter["listed"] += outcome != "unlisted"
    return dict(total) | {"by_modality": {name: dict(n) for name, n in by_modality.items()}}


def outcome_of(row: QueryStudy) -> str:
    """Return the outcome of a study: a name of `OUTCOMES`."""
    if row.kept:
        return "missing"
    return {STORED: "stored", UNLISTED: "unlisted"}.get(row.reason, "explained")


def _portions(uids: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(dict.fromkeys(uids))
    while portion := list(islice(waiting, _AT_ONCE)):
        yield portion
