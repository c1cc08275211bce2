"""The header of one image and an estimate in, the record of the study out."""

from msgspec.structs import replace

from kerma.dicom import uids
from kerma.dicom.dataset import DataSet
from kerma.dicom.made_here import DoseSource
from kerma.extract import header
from kerma.extract.ct_estimate import METHOD, Estimate
from kerma.merge.sums import events_by_type, sum_of_events
from kerma.records import StudyHeader, StudyRecord, Totals

KIND = DoseSource.IMAGES.value


def record_of(head: DataSet, found: Estimate) -> StudyRecord:
    """Return the record of an estimate without doubts; patient, study and scanner by `head`."""
    study = header.study_header(head)
    events = tuple(
        replace(event, irradiation_event_uid=key if _is_uid(key) else _uid(study, key))
        for event, key in zip(found.events, found.keys, strict=True)
    )
    device = header.device(head)
    return StudyRecord(
        kind=KIND,
        modality="CT",
        manufacturer=device.manufacturer,
        model=device.model,
        study=replace(
            study,
            series_instance_uid="",
            sop_instance_uid="",
            sop_class_uid="",
            series_description="",
            series_number=None,
            instance_number=None,
            content_date=study.study_date,
            content_time=study.study_time,
        ),
        device=device,
        patient=header.patient(head),
        totals=Totals(
            events=len(events),
            events_declared=len(events),
            events_by_type=events_by_type(events),
            dlp_mgycm=found.dlp_mgycm,
            dlp_sum_of_events_mgycm=sum_of_events("dlp_mgycm", events),
        ),
        events=events,
        report_comment=" ".join((METHOD, *found.notes)),
        notes=(METHOD, *found.notes),
    )


def _is_uid(key: str) -> bool:
    return " " not in key and key.replace(".", "").isdecimal()


def _uid(study: StudyHeader, key: str) -> str:
    """Return a UID for an acquisition (PS3.5 B.2) that is the same whenever it is estimated."""
    return uids.made_of("Kerma estimated event", study.study_instance_uid, key)
