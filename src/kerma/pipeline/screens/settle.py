"""A study with dose screens in, what became of it out: stored, or waiting for a person.

All that is written of one study is one transaction, and doing it again changes nothing: the same
table and headers make the same report, whose SOP Instance UID follows from its content.
"""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.files import read_bytes
from kerma.errors import KermaError
from kerma.extract.screens.pictures import scanner_of
from kerma.pipeline.ingest import Outcome, facts_of, refuse
from kerma.pipeline.screens import build, second_opinion, stock
from kerma.pipeline.screens.look import Frame, Looked, look
from kerma.pipeline.screens.stock import Stocked
from kerma.screens.differences import compared
from kerma.screens.reading import Doubt, Reading
from kerma.store import screens
from kerma.store.models import ScreenPicture, ScreenStudy
from kerma.store.screens import Kept

State = ScreenStudy.State

NONE = "There is no dose screen among the objects of this study."
REPORTED = "The study has a dose report, which counts more than a dose screen."
REJECTED = "A person said that this is no dose screen."
_LATE = Doubt(
    name="late picture",
    sentence="Another picture came after a person had decided about the others. Compare the table "
    "with all of them.",
)


def take(study_instance_uid: str, collected: Path) -> Outcome:
    """Read a study of which all was collected."""
    stock.take_in(study_instance_uid, collected)
    return settle(study_instance_uid)


def settle(study_instance_uid: str, *, anew: bool = False) -> Outcome:
    """Read the screens of a study, and store what is believed.

    Parameters
    ----------
    anew
        Whether what was decided before counts no more.
    """
    uid = study_instance_uid
    stocked = stock.of(uid)
    if not stocked:
        return _outcome(uid, "skipped", NONE)
    if screens.has_report(uid):
        return _needless(uid)
    known = ScreenStudy.objects.filter(study_instance_uid=uid).first()
    if known and not anew and _is_decided(known, stocked):
        return _as_before(known)
    before = list(known.pictures.order_by("number")) if known else []
    looked = look(stocked, before, screens.reading_of(known).left_out if known else ())
    for one, error in looked.broken:
        _put_into_quarantine(one, error)
    kept = _kept(uid, looked, before)
    try:
        with transaction.atomic():
            return _decide(uid, stocked, looked.reading, kept, anew=anew)
    except KermaError as error:
        reading = replace(looked.reading, doubts=(Doubt(name="report", sentence=str(error)),))
        with transaction.atomic():
            return _decide(uid, stocked, reading, kept, anew=anew)


def said_of(study: ScreenStudy) -> str:
    """Return in a sentence what a study waits for."""
    reading = screens.reading_of(study)
    if study.state == State.GLYPHS:
        number = study.unknown_glyphs
        what = f"{number} unknown glyph{'s' if number != 1 else ''}"
    else:
        first = reading.doubts[0].sentence if reading.doubts else reading.trouble
        what = f"to be reviewed. {first}"
    return f"Waits for a person: {what.rstrip('.')}. See Dose screens."


def _decide(
    uid: str, stocked: Sequence[Stocked], reading: Reading, kept: Sequence[Kept], *, anew: bool
) -> Outcome:
    """Store what was read; in a transaction."""
    screens.lock(uid)
    known = ScreenStudy.objects.filter(study_instance_uid=uid).first()
    if known and not anew and _is_decided(known, stocked):
        return _as_before(known)
    if known and not anew:
        reading = _beside_what_is_stored(known, reading)
    first = stocked[0].header
    study = screens.put(
        uid,
        scanner_of(first),
        state_of(reading),
        reading,
        kept,
        study_date=first.date(tags.StudyDate),
        anew=anew,
    )
    if study.state == State.STORED and reading.table is not None:
        outcome = build.store(study, reading.table, is_confirmed=False)
        return _outcome(uid, outcome.outcome, outcome.reason)
    second_opinion.ask(study)
    return _outcome(uid, "refused", said_of(study))


def _beside_what_is_stored(known: ScreenStudy, reading: Reading) -> Reading:
    """Return a reading with the doubts that follow from what was read or decided before."""
    if known.corrected or known.state == State.REJECTED:
        return replace(reading, doubts=(*reading.doubts, _LATE))
    before = screens.reading_of(known).before
    return compared(reading, before) if before else reading


def state_of(reading: Reading) -> str:
    """Return what a study waits for, or that it is stored."""
    if reading.is_believed:
        return State.STORED
    return State.GLYPHS if reading.unknown and not reading.trouble else State.REVIEW


def _is_decided(known: ScreenStudy, stocked: Sequence[Stocked]) -> bool:
    """Return whether a study is stored or put away, and no other screen has come since."""
    if known.state not in (State.STORED, State.REJECTED):
        return False
    names = known.pictures.values_list("sop_instance_uid", flat=True)
    sops = {name.split("#")[0] for name in names}
    return all(one.sop in sops for one in stocked)


def _as_before(known: ScreenStudy) -> Outcome:
    """Build the report of a decided table again: images that came since may add to it."""
    uid = known.study_instance_uid
    if known.state == State.REJECTED:
        return _outcome(uid, "skipped", REJECTED)
    corrected = screens.corrected_of(known)
    table = corrected or screens.reading_of(known).table
    assert table is not None
    with transaction.atomic():
        screens.lock(uid)
        outcome = build.store(known, table, is_confirmed=corrected is not None)
    return _outcome(uid, outcome.outcome, outcome.reason)


def _needless(uid: str) -> Outcome:
    """Let go of screens that wait while the study has a report; those stored stay as they are."""
    known = ScreenStudy.objects.filter(study_instance_uid=uid).first()
    if known and known.state == State.STORED:
        build.tidy_up(known)
    else:
        with transaction.atomic():
            screens.forget(uid)
        stock.drop(uid)
    return _outcome(uid, "duplicate", REPORTED)


def _kept(uid: str, looked: Looked, before: Sequence[ScreenPicture]) -> list[Kept]:
    """Keep the pictures, and return what is noted of them.

    One of which the object is gone stays as it is: what is painted over once does not come back,
    and letters that are unknown for a while would take harmless lines away.
    """
    there = {one.sop_instance_uid: one for one in before if one.sealed_picture}
    found = []
    for place, frame in enumerate(looked.frames):
        is_gone = not stock.object_of(uid, frame.header.first(tags.SOPInstanceUID))
        old = there.get(frame.name) if is_gone else None
        found.append(screens.kept_as(old) if old else _new(uid, frame, *looked.shown(place)))
    return found


def _new(uid: str, frame: Frame, png: bytes, is_blanked: bool) -> Kept:
    header, (rows, columns) = frame.header, frame.picture.gray.shape
    sop = header.first(tags.SOPInstanceUID)
    return Kept(
        sop_instance_uid=frame.name,
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        instance_number=header.integer(tags.InstanceNumber),
        width=columns,
        height=rows,
        is_lossy=frame.picture.is_lossy,
        sealed_picture=stock.put_picture(uid, sop, frame.number, png),
        is_blanked=is_blanked,
        sealed_object=stock.object_of(uid, sop),
    )


def _put_into_quarantine(one: Stocked, error: KermaError) -> None:
    if one.data:
        facts = facts_of(read_bytes(one.data), build.CAME_BY)
        refuse(one.data, error, "dose screen", build.CAME_BY, facts, "CT")


def _outcome(uid: str, outcome: str, reason: str = "") -> Outcome:
    return Outcome(
        path=uid,
        outcome=outcome,
        reason=reason,
        study_instance_uid=uid,
        modality="CT",
        kind="screens",
    )
