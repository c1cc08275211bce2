"""The images of radiographs: one record for each object a system sends of an exposure."""

import datetime as dt

import msgspec

from kerma.demo.objects import projection_image
from kerma.demo.visit import Visit
from kerma.records import ProjectionEvent, StudyRecord, Totals


def records(
    visit: Visit, modality: str, exposures: tuple[ProjectionEvent, ...]
) -> list[StudyRecord]:
    """Return the images of the exposures, in each of the intents the system sends."""
    return [
        _image(visit, modality, exposure, number, intent)
        for number, exposure in enumerate(exposures, 1)
        for intent in visit.system.images
    ]


def only(event: ProjectionEvent, fields: tuple[str, ...]) -> ProjectionEvent:
    """Return the event with these fields alone."""
    return ProjectionEvent(**{name: getattr(event, name) for name in fields})


def _image(
    visit: Visit, modality: str, exposure: ProjectionEvent, number: int, intent: str
) -> StudyRecord:
    """Return one image; a report's name for the image is that of the image for presentation."""
    at = (exposure.date_time_started or visit.start) + dt.timedelta(seconds=20)
    kind = projection_image.SOP_CLASSES[modality, intent]
    study = visit.header(kind, exposure.acquisition_protocol, number, at)
    if intent == "FOR PRESENTATION" and exposure.acquired_image_uids:
        study = msgspec.structs.replace(study, sop_instance_uid=exposure.acquired_image_uids[0])
    processing = intent == "FOR PROCESSING"
    event = msgspec.structs.replace(
        only(exposure, projection_image.FIELDS),
        image_uid=study.sop_instance_uid,
        presentation_intent=intent,
        image_type=("ORIGINAL" if processing else "DERIVED", "PRIMARY"),
    )
    study = msgspec.structs.replace(study, protocol_name=exposure.acquisition_protocol)
    return StudyRecord(
        kind=f"{modality} image",
        modality=modality,
        manufacturer=visit.system.manufacturer,
        model=visit.system.model,
        study=study,
        device=msgspec.structs.replace(visit.device, device_observer_uid=""),
        patient=visit.patient,
        totals=_totals(event),
        events=(event,),
    )


def _totals(event: ProjectionEvent) -> Totals:
    return Totals(
        events=1,
        dap_gym2=event.dap_gym2,
        agd_left_mgy=event.agd_mgy if event.laterality == "Left" else None,
        agd_right_mgy=event.agd_mgy if event.laterality == "Right" else None,
    )
