"""What is typed in the search box in, studies and systems out; each by an index."""

from django.db.models import Q, Sum

from kerma.query.columns import HEADINGS
from kerma.store.identity import hashed
from kerma.store.models import DailyCount, Study, System

_MOST = 50


def studies_with_number(typed: str, *, identity: bool) -> list[Study]:
    """Return studies with this accession number, Study Instance UID or (pid) patient ID."""
    keyed = hashed(typed)
    wanted = Q(study_instance_uid=typed) | (
        ~Q(accession_number="") & Q(accession_number__in=(typed, keyed))
    )
    if identity:
        wanted |= ~Q(patient_id="") & Q(patient_id__in=(typed, keyed))
    found = Study.objects.filter(wanted).select_related("system").order_by("-date_time")
    return list(found[:_MOST])


def systems_named(typed: str) -> list[tuple[int, str, str]]:
    """Return id, display name and modality of the systems whose name contains `typed`."""
    wanted = typed.casefold()
    systems = System.objects.values_list("id", "display_name")
    names = {number: name for number, name in systems if wanted in name.casefold()}
    rows = DailyCount.objects.filter(system__in=names, modality__in=HEADINGS)
    totals = rows.values_list("system_id", "modality").annotate(total=Sum("studies"))
    found = [(number, names[number], modality) for number, modality, n in totals if n > 0]
    return sorted(found, key=lambda row: row[1:])[:_MOST]
