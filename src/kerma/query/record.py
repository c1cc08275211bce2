"""A stored study in, the record that all its sources say together out, with the sources."""

from typing import NamedTuple

from django.db.models import Model

from kerma.records import StudyRecord
from kerma.store.models import Administration, CtEvent, ProjectionEvent, Source, Study
from kerma.store.studies import record_of


class Told(NamedTuple):
    """What is known of a study, and from where."""

    record: StudyRecord
    sources: list[Source]
    standard_names: dict[int, str]
    """Place of an event in the record, from 1 -> its standard name, where it has one."""
    computed: dict[int, dict[str, float]]
    """Place of an event -> its computed doses by column, where it has any."""


def told(study: Study) -> Told:
    """Return the merged record and the sources, the first to arrive first."""
    sources = study.sources.defer("record").order_by("received_at", "id")
    names, doses = _standard_names(study), _computed(study)
    return Told(record_of(study), list(sources), names, doses)


def _standard_names(study: Study) -> dict[int, str]:
    if not study.standard_acquisitions:
        return {}
    model = CtEvent if study.modality == "CT" else ProjectionEvent
    named = model._default_manager.filter(study=study).exclude(standard_name="")
    return dict(named.values_list("ordinal", "standard_name"))


_COMPUTED: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "CT": (CtEvent, ("computed_ssde_mgy", "computed_effective_dose_msv")),
    "MG": (ProjectionEvent, ("computed_agd_mgy",)),
    "NM": (Administration, ("computed_effective_dose_msv",)),
}
"""Modality -> the table of its events and the columns of computed doses."""


def _computed(study: Study) -> dict[int, dict[str, float]]:
    if not study.computed or study.modality not in _COMPUTED:
        return {}
    model, columns = _COMPUTED[study.modality]
    rows = model._default_manager.filter(study=study).values("ordinal", *columns)
    return {
        row["ordinal"]: {name: row[name] for name in columns if row[name] is not None}
        for row in rows
    }
