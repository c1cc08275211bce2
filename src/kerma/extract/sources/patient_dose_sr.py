"""Patient Radiation Dose SR: what somebody estimated from dose reports (PS3.16 TID 10030).

The reports it was made from give the study its events; this adds estimates to it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from kerma.dicom import sr, tags, units
from kerma.dicom.codes import Key, key, meaning
from kerma.dicom.content import ContentItem, numbers_of, unit_of
from kerma.dicom.dataset import DataSet
from kerma.extract import header
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.concepts import common
from kerma.extract.concepts import patient_dose as c
from kerma.records import Code, DoseEstimate, StudyRecord, Totals

_PATIENT_RADIATION_DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.73"
_RADIOPHARMACEUTICAL_DOSE_SR = "1.2.840.10008.5.1.4.1.1.88.68"
_REFERENCED_SOP = 0x00081199
_ASSUMED = "The report does not say of which modality the dose is; it is kept with CT."


class _Site(NamedTuple):
    """Where in the body, as far as the rows above say."""

    organ: Code | None = None
    laterality: str = ""


def _accepts(found: DoseObject) -> bool:
    return found.sop_class == _PATIENT_RADIATION_DOSE_SR or (
        found.is_report and found.root.concept == c.PATIENT_DOSE_REPORT
    )


def _read(found: DoseObject) -> StudyRecord:
    root = found.root
    observer = header.observer(root)
    estimates = tuple(
        estimate
        for item in root.walk()
        if item.concept == c.ESTIMATE
        for estimate in _estimates(item)
    )
    return StudyRecord(
        kind="patient dose SR",
        modality=_modality(found),
        manufacturer=found.manufacturer,
        model=found.model,
        study=header.study_header(found.header),
        device=header.device(found.header, observer.device_observer_uid if observer else ""),
        patient=header.patient(found.header),
        totals=Totals(effective_dose_msv=_effective_dose_msv(estimates)),
        observer=observer,
        estimates=estimates,
        report_comment=sr.text(root, common.COMMENT),
    )


def _estimates(item: ContentItem) -> Iterator[DoseEstimate]:
    """Read TID 10031 Radiation Dose Estimate: one record for each dose in it."""
    said = _circumstances(item)
    for row, site in _doses(item, _Site()):
        for measured in row.measured:
            yield replace(
                said,
                quantity=meaning(row.concept_code),
                organ=meaning(site.organ),
                organ_code=site.organ.value if site.organ else "",
                laterality=site.laterality,
                **_dose(row, measured),
            )


def _circumstances(item: ContentItem) -> DoseEstimate:
    """Read what holds for all doses of an estimate: its name, form and method (TID 10032–10034)."""
    method = sr.child(item, c.METHODOLOGY)
    model = sr.child(method, c.MODEL)
    representation = sr.child(item, c.REPRESENTATION) or item
    used = sr.children(method, c.REPORT_USED)
    return DoseEstimate(
        name=sr.text(item, c.ESTIMATE_NAME),
        representations=_meanings(representation.find(c.DISTRIBUTION_REPRESENTATION)),
        patient_model=sr.meaning(model, c.MODEL_TYPE),
        radiation_transport_model=sr.meaning(model, c.TRANSPORT_MODEL_TYPE),
        method_types=_all(method, c.METHOD_TYPE),
        methods=_all(method, c.METHOD_REFERENCE) or _all(method, c.METHOD),
        reports_used=tuple(row.referenced_sop_uid for row in used),
        events_used=tuple(row.uid for report in used for row in report.find(c.EVENT_USED)),
        comment=sr.text(item, common.COMMENT),
    )


def _doses(item: ContentItem, site: _Site) -> Iterator[tuple[ContentItem, _Site]]:
    """Yield the dose rows below `item`, each with the organ said at it or nearest above."""
    here = _site(item, site)
    for child in item.children:
        concept = child.concept
        if concept in c.DOSES and child.measured:
            yield child, _site(child, here)
        elif concept != c.METHODOLOGY:
            yield from _doses(child, here)


def _site(item: ContentItem, above: _Site) -> _Site:
    row = sr.child(item, c.FINDING_SITE)
    if row is None:
        return above
    side = sr.meaning(row, common.LATERALITY) or sr.meaning(item, common.LATERALITY)
    return _Site(sr.code(item, c.FINDING_SITE), side)


def _dose(row: ContentItem, measured: DataSet) -> dict[str, float]:
    """Return the dose under the name of its unit.

    Raises
    ------
    ContentError
        If the unit is neither of absorbed dose nor of dose equivalent.
    """
    values, unit = numbers_of(measured), unit_of(measured)
    for name, wanted in (("dose_mgy", "mGy"), ("dose_msv", "mSv")):
        factor = units.factor(unit, wanted) if unit else None
        if factor is not None:
            return {name: values[0] * factor} if values else {}
    raise units.unreadable(meaning(row.concept_code), unit, "mGy or mSv")


def _effective_dose_msv(estimates: tuple[DoseEstimate, ...]) -> float | None:
    """Return the effective dose if there is one estimate of it; several are not to be added."""
    wanted = meaning(Code(value=c.EFFECTIVE_DOSE.value, scheme=c.EFFECTIVE_DOSE.scheme))
    found = [estimate.dose_msv for estimate in estimates if estimate.quantity == wanted]
    return found[0] if len(found) == 1 else None


def _modality(found: DoseObject) -> str:
    """Return the modality of the study by what the estimates were made from."""
    classes, concepts = set(), set()
    for item in found.root.walk():
        concepts.add(item.concept)
        code = item.code
        if code is not None:
            concepts.add(key(code.value, code.scheme))
        for referenced in item.data_set.items(_REFERENCED_SOP):
            if item.concept == c.REPORT_USED:
                classes.add(referenced.first(tags.ReferencedSOPClassUID))
    if classes == {_RADIOPHARMACEUTICAL_DOSE_SR}:
        return "NM"
    if concepts & c.BREAST_PARAMETERS:
        return "MG"
    if concepts & {c.SKIN_DOSE_MAP, c.ATTENUATOR}:
        return "RF"
    found.header.notes.append(_ASSUMED)
    return "CT"


def _all(item: ContentItem | None, concept: Key) -> tuple[str, ...]:
    """Return the values of all rows of a concept anywhere below `item`, none twice."""
    if item is None:
        return ()
    return _meanings([row for row in item.walk() if row.concept == concept])


def _meanings(rows: list[ContentItem]) -> tuple[str, ...]:
    found = (meaning(row.code) or row.text for row in rows)
    return tuple(dict.fromkeys(words for words in found if words))


sources.add(Source("patient_dose_sr", _accepts, _read))
