"""Identity of the patient out of a data set, wherever it stands in it.

What becomes of each part is for the caller to say, by one function a part.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kerma.dicom import tags
from kerma.dicom.codes import dcm
from kerma.dicom.content import ContentItem
from kerma.dicom.dataset import DataSet

Part = Callable[[str], str]
"""A value in, what stands in its place out; "" takes it away."""

_OTHER_NAMES = frozenset((0x00101001, 0x00101005, 0x00101060))
"""Other Patient Names, Patient's Birth Name, Mother's Birth Name."""
_MORE_ABOUT_THE_PERSON = (
    0x00101001,
    0x00101002,
    0x00101005,
    0x00101060,
    0x00100032,
    0x00101040,
    0x00101050,
    0x00101090,
    0x00102154,
    0x00102155,
    0x00104000,
)
"""Other Patient Names, Other Patient IDs Sequence, birth name, mother's birth name, birth time,
address, insurance, record locator, telephone numbers, telecom information, comments."""
_PERSON_NAME = 0x0040A123
_TEXT = 0x0040A160
_DATE = 0x0040A121
_SUBJECT_NAME, _SUBJECT_ID, _SUBJECT_BIRTH_DATE = dcm("121029"), dcm("121030"), dcm("121031")


@dataclass(frozen=True, slots=True)
class Identity:
    """What becomes of the parts of an identity."""

    name: Part
    patient_id: Part
    birth_date: Part
    accession_number: Part


def replace_identity(data_set: DataSet, identity: Identity) -> None:
    """Replace or remove the patient's identity in `data_set`, at every depth, in place.

    Where the birth date goes and no age is given, the age in years at the study stays
    (PS3.6 (0010,1010)), so that the object can be read again to the same end.
    """
    name = data_set.text(tags.PatientName)
    _keep_age(data_set, identity)
    parts: dict[int, Part] = {
        tags.PatientName: identity.name,
        tags.PatientID: identity.patient_id,
        tags.OtherPatientIDs: identity.patient_id,
        tags.PatientBirthDate: identity.birth_date,
        tags.AccessionNumber: identity.accession_number,
    }
    if name and identity.name(name) != name:
        parts |= dict.fromkeys(_MORE_ABOUT_THE_PERSON, lambda value: "")
        parts[_PERSON_NAME] = lambda value: identity.name(value) if value == name else value
    wanted = parts.keys()
    for item in data_set.walk():
        for tag in wanted & item.elements.keys():
            _replace(item, tag, parts[tag])
    _replace_subject(data_set, identity)


def _replace(item: DataSet, tag: int, part: Part) -> None:
    if tag not in item:
        return
    found = item.text(tag)
    if not found and not item.items(tag):
        return
    new = part(found)
    if not new:
        item.drop(tag)
    elif new != found:
        item.put(tag, new)


def _keep_age(data_set: DataSet, identity: Identity) -> None:
    born, studied = data_set.date(tags.PatientBirthDate), data_set.date(tags.StudyDate)
    if tags.PatientAge in data_set or born is None or studied is None or born > studied:
        return
    if identity.birth_date(born.strftime("%Y%m%d")):
        return
    days = (studied - born).days
    age = f"{int(days / 365.25):03d}Y" if days > 2 * 366 else f"{int(days / 30.4375):03d}M"
    data_set.put(tags.PatientAge, age)


def _replace_subject(data_set: DataSet, identity: Identity) -> None:
    """Replace the subject context of a report (PS3.16 TID 1007), which stands below the root."""
    root = ContentItem(data_set)
    for concept, part in (
        (_SUBJECT_NAME, identity.name),
        (_SUBJECT_ID, identity.patient_id),
        (_SUBJECT_BIRTH_DATE, identity.birth_date),
    ):
        for row in root.find(concept):
            for tag in (_PERSON_NAME, _TEXT, _DATE):
                _replace(row.data_set, tag, part)
