"""A stored fluoroscopy study in, its skin dose map made and stored, once for the same inputs."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from kerma.alerts.evaluate import evaluate
from kerma.dosimetry.skin.calculate import VERSION, Patient, SkinDose, skin_dose
from kerma.dosimetry.skin.geometry import Geometry, find, read
from kerma.errors import KermaError
from kerma.records import ProjectionEvent, StudyRecord
from kerma.store import options, skin_maps
from kerma.store.models import SkinMap, Study
from kerma.store.studies import record_of

MODALITY = "RF"

UNKNOWN, WITHOUT = "unknown", "without"
"""States of a study without a map: no geometry; nothing that could be mapped."""


class Inputs(NamedTuple):
    """All that a map is made of."""

    events: tuple[ProjectionEvent, ...]
    patient: Patient
    geometry: Geometry
    kind: str
    calibration: dict[str, float]

    def hash(self) -> str:
        """Return a text that is another one when any of it changes."""
        parts = [VERSION, self.events, self.patient, self.geometry, self.kind, self.calibration]
        return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()


class Sum(NamedTuple):
    """The map of a patient's studies together."""

    map: SkinDose
    studies: int
    weeks: int


def follow(study: Study) -> None:
    """Make the map of a study that is new or has changed, where the site wants maps."""
    if options.get("skin_maps"):
        make(study)


def make(study: Study) -> SkinMap:
    """Return the stored map of a study, made anew if anything that goes into it has changed."""
    inputs = inputs_of(study)
    digest = inputs.hash()
    kept = SkinMap.objects.filter(study=study).first()
    if kept is not None and kept.inputs_hash == digest:
        skin_maps.keep_peak(study, kept.peak_skin_dose_gy)
        return kept
    why = obstacle(inputs)
    if why:
        state = UNKNOWN if inputs.geometry.state == UNKNOWN else WITHOUT
        return _keep_without(study, digest, state, why)
    found = _computed(inputs)
    if not found.peak_gy:
        return _keep_without(study, digest, WITHOUT, _nothing(found))
    return skin_maps.keep(
        study,
        digest,
        msgspec.msgpack.encode(found),
        state=inputs.geometry.state,
        reason="",
        peak_skin_dose_gy=found.peak_gy,
        fraction_of_dap_on_phantom=found.share_on_body,
        method=method(found, inputs.geometry),
        phantom=phantom(found),
    )


def make_now(study: Study) -> tuple[SkinMap, bool]:
    """Make the map outside the follow-ups; return it, and whether the peak is another one.

    Alerts on the peak follow at once, as they would from a study that has changed.
    """
    before = Study.objects.filter(pk=study.pk).values_list("peak_skin_dose_gy", flat=True).first()
    kept = make(study)
    changed = kept.peak_skin_dose_gy != before
    if changed:
        study.refresh_from_db(fields=["peak_skin_dose_gy"])
        evaluate(study)
    return kept, changed


def stored(kept: SkinMap) -> SkinDose | None:
    """Return the map that a row holds, None if it holds none."""
    data = skin_maps.result_of(kept)
    return None if data is None else msgspec.msgpack.decode(data, type=SkinDose)


def inputs_of(study: Study) -> Inputs:
    """Return what the map of a study is made of."""
    record = record_of(study)
    device = study.device
    known = (device.manufacturer, device.model)
    geometry = find(*known, device.software_versions, _of_site(*known))
    return Inputs(
        events=_projections(record),
        patient=_patient(record),
        geometry=geometry,
        kind=options.get("skin_body"),
        calibration=skin_maps.calibrations(study.system_id, study.study_date),
    )


def obstacle(inputs: Inputs) -> str:
    """Return why there can be no map, "" if there can."""
    geometry = inputs.geometry
    if geometry.state == UNKNOWN:
        device = " ".join(filter(None, (geometry.manufacturer, geometry.model))) or "this device"
        version = f", software {geometry.software_version}" if geometry.software_version else ""
        return (
            f"There is no skin dose map: nothing is known of the geometry of {device}{version}. "
            "An administrator can enter it under Configuration, Skin dose."
        )
    if not inputs.events:
        return "There is no skin dose map: the study holds no irradiation events."
    if not any(event.rp_dose_gy or event.dap_gym2 for event in inputs.events):
        return "There is no skin dose map: no event holds a dose at the reference point or a DAP."
    return ""


def on_body(study: Study, kind: str) -> SkinDose | None:
    """Return the map of a study on another body than the stored one; nothing is stored."""
    inputs = inputs_of(study)
    return None if obstacle(inputs) else _computed(inputs._replace(kind=kind))


