"""The bytes of one object that a program hands over in, what it is and whether it was taken out.

Unlike the receiver, which acknowledges what it cannot yet have read, the answer here names the
object, so it is read before it is made durable; what cannot be read is refused.
"""

from collections.abc import Iterable
from typing import NamedTuple

from kerma.dicom import tags
from kerma.dicom.files import read_file
from kerma.errors import DamagedObject, NotDicom
from kerma.pipeline import room
from kerma.pipeline.spool import Draft, NoRoom

CANNOT_UNDERSTAND = 0xC000
PROCESSING_FAILURE = 0x0110
OUT_OF_RESOURCES = 0xA700


class Deposit(NamedTuple):
    """What became of one object."""

    sop_class_uid: str = ""
    """Empty where the object could not be read."""
    sop_instance_uid: str = ""
    failure: int = 0
    """Failure Reason (PS3.18 I.2.2); 0 where it was taken."""
    sentence: str = ""


def deposit(pieces: Iterable[bytes], token: str, study_instance_uid: str = "") -> Deposit:
    """Take an object into the spool.

    Parameters
    ----------
    pieces
        The bytes of the file, in any pieces; all of them are read, whatever becomes of them.
    token
        Name of the token that the program showed.
    study_instance_uid
        The study that the object must belong to; "" lets any.
    """
    rest = iter(pieces)
    try:
        room.require()
        draft = Draft()
        try:
            for piece in rest:
                draft.write(piece)
            draft.flush()
            found = _examined(draft, study_instance_uid)
            if not found.failure:
                draft.settle("stow", token)
            return found
        finally:
            draft.drop()
    except (NoRoom, OSError) as error:
        for _ in rest:
            pass
        reason = str(error) if isinstance(error, NoRoom) else error.strerror
        return Deposit(failure=OUT_OF_RESOURCES, sentence=f"No room: {reason}.")


def _examined(draft: Draft, study_instance_uid: str) -> Deposit:
    try:
        found = read_file(draft.path).data_set
    except (NotDicom, DamagedObject) as error:
        return Deposit(failure=CANNOT_UNDERSTAND, sentence=str(error))
    sop_class, sop_instance, study = (
        found.raw(tag).decode("ascii", "replace").strip(" \0")
        for tag in (tags.SOPClassUID, tags.SOPInstanceUID, tags.StudyInstanceUID)
    )
    if not (sop_class and sop_instance and study):
        return Deposit(failure=CANNOT_UNDERSTAND, sentence="The object lacks one of its UIDs.")
    if study_instance_uid and study != study_instance_uid:
        return Deposit(
            sop_class, sop_instance, PROCESSING_FAILURE, "The object is of another study."
        )
    return Deposit(sop_class, sop_instance)
