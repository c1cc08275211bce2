"""What dose screens say, cell by cell, and what is doubtful about it."""

from kerma.records.base import Record
from kerma.screens.page import Box, Seen


class Scanner(Record, frozen=True):
    """Whose screen it is, from the header of the object."""

    manufacturer: str = ""
    model: str = ""
    software_versions: str = ""
    station_name: str = ""


class Cell(Record, frozen=True):
    """One value of a table, where it stands."""

    name: str
    """A field of `ScanRow` or `ScreenTable`, e.g. `dlp_mgycm`."""
    text: str
    """As on the screen."""
    page: int
    """Which of the pictures, from 0."""
    box: Box
    exact: bool = True
    """Whether every glyph is a known one to the pixel."""


class ScanRow(Record, frozen=True):
    """One acquisition of the table; None where the screen does not say."""

    label: str = ""
    """Number or name of the scan, as on the screen."""
    series_number: int | None = None
    protocol: str = ""
    acquisition_type: str = ""
    """Meaning of CID 10013, e.g. `Spiral Acquisition`."""
    kvp: float | None = None
    tube_current_ma: float | None = None
    exposure_mas: float | None = None
    reference_mas: float | None = None
    rotation_time_s: float | None = None
    exposure_time_s: float | None = None
    collimation_mm: float | None = None
    pitch: float | None = None
    start_mm: float | None = None
    end_mm: float | None = None
    scanning_length_mm: float | None = None
    """Start and end, and the length where the screen gives it or it follows from these."""
    ctdivol_mgy: float | None = None
    dlp_mgycm: float | None = None
    phantom_mm: int | None = None
    """160 or 320: the dosimetry phantom to which CTDIvol and DLP refer (IEC 60601-2-44)."""
    cells: tuple[Cell, ...] = ()


class ScreenTable(Record, frozen=True):
    """The table of one study, all its pages together."""

    layout: str
    rows: tuple[ScanRow, ...] = ()
    total_dlp_mgycm: float | None = None
    """Of all rows. None where the screen only has totals per phantom and both are used."""
    total_dlp_head_mgycm: float | None = None
    total_dlp_body_mgycm: float | None = None
    """Of the rows that refer to the phantom of 16 cm, and of 32 cm; added by nobody."""
    total_mas: float | None = None
    pages: int = 1
    """How many the screens say there are."""
    pages_seen: tuple[int, ...] = ()
    """Their numbers, from 1."""
    date_time: str = ""
    """ISO 8601, as on the screen."""
    exam_description: str = ""
    comment: str = ""
    cells: tuple[Cell, ...] = ()
    """Of the totals."""
    strange: tuple[Cell, ...] = ()
    """What was not understood: lines within the table, units, page numbers; each is a doubt.

    The name says what it is, e.g. `line`. Whoever corrects the table has seen them: none then.
    """
    identity: tuple[tuple[int, Box], ...] = ()
    """Page and place of what names the patient, to be blanked on every picture that is kept."""
    patient_id: str = ""
    """As on the screen, one line a page, to tell a screen of another patient; never kept.

    Words that stand near behind it may be there, too.
    """


class Doubt(Record, frozen=True):
    """One reason why a person must look before the table is believed."""

    name: str
    """Of the check, e.g. `sum of dlp`."""
    sentence: str
    """What was found, what was expected; names no patient."""
    row: int | None = None
    cells: tuple[Cell, ...] = ()


class Reading(Record, frozen=True):
    """What the pictures of a study say."""

    table: ScreenTable | None = None
    """None if no layout fits."""
    doubts: tuple[Doubt, ...] = ()
    unknown: tuple[tuple[int, Seen], ...] = ()
    """Page and glyph, for the trainer."""
    glyph_set: str = ""
    trouble: str = ""
    """Why the pictures cannot be read at all."""
    before: ScreenTable | None = None
    """What is stored of the study, where its screens are read otherwise now."""
    left_out: tuple[str, ...] = ()
    """Pictures beside the screens that are images and no text, named as they are kept."""

    @property
    def is_believed(self) -> bool:
        """Whether the table may be stored without a person looking at it."""
        return self.table is not None and not (self.doubts or self.unknown or self.trouble)
