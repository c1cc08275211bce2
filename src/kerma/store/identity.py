"""The site's policy on the identity of patients: record in, record fit to be saved out.

A hash is HMAC-SHA-256 under the site's key of the hexadecimal SHA-256 of the value. Older systems
stored that plain SHA-256, so their hashes can be upgraded without knowing the value, and a
patient stays one.
"""

import hashlib
import hmac
import re

from django.conf import settings
from msgspec.structs import replace

from kerma.records import Patient, StudyRecord
from kerma.store.rules import Rules

_SHA256 = re.compile("[0-9a-fA-F]{64}")

HASHED = "hmac:"
"""Prefix of a hashed value in a stored record, so that it is never taken for a plain one."""


def hashed(value: str) -> str:
    """Return the keyed hash of `value`, hex; the parts of a multi-valued one are joined first."""
    return upgraded(hashlib.sha256(value.replace("\\", "").encode()).hexdigest())


def upgraded(sha256_hex: str) -> str:
    """Return the keyed hash for a plain SHA-256, hex, that an older system stored."""
    key = settings.KERMA_IDENTITY_KEY
    return hmac.new(key, sha256_hex.lower().encode(), hashlib.sha256).hexdigest()


def searched(value: str) -> tuple[str, ...]:
    """Return what a column of hashes may hold for a value that somebody searches.

    Its keyed hash; its plain SHA-256 as older systems stored it; and where the value is itself
    such a hash, taken from an older list, what that has become here.
    """
    plain = hashlib.sha256(value.replace("\\", "").encode()).hexdigest()
    found = (upgraded(plain), plain)
    return (*found, upgraded(value), value.lower()) if _SHA256.fullmatch(value) else found


def split(value: str) -> tuple[str, bool]:
    """Return a value of a stored record as it goes into a column, and whether it is hashed."""
    if value.startswith(HASHED):
        return value.removeprefix(HASHED), True
    return value, False


def apply(record: StudyRecord, rules: Rules) -> StudyRecord:
    """Return `record` with name, id, birth date and accession number as the policy says.

    The age is worked out before the birth date goes.
    """
    patient = record.patient
    stored = Patient(
        name=kept(patient.name, rules.name),
        id=kept(patient.id, rules.patient_id),
        other_ids=tuple(filter(None, (kept(x, rules.patient_id) for x in patient.other_ids))),
        birth_date=patient.birth_date if rules.birth_date == "store" else None,
        sex=patient.sex,
        age_years=_age_years(record),
        height_m=patient.height_m,
        weight_kg=patient.weight_kg,
    )
    accession = kept(record.study.accession_number, rules.accession_number)
    if accession == record.study.accession_number:
        return record if stored == patient else replace(record, patient=stored)
    return replace(record, patient=stored, study=replace(record.study, accession_number=accession))


def kept(value: str, choice: str) -> str:
    """Return what is kept of a value if the site has chosen to `store`, `hash` or `drop` it."""
    if not value or choice == "store":
        return value
    if choice == "hash":
        return value if value.startswith(HASHED) else HASHED + hashed(value)
    return ""


def _age_years(record: StudyRecord) -> float | None:
    """Return the age as the object says, or else from the dates of birth and study."""
    patient = record.patient
    if patient.age_years is not None or patient.birth_date is None:
        return patient.age_years
    day = record.study.study_date or record.study.content_date
    if day is None or day < patient.birth_date:
        return None
    return round((day - patient.birth_date).days / 365.25, 3)
