"""Dose screens, and one image of each series beside them, brought together by study.

Images that come by themselves before the first screen of their study may meet another process than
the screen does, or one that has been started anew: the first of each series is noted encrypted in
the folder of its study, and goes with `kerma tidy` if no screen follows.
"""

import datetime as dt

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file
from kerma.dicom.files import DicomFile, read_bytes
from kerma.dicom.screen_header import makes_screens
from kerma.pipeline import aside, collected
from kerma.pipeline.screens import stock
from kerma.pipeline.screens.companions import latest
from kerma.store import options, screens
from kerma.store.arrival import Came, ObjectFacts

WAITS = "A dose screen: it is read once its study is complete."
ENOUGH = "One image of each series is enough, so this one is not kept."


def add_screen(file: DicomFile, facts: ObjectFacts) -> None:
    """Put a screen into the folder of its study, and what is known of the images beside it."""
    came = _came(file.data_set, facts)
    collected.keep_object(file.whole[:], came, WAITS)
    for data in latest.of(came.study_instance_uid):
        _keep_header(data, facts)


def add_companion(header: DataSet, facts: ObjectFacts) -> None:
    """Keep the header of an image whose study has screens; otherwise remember it for a while."""
    is_first = latest.add(header)
    uid, name = facts.study_instance_uid, _name(facts.series_instance_uid)
    if not collected.holds(uid, name) and collected.is_known(uid):
        collected.keep_object(to_file(header), _came(header, facts), "", name)
    elif is_first and facts.came is not None and _may_need(header, uid):
        stock.note_image(header)


def add_latest(study_instance_uid: str) -> None:
    """Give a study with screens the images that other processes have seen."""
    for data in latest.of(study_instance_uid):
        _keep_header(data, ObjectFacts(sop_instance_uid="", content_hash="", came_by="import"))


def keep_companion(header: DataSet, came: Came, reason: str) -> None:
    """Keep the header of an image of a scanner without reports, one of each series.

    The others are noted in the log of arrivals only; each lets the study wait anew.
    """
    name = _name(came.series_instance_uid)
    if collected.keep_object(to_file(header), came, reason, name):
        return
    collected.touch(came.study_instance_uid)


def _may_need(header: DataSet, study_instance_uid: str) -> bool:
    """Return whether a screen may follow of which nothing better is known."""
    return (
        makes_screens(header)
        and options.get("collect_keep")
        and not screens.has_report(study_instance_uid)
    )


def _keep_header(data: bytes, facts: ObjectFacts) -> None:
    came = _came(read_bytes(data).data_set, facts)
    name = _name(came.series_instance_uid)
    if not collected.holds(came.study_instance_uid, name):
        collected.keep_object(data, came, "", name)


def _name(series_instance_uid: str) -> str:
    return f"series-{aside.safe(series_instance_uid)}"


def _came(header: DataSet, facts: ObjectFacts) -> Came:
    """Return what is noted of an object: what the inbox knows of it, or what its header says."""
    if facts.came is not None and header.first(tags.SOPInstanceUID) == facts.sop_instance_uid:
        return facts.came
    return Came(
        spool_name="",
        arrived_at=dt.datetime.now(dt.UTC),
        came_by=facts.came_by,
        study_instance_uid=header.first(tags.StudyInstanceUID),
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        sop_instance_uid=header.first(tags.SOPInstanceUID),
        modality=header.first(tags.Modality),
        manufacturer=header.text(tags.Manufacturer),
        model=header.text(tags.ManufacturerModelName),
        station_name=header.text(tags.StationName),
    )