def together(study: Study) -> tuple[list[Study], int]:
    """Return the studies whose maps may be added up to this one's, itself the last, and the weeks.

    None where the site does not allow it or the patient cannot be told.
    """
    allowed, weeks = options.several("skin_sum", "skin_sum_weeks")
    if not (allowed and study.patient_id and study.study_date):
        return [], weeks
    first = study.study_date - dt.timedelta(weeks=weeks)
    others = Study.objects.select_related("device").filter(
        patient_id=study.patient_id,
        patient_id_hashed=study.patient_id_hashed,
        modality=MODALITY,
        study_date__range=(first, study.study_date),
        date_time__lte=study.date_time,
    )
    return list(others.order_by("date_time", "pk")), weeks


def summed(study: Study, kind: str = "") -> Sum | None:
    """Return the map of the patient's studies in the weeks up to this one, on this one's body.

    None where the site does not allow it, the patient cannot be told, or there is no other study.
    """
    found, weeks = together(study)
    if len(found) < 2:
        return None
    body = _patient(record_of(study))
    maps = [_on_a_body(one, body, kind) for one in found]
    usable = [one for one in maps if one is not None]
    if len(usable) < 2:
        return None
    return Sum(_added(usable), len(usable), weeks)


def method(found: SkinDose, geometry: Geometry) -> dict[str, Any]:
    """Return how a map was made, for who reads it without the page."""
    return {
        "version": VERSION,
        "quantity": "absorbed dose to skin, in water, backscatter included",
        "unit": "Gy",
        "inverse_square_from": "reference point",
        "factors": {one["name"]: one for one in found.factors},
        "field_size_from": dict(found.fields),
        "geometry": msgspec.to_builtins(geometry),
        "band_percent": found.band_percent,
        "events": found.used,
        "events_left_out": dict(found.left),
        "assumed": dict(found.assumed),
    }


def phantom(found: SkinDose) -> dict[str, Any]:
    """Return the body a map is on."""
    return {
        "kind": found.kind,
        **found.measures,
        "patient": {
            "height_cm": found.height_cm,
            "mass_kg": found.mass_kg,
            "assumed": found.assumed_size,
            "position": found.position,
            "position_source": found.position_from,
        },
    }


def _of_site(manufacturer: str, model: str) -> list[Geometry]:
    return read(skin_maps.geometries(manufacturer, model))


def _projections(record: StudyRecord) -> tuple[ProjectionEvent, ...]:
    return tuple(event for event in record.events if isinstance(event, ProjectionEvent))


def _patient(record: StudyRecord) -> Patient:
    patient = record.patient
    return Patient(
        height_cm=patient.height_m * 100 if patient.height_m else None,
        mass_kg=patient.weight_kg or None,
        position=record.totals.patient_position,
    )


def _computed(inputs: Inputs, patient: Patient | None = None) -> SkinDose:
    try:
        return skin_dose(
            inputs.events,
            patient or inputs.patient,
            inputs.geometry,
            kind=inputs.kind,
            calibration=inputs.calibration,
        )
    except MemoryError:
        raise KermaError(
            f"The skin dose map of {len(inputs.events)} events does not fit into memory."
        ) from None


def _on_a_body(study: Study, body: Patient, kind: str) -> SkinDose | None:
    """Return the map of a study on the body of a patient of another study's size."""
    inputs = inputs_of(study)
    if obstacle(inputs):
        return None
    inputs = inputs._replace(kind=kind or inputs.kind)
    found = _computed(inputs, body._replace(position=inputs.patient.position))
    return found if found.peak_gy else None


def _added(maps: Sequence[SkinDose]) -> SkinDose:
    """Return the sum, cell by cell; what belongs to one study's events is left out."""
    whole = sum(one.map_gy.astype(float) for one in maps[1:]) + maps[0].map_gy
    last = maps[-1]
    place = divmod(int(whole.argmax()), last.columns)
    return msgspec.structs.replace(
        last,
        doses=whole.astype("float32").tobytes(),
        peak_gy=float(whole.max()),
        peak_row=place[0],
        peak_column=place[1],
        place=last.place_of(*place),
        contributions=[],
    )


def _keep_without(study: Study, digest: str, state: str, reason: str) -> SkinMap:
    return skin_maps.keep(
        study,
        digest,
        None,
        state=state,
        reason=reason,
        peak_skin_dose_gy=None,
        fraction_of_dap_on_phantom=None,
        method={},
        phantom={},
    )


def _nothing(found: SkinDose) -> str:
    """Return why a computed map holds no dose."""
    if found.used:
        return (
            "There is no skin dose map: none of the beams meets the body. The geometry of this "
            "model, the position of the table or the patient's size is not what it is taken for."
        )
    reasons = "; ".join(f"{why} ({count})" for why, count in found.left)
    return f"There is no skin dose map: no event can be placed: {reasons or 'none holds a dose'}."
