"""Changed studies in, what follows from them out: computed doses, skin dose maps, alerts.

The log of changes is written in the transaction of the change, so nothing can be forgotten, and a
follow-up is done at least once: it must be harmless to repeat. One process of all hosts does them.
"""

import logging
from collections.abc import Callable
from typing import NamedTuple

from django.db import DatabaseError, transaction

from kerma.errors import KermaError
from kerma.pipeline import follow_ups
from kerma.registry import Registry, load_all
from kerma.store import changes, engine
from kerma.store.models import FollowUpFault, Study

_log = logging.getLogger("kerma.follow_up")

READER = "follow-ups"
_AT_ONCE = 50
_HELD_S = 300.0


class FollowUp(NamedTuple):
    """One thing to be done for every study of some modalities that is new or changed."""

    name: str
    order: int
    """What needs the outcome of another comes after it: computed doses 10, skin 20, alerts 30."""
    modalities: frozenset[str]
    act: Callable[[Study], None]
    """In a transaction of its own; must be harmless to repeat."""
    gone: Callable[[int], None] | None = None
    """The same for the number of a study that was deleted."""


registry: Registry[FollowUp] = Registry("follow-up")


def work_off(is_ending: Callable[[], bool] = lambda: False) -> int:
    """Do what follows from the changes up to now; return how many studies were looked at."""
    if not changes.hold(READER, engine.worker(), _HELD_S):
        return 0
    done = 0
    while not is_ending():
        position = changes.position_of(READER)
        found = changes.since(position or 0, _AT_ONCE, derived=False)
        if not position or not found.complete:
            found = _everything()
        for study_id in found.study_ids:
            follow(study_id)
        changes.move(READER, found.position)
        done += len(found.study_ids)
        if not found.study_ids:
            break
        changes.hold(READER, engine.worker(), _HELD_S)
    return done


def _everything() -> changes.Changes:
    """Return all studies: follow-ups are new here, or the log was away as after a restore."""
    position = changes.end()
    return changes.Changes(list(Study.objects.values_list("pk", flat=True)), position, True)


def follow(study_id: int, only: str = "") -> None:
    """Do what follows from one study; a fault of one follow-up is kept and stops no other."""
    for one in in_order():
        study = Study.objects.select_related("system", "device").filter(pk=study_id).first()
        if study is None:
            _leave(one, study_id)
            continue
        if study.modality in one.modalities and only in ("", one.name):
            _do(one, study)


def _leave(one: FollowUp, study_id: int) -> None:
    """Do what follows from a deleted study; a fault is logged, for there is no study to keep it."""
    if one.gone is None:
        return
    try:
        with transaction.atomic():
            one.gone(study_id)
    except DatabaseError:
        raise
    except Exception:  # noqa: BLE001 - one study's fault must not stop all others
        _log.exception("Follow-up %s failed for the deleted study %d.", one.name, study_id)


def in_order() -> list[FollowUp]:
    """Return all follow-ups in the order in which they are done."""
    load_all(follow_ups)
    return sorted(registry, key=lambda one: one.order)


def _do(one: FollowUp, study: Study) -> None:
    fault = FollowUpFault.objects.filter(study=study, follow_up=one.name)
    try:
        with transaction.atomic():
            one.act(study)
            fault.delete()
    except DatabaseError:
        raise
    except KermaError as error:
        _keep(one, study, str(error))
    except Exception as error:  # noqa: BLE001 - one study's fault must not stop all others
        _log.exception("Follow-up %s failed for study %d.", one.name, study.pk)
        _keep(one, study, f"A fault of Kerma: {type(error).__name__}.")


def _keep(one: FollowUp, study: Study, reason: str) -> None:
    FollowUpFault.objects.update_or_create(
        study=study, follow_up=one.name, defaults={"reason": reason}
    )
