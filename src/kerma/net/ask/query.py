"""A query: asks a node study by study, chooses what to fetch, and keeps what it found and why."""

from collections import Counter

from kerma.net.ask.answers import SeriesAnswer, StudyAnswer
from kerma.net.ask.duplicates import known_objects
from kerma.net.ask.keys import ASKED, dates_of
from kerma.net.ask.selection.already import without_known
from kerma.net.ask.selection.chosen import ChosenStudy
from kerma.net.ask.selection.series_level import series_level
from kerma.net.ask.selection.study_level import ignores_modality, study_level
from kerma.net.book import Book, Log
from kerma.net.node.faults import Unwilling
from kerma.net.steady import Steady
from kerma.net.telling import Teller
from kerma.net.wanted import MODALITIES, Wanted
from kerma.net.ways import Asking, asking
from kerma.store.models import Query, RemoteNode


def ask(query: Query, node: RemoteNode, teller: Teller) -> None:
    """Ask a node for what a query wants; rows of an attempt that was killed go first.

    Raises
    ------
    NodeFault
        If the node cannot be asked; what was found until then stays.
    Cancelled
        If the work shall stop.
    """
    query.studies.all().delete()
    log, steady = Log(query), Steady(query, teller)
    wanted = Wanted.of(query.wanted)
    log.line(f"Asking {node.name} ({node.get_way_display()}) for studies {dates_of(wanted)}.")
    try:
        with asking(node, teller) as finder:
            _Query(finder, wanted, Book(query, log), log, steady).run()
    finally:
        log.write()


class _Query:
    """One run of a query."""

    def __init__(
        self, finder: Asking, wanted: Wanted, book: Book, log: Log, steady: Steady
    ) -> None:
        self._finder = finder
        self._wanted = wanted
        self._book = book
        self._log = log
        self._steady = steady

    def run(self) -> None:
        """Ask for the studies, then for the series of each that may be wanted."""
        chosen = study_level(self._studies(), self._wanted)
        kept = sum(study.kept for study in chosen)
        self._log.line(f"{len(chosen)} studies listed, {kept} of them may be wanted.")
        uids = [study.answer.study_instance_uid for study in chosen if study.kept]
        known = {} if self._wanted.duplicates else known_objects(uids)
        for number, study in enumerate(chosen):
            self._steady.tell(number, len(chosen), f"Looking into study {number + 1}")
            self._book.add(self._looked_into(study, known))
        self._book.write()
        self._sum_up()

    def _studies(self) -> list[StudyAnswer]:
        """Return the studies listed, modality by modality; once only if the node ignores that."""
        found: list[StudyAnswer] = []
        modalities = self._modalities()
        for number, modality in enumerate(modalities):
            self._steady.tell(0, 0, f"Asking for {modality} studies")
            answers = self._finder.studies(self._wanted, modality)
            self._log.line(f"{modality}: {len(answers)} studies.")
            found += answers
            ignored = ignores_modality(answers, modality)
            if ignored and number + 1 < len(modalities):
                self._log.line(
                    f"{self._finder.name} ignores the modality and lists everything; "
                    "the other modalities are not asked for."
                )
                break
        if found and not any(answer.modalities for answer in found):
            self._log.line("The node does not say the modalities of studies; its series do.")
        return found

    def _modalities(self) -> list[str]:
        if self._wanted.sr_only:
            return ["SR"]
        return [m for name in MODALITIES if name in self._wanted.modalities for m in ASKED[name]]

    def _looked_into(self, study: ChosenStudy, known: dict[str, set[str]]) -> list[ChosenStudy]:
        """Return a study, or its parts, with the verdict on each series."""
        if not study.kept:
            return [study]
        uid = study.answer.study_instance_uid
        seen: dict[str, list] = {}  # type: ignore[type-arg]

        def images(series: SeriesAnswer) -> list:  # type: ignore[type-arg]
            key = series.series_instance_uid
            if key not in seen:
                seen[key] = self._finder.images(uid, key)
                if not seen[key] and series.modality == "SR":
                    self._book.counts["empty_sr"] += 1
            return seen[key]

        try:
            parts = series_level(study, self._finder.series(uid), self._wanted, images)
            return [without_known(part, known.get(uid, frozenset()), images) for part in parts]
        except Unwilling as fault:
            self._book.counts["failed"] += 1
            self._book.counts["not_looked_into"] += 1
            self._log.line(f"Study {uid}: {fault}")
            return [study.drop(f"It could not be looked into. {fault}")]

    def _sum_up(self) -> None:
        counts: Counter[str] = self._book.counts
        if counts["empty_sr"] and not self._wanted.empty_sr:
            self._log.line(
                f"{counts['empty_sr']} series of reports have no objects, says the node. "
                "Try '-emptysr' option?"
            )
        listed = ", ".join(f"{n} {name}" for name, n in sorted((+self._book.by_modality).items()))
        self._log.line(
            f"{counts['kept']} of {counts['found']} studies to fetch"
            f"{f' ({listed})' if listed else ''}, in {counts['series']} series."
        )
