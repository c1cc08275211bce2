"""One object with dose screens and sets of glyphs in, its record out, without store or study.

There is nobody to ask: what is not certain is refused, with the reasons.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.errors import ContentError
from kerma.extract.screens.pictures import pictures, scanner_of
from kerma.extract.screens.record import to_record
from kerma.records import StudyRecord
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.read import read
from kerma.screens.reading import Reading


def record_of(header: DataSet, data: bytes, glyphs: Sequence[GlyphSet]) -> StudyRecord:
    """Return what the pictures of one object say.

    Raises
    ------
    ContentError
        If a glyph is unknown or anything about the table is doubtful.
    """
    found = read(pictures(data), scanner_of(header), glyphs, header.text(tags.PatientID))
    if not found.is_believed or found.table is None:
        raise ContentError(refusal(found))
    record = to_record(found.table, [header], [])
    study = replace(
        record.study,
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        sop_instance_uid=header.first(tags.SOPInstanceUID),
        sop_class_uid=header.first(tags.SOPClassUID),
    )
    return replace(record, study=study, notes=tuple(record.report_comment.splitlines()))


def refusal(found: Reading) -> str:
    """Return in sentences why a reading is not believed."""
    if found.trouble:
        return f"The dose screen cannot be read: {found.trouble}"
    said = [doubt.sentence for doubt in found.doubts]
    if found.unknown:
        said.insert(0, _unknown(len({seen.glyph for _, seen in found.unknown})))
    return f"The dose screen is not certain: {' '.join(said)}"


def _unknown(count: int) -> str:
    shapes = "1 glyph of it is" if count == 1 else f"{count} glyphs of it are"
    return f"{shapes} in none of the sets given."
