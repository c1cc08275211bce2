"""A study that is new, changed or gone in; sums and alerts that depend on it made right."""

from collections.abc import Iterable

from kerma.alerts import period
from kerma.alerts.evaluate import evaluate, rules_of
from kerma.alerts.period import Place
from kerma.alerts.settings import kind_of
from kerma.query.levels import remembered
from kerma.store import options
from kerma.store.models import Study


def follow(study: Study) -> None:
    """Bring everything up to date after a study was stored or changed."""
    with remembered():
        place = period.place_of(study)
        touched = period.moved(study.pk, place)
        _renew(touched)
        if place is None and study.period_exams is not None:
            period.clear(study.pk)
        evaluate(study)
        _judge_sums(touched, study.pk)


def leave(study_id: int) -> None:
    """Bring everything up to date after a study was deleted."""
    touched = period.moved(study_id, None)
    _renew(touched)
    _judge_sums(touched, study_id)


def _renew(touched: Iterable[Place]) -> None:
    if options.get("period_adds_up"):
        for place in touched:
            period.renew(place)


def _judge_sums(touched: Iterable[Place], but: int) -> None:
    """Judge the patient's studies anew whose sums hold a day; late arrivals raise them."""
    if not options.get("period_adds_up"):
        return
    for place in touched:
        rules = [rule for rule in rules_of(place.modality) if kind_of(rule.kind).sums_up]
        weeks = max((period.weeks_of(rule.settings) for rule in rules), default=0)
        later = period.later_studies(place, weeks) if rules else []
        for study in Study.objects.filter(pk__in=set(later) - {but}).order_by("pk"):
            evaluate(study, rules)
