"""A CT study in, those out that may be the same examination, one of them entered by hand.

Doses of the past are often listed without a Study Instance UID. A report that comes later makes a
study of its own then, and nobody but a person can say whether the two are one.
"""

from django.db.models import Q

from kerma.store import identity
from kerma.store.models import Study

_BY_HAND = "manual"
_MOST = 5


def candidates(study: Study) -> list[Study]:
    """Return the studies of the day that are alike, one of each pair entered by hand.

    They have the same accession number, or the same patient on the same scanner; no two patient
    IDs that are known differ.
    """
    if study.modality != "CT" or study.study_date is None:
        return []
    alike = _same("accession_number", study)
    if study.patient_id:
        alike |= _same("patient_id", study) & _same_scanner(study)
    if not alike:
        return []
    found = Study.objects.filter(alike, modality="CT", study_date=study.study_date)
    others = found.exclude(pk=study.pk).order_by("pk")[: 10 * _MOST]
    return [one for one in others if _is_pair(one, study) and _same_patient(one, study)][:_MOST]


def _same(name: str, study: Study) -> Q:
    """Return what holds where a value is the same, stored plain or as its hash."""
    value, is_hashed = getattr(study, name), getattr(study, f"{name}_hashed")
    if not value:
        return Q()
    same = Q(**{name: value, f"{name}_hashed": is_hashed})
    hashes = identity.searched(value)
    return same if is_hashed else same | Q(**{f"{name}__in": hashes, f"{name}_hashed": True})


def _same_scanner(study: Study) -> Q:
    """Return what holds of studies of the scanner; lists often say no more than its station."""
    known = Q(system=study.system_id)
    return known | Q(station_name=study.station_name) if study.station_name else known


def _is_pair(one: Study, other: Study) -> bool:
    """Whether exactly one of two studies was entered by hand, and by nothing else."""
    return (one.kinds == _BY_HAND) != (other.kinds == _BY_HAND)


def _same_patient(one: Study, other: Study) -> bool:
    """Whether the patients may be the same: where an ID is not known, they may."""
    if not one.patient_id or not other.patient_id:
        return True
    return bool(_forms(one) & _forms(other))


def _forms(study: Study) -> set[str]:
    if study.patient_id_hashed:
        return {study.patient_id}
    return set(identity.searched(study.patient_id))
