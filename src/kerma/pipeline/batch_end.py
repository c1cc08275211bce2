"""What is due at the end of an import: studies that are complete with it are read at once."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from kerma.pipeline import estimated
from kerma.pipeline.ingest import Outcome
from kerma.pipeline.screens import batch as screens


def to_its_end(outcomes: Iterable[Outcome], came_by: str) -> Iterator[Outcome]:
    """Yield the outcomes of an import, then those of the studies that it completed.

    What became of a dose screen is known only with all of its study, so that they come last.

    Parameters
    ----------
    came_by
        The way the objects came, as for the ledger.
    """
    images: dict[str, None] = {}
    waiting: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.is_collected:
            waiting.setdefault(outcome.study_instance_uid, []).append(outcome)
            continue
        if outcome.modality == "CT" and outcome.outcome == "skipped":
            images[outcome.study_instance_uid] = None
        yield outcome
    for uid, held in waiting.items():
        yield from _told(held, screens.complete(uid))
    yield from estimated.finish(images)


def _told(held: Sequence[Outcome], study: Outcome) -> Iterator[Outcome]:
    """Yield what became of each screen of a study: the first makes it, the others are part."""
    for number, one in enumerate(held):
        what = "merged" if number and study.outcome == "imported" else study.outcome
        yield replace(one, outcome=what, reason=study.reason, is_collected=False)
