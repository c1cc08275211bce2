"""A table that is believed or confirmed in, the stored report of its study out."""

from django.db import transaction
from msgspec.structs import replace

from kerma.dicom import ct_dose_report, tags
from kerma.dicom.files import read_bytes
from kerma.dicom.made_here import DoseSource
from kerma.errors import KermaError
from kerma.extract.screens import to_record
from kerma.pipeline.ingest import Outcome, ingest_file
from kerma.pipeline.keep import discard
from kerma.pipeline.screens import stock
from kerma.screens.reading import ScreenTable
from kerma.store import options
from kerma.store.models import ScreenPicture, ScreenStudy
from kerma.store.screen_readings import without_identity
from kerma.store.withdraw import withdraw

CAME_BY = "dose screen"


class NotStored(KermaError):
    """The report made of a dose screen could not be stored."""


def store(study: ScreenStudy, table: ScreenTable, *, is_confirmed: bool) -> Outcome:
    """Import the report of a table, in the caller's transaction; an older one of ours goes.

    Raises
    ------
    KermaError
        If it cannot be made or stored; the caller's transaction must not be kept then.
    """
    uid, before = study.study_instance_uid, study.sop_instance_uid
    headers = [one.header for one in stock.of(uid)]
    record = to_record(without_identity(table), headers, stock.images(uid))
    data = ct_dose_report.write(record, DoseSource.SCREEN, confirmed_by_person=is_confirmed)
    file = read_bytes(data)
    sop = file.data_set.first(tags.SOPInstanceUID)
    outcome = ingest_file(file, data, f"dose screens {study.pk}", CAME_BY)
    if outcome.outcome == "refused":
        raise NotStored(f"The report made of the dose screen is refused: {outcome.reason}")
    if before and before != sop:
        withdraw(uid, before, discard)
        outcome = replace(outcome, outcome="merged")
    study.sop_instance_uid = sop
    study.state = ScreenStudy.State.STORED
    study.save()
    transaction.on_commit(lambda: tidy_up(study))
    return outcome


def tidy_up(study: ScreenStudy) -> None:
    """Let go of what a stored study needs no more: its objects, perhaps its pictures."""
    if not options.get("keep_screens"):
        let_go(study)
        return
    ScreenPicture.objects.filter(study=study).update(sealed_object="")
    stock.reduce(study.study_instance_uid)


def let_go(study: ScreenStudy) -> None:
    """Remove the objects and pictures of a study; headers and the table stay."""
    ScreenPicture.objects.filter(study=study).update(sealed_object="", sealed_picture="")
    stock.reduce(study.study_instance_uid)
    stock.drop_pictures(study.study_instance_uid)


def take_back(study: ScreenStudy) -> None:
    """Remove the report that was made of a study, in the caller's transaction."""
    if study.sop_instance_uid:
        withdraw(study.study_instance_uid, study.sop_instance_uid, discard)
        study.sop_instance_uid = ""
