"""What is typed in the search box in, studies and systems out; each question by its own index."""

from django.db.models import Q, Sum

from kerma.query.columns import HEADINGS
from kerma.store.identity import searched
from kerma.store.models import DailyCount, Study, System

_MOST = 50


def studies_with_number(typed: str, *, identity: bool) -> list[Study]:
    """Return studies with this accession number, Study Instance UID or (pid) patient ID."""
    if not typed:
        return []
    keyed = searched(typed)
    wanted = [Q(study_instance_uid=typed), _exactly("accession_number", typed, keyed)]
    if identity:
        wanted.append(_exactly("patient_id", typed, keyed))
    studies = Study.objects.select_related("system")
    found = {one.pk: one for condition in wanted for one in studies.filter(condition)[:_MOST]}
    return sorted(found.values(), key=lambda one: one.date_time, reverse=True)[:_MOST]


def _exactly(field: str, typed: str, keyed: tuple[str, ...]) -> Q:
    """Return the condition that a number, or its hash, is the one typed; its index is partial."""
    return ~Q(**{field: ""}) & Q(**{f"{field}__in": (typed, *keyed)})


def systems_named(typed: str) -> list[tuple[int, str, str]]:
    """Return id, display name and modality of the systems whose name contains `typed`."""
    wanted = typed.casefold()
    systems = System.objects.values_list("id", "display_name")
    names = {number: name for number, name in systems if wanted in name.casefold()}
    rows = DailyCount.objects.filter(system__in=names, modality__in=HEADINGS)
    totals = rows.values_list("system_id", "modality").annotate(total=Sum("studies"))
    found = [(number, names[number], modality) for number, modality, n in totals if n > 0]
    return sorted(found, key=lambda row: row[1:])[:_MOST]
