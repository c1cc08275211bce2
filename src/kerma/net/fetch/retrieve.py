"""A retrieval: fetches what a query has kept, series by series, and goes on where it was.

What the node says of each series is compared with what was asked for, and in the end with what
has arrived: nodes are wrong about numbers.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from kerma.errors import KermaError
from kerma.net.book import Log
from kerma.net.fetch.arrived import arrived_since, can_be_seen
from kerma.net.fetch.sent import Sent
from kerma.net.node.faults import Passing, UnknownStore, Unwilling, status_text
from kerma.net.steady import Steady
from kerma.net.telling import Teller
from kerma.net.ways import Fetching, fetching
from kerma.pipeline import collected
from kerma.store.models import LocalStore, Query, QueryImage, QuerySeries, RemoteNode
from kerma.store.models.queries import Part

_SAME_FAULT_AT_MOST = 3
"""Series in turn that may fail by a fault that should pass, before the node is given a rest."""

_WARNING = 0xB000
"""All is done, with failures or remarks of the store (PS3.4 C.4.2.1.5)."""


class Struggling(KermaError):
    """The node fails again and again; it should be left alone for a while."""


class Retrieval:
    """One run of a retrieval."""

    def __init__(self, query: Query, node: RemoteNode, store: LocalStore | None) -> None:
        self._query = query
        self._node = node
        self._store = store
        self._log = Log(query)
        self._began = timezone.now()
        self._in_turn: list[QuerySeries] = []
        self.passing: list[QuerySeries] = []
        """Series that failed by a fault that should pass."""

    def run(self, teller: Teller, goes_on: Callable[[], bool]) -> bool:
        """Fetch what is not fetched yet; return False if it was paused before the end.

        Parameters
        ----------
        goes_on
            Asked before each series.

        Raises
        ------
        NodeFault, Struggling
            If the node cannot be asked, or fails again and again.
        Cancelled
            If the work shall stop.
        """
        waiting = list(_waiting(self._query))
        total = _kept(self._query).count()
        done = total - len(waiting)
        steady = Steady(self._query, teller)
        self._say_what_begins(len(waiting))
        try:
            with fetching(self._node, self._store, teller) as fetcher:
                for number, series in enumerate(waiting, done):
                    if not goes_on():
                        return False
                    steady.tell(number, total, f"Fetching series {number + 1}")
                    self._fetch(fetcher, series)
                    self._log.write()
            self._compare_with_arrived(waiting)
            self._read_collected()
        finally:
            self._count()
            self._log.write()
        return True

    def try_again_later(self) -> None:
        """Let the series that failed by a fault that should pass count as not tried."""
        for series in self.passing:
            _note(series, Part.Fetched.NO, "")

    def _say_what_begins(self, waiting: int) -> None:
        to = f" to {self._store.ae_title}" if self._store else ""
        way = self._node.get_way_display()
        self._log.line(f"Fetching {waiting} series from {self._node.name}{to} ({way}).")

    def _fetch(self, fetcher: Fetching, series: QuerySeries) -> None:
        """Fetch a series, or its kept objects, and note the outcome."""
        try:
            if series.by_image:
                self._fetch_images(fetcher, series)
            else:
                uid = series.study.study_instance_uid
                sent = fetcher.fetch(uid, series.series_instance_uid)
                _note(series, *_verdict(sent, _expected(series)))
        except UnknownStore:
            raise
        except Unwilling as fault:
            _note(series, Part.Fetched.FAILED, str(fault))
        except Passing as fault:
            _note(series, Part.Fetched.FAILED, str(fault))
            self._rest_if_all_fail(series, fault)
        else:
            self._in_turn.clear()
        self._tell_of(series)

    def _fetch_images(self, fetcher: Fetching, series: QuerySeries) -> None:
        """Fetch the kept objects of a series one by one; those fetched before are left out."""
        uid = series.study.study_instance_uid
        for image in series.images.all():
            if not image.kept or image.fetched == Part.Fetched.DONE:
                continue
            try:
                sent = fetcher.fetch(uid, series.series_instance_uid, image.sop_instance_uid)
                _note(image, *_verdict(sent, 1))
            except Unwilling as fault:
                _note(image, Part.Fetched.FAILED, str(fault))
        kept = [image for image in series.images.all() if image.kept]
        failed = [image for image in kept if image.fetched != Part.Fetched.DONE]
        if not failed:
            _note(series, Part.Fetched.DONE, "")
            return
        state = Part.Fetched.FAILED if len(failed) == len(kept) else Part.Fetched.PARTLY
        _note(series, state, f"{len(failed)} of {len(kept)} objects failed. {failed[0].fault}")

    def _rest_if_all_fail(self, series: QuerySeries, fault: Passing) -> None:
        """Give up for now where one series after the other fails; they count as not tried then."""
        self._in_turn.append(series)
        self.passing.append(series)
        if len(self._in_turn) >= _SAME_FAULT_AT_MOST:
            for each in self._in_turn:
                _note(each, Part.Fetched.NO, "")
            raise Struggling(str(fault))

    def _tell_of(self, series: QuerySeries) -> None:
        if series.fetched != Part.Fetched.DONE:
            self._log.line(
                f"Series {series.series_instance_uid} ({series.modality}): "
                f"{series.get_fetched_display().lower()}. {series.fault}"
            )

    def _compare_with_arrived(self, tried: Iterable[QuerySeries]) -> None:
        """Look whether what the node says it has sent has come, where that can be seen here."""
        if not can_be_seen(self._store):
            return
        done = [series for series in tried if series.fetched == Part.Fetched.DONE]
        studies = {series.study.study_instance_uid for series in done}
        here = arrived_since(self._began - dt.timedelta(seconds=5), studies)
        for series in done:
            missing = _missing(series, here.get(series.series_instance_uid, set()))
            if missing:
                _note(series, Part.Fetched.PARTLY, missing)
                self._tell_of(series)

    def _read_collected(self) -> None:
        """Let studies of scanners without reports be read now: all of them that there is has come.

        What still lies in the spool makes its study be read once more.
        """
        uids = _kept(self._query).values_list("study__study_instance_uid", flat=True).distinct()
        count = collected.hasten(uids)
        if count:
            studies = "1 study" if count == 1 else f"{count} studies"
            self._log.line(
                f"{studies} with dose screens, or of scanners without reports, will be read now; "
                "see Dose screens."
            )

    def _count(self) -> None:
        """Keep how many series are fetched and how many failed."""
        states = Counter(_kept(self._query).values_list("fetched", flat=True))
        counts = self._query.counts | {
            "retrieved": states[Part.Fetched.DONE],
            "partly": states[Part.Fetched.PARTLY],
            "failed": states[Part.Fetched.FAILED]
            + states[Part.Fetched.PARTLY]
            + self._query.counts.get("not_looked_into", 0),
        }
        self._query.counts = counts
        Query.objects.filter(pk=self._query.pk).update(counts=counts)
        self._log.line(
            f"{states[Part.Fetched.DONE]} series fetched, {states[Part.Fetched.PARTLY]} in part, "
            f"{states[Part.Fetched.FAILED]} failed, {states[Part.Fetched.NO]} not yet."
        )


def _kept(query: Query) -> QuerySet[QuerySeries]:
    return QuerySeries.objects.filter(study__query=query, study__kept=True, kept=True)


def _waiting(query: Query) -> QuerySet[QuerySeries]:
    """Return the series still to fetch, with their studies and objects."""
    images = Prefetch("images", QueryImage.objects.order_by("pk"))
    found = _kept(query).filter(fetched=Part.Fetched.NO).order_by("pk")
    return found.select_related("study").prefetch_related(images)


def _expected(series: QuerySeries) -> int | None:
    """Return how many objects a series has, as far as is known."""
    listed = series.images.all()
    return len(listed) or series.number_of_instances


def _verdict(sent: Sent, expected: int | None) -> tuple[Part.Fetched, str]:
    """Return how far something is fetched, as the node says, and what is wrong."""
    delivered = sent.delivered
    complete = sent.status in (0, _WARNING) and not sent.failed and (delivered or not sent.status)
    if not complete:
        state = Part.Fetched.PARTLY if delivered else Part.Fetched.FAILED
        of = {0: "some objects", 1: "1 object"}.get(sent.failed, f"{sent.failed} objects")
        return state, f"The node could not send {of}: {status_text(sent.status)}."
    if delivered == 0:
        return Part.Fetched.FAILED, "The node says that all is done, but that it sent nothing."
    if delivered is not None and expected is not None and delivered < expected:
        return (
            Part.Fetched.PARTLY,
            f"The node lists {expected} objects, and says it sent {delivered}.",
        )
    return Part.Fetched.DONE, ""


def _missing(series: QuerySeries, here: set[str]) -> str:
    """Return what of a series has not arrived, in a sentence, or ""."""
    listed = {i.sop_instance_uid for i in series.images.all() if i.kept}
    if listed:
        absent = len(listed - here)
        if absent:
            return f"The node says it sent all, but {absent} of {len(listed)} have not arrived."
        return ""
    expected = series.number_of_instances
    if expected is not None and len(here) < expected:
        return f"The node says it sent all, but of {expected} objects {len(here)} have arrived."
    return "" if here else "The node says it sent it, but nothing has arrived."


def _note(part: QuerySeries | QueryImage, fetched: Part.Fetched, fault: str) -> None:
    part.fetched, part.fault = fetched, fault
    type(part).objects.filter(pk=part.pk).update(fetched=fetched, fault=fault)
