"""Which attributes tell who the patient is (PS3.15 annex E, the patient's part of table E.1-1)."""

from kerma.dicom import tags

NAMES = frozenset((tags.PatientName, 0x00101001, 0x00101005, 0x00101060))
"""Patient's Name, Other Patient Names, Patient's Birth Name, Mother's Birth Name."""
IDS = frozenset((tags.PatientID, tags.OtherPatientIDs, 0x00101090, 0x00100021))
"""Patient ID, Other Patient IDs, Medical Record Locator, Issuer of Patient ID."""
BIRTH_DATES = frozenset((tags.PatientBirthDate, 0x00100032))
"""Patient's Birth Date and Time."""
ACCESSION_NUMBERS = frozenset((tags.AccessionNumber,))
ALWAYS = frozenset((0x00101040, 0x00101050, 0x00102154, 0x00102155, 0x00104000))
"""Address, insurance plan, telephone numbers, telecom information, comments: never kept."""
PERSONAL = NAMES | IDS | BIRTH_DATES | ACCESSION_NUMBERS | ALWAYS
TEXT_VALUES = frozenset((0x0040A123, 0x0040A160))
"""Person Name and Text Value of content items, which may repeat a name or an id."""
