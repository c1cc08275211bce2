"""What a layout did not understand or could not read, in sentences for whoever compares it."""

import re
from collections.abc import Iterator

from kerma.screens.reading import Cell, Doubt, ScreenTable

NAMES = {
    "kvp": "the tube voltage in kV",
    "tube_current_ma": "the tube current in mA",
    "exposure_mas": "mAs",
    "reference_mas": "the reference mAs",
    "rotation_time_s": "the rotation time in s",
    "exposure_time_s": "the exposure time in s",
    "collimation_mm": "the collimation in mm",
    "pitch": "the pitch",
    "start_mm": "the start of the scan in mm",
    "end_mm": "the end of the scan in mm",
    "scanning_length_mm": "the length of the scan in mm",
    "range": "the scan range in mm",
    "ctdivol_mgy": "CTDIvol in mGy",
    "dlp_mgycm": "DLP in mGy·cm",
    "phantom_mm": "the phantom",
    "mas": "mAs",
    "series_number": "the series number",
    "total_dlp_mgycm": "the total DLP in mGy·cm",
    "total_dlp_head_mgycm": "the total DLP of the 16 cm phantom in mGy·cm",
    "total_dlp_body_mgycm": "the total DLP of the 32 cm phantom in mGy·cm",
    "total_mas": "the total mAs",
}
"""Field or column -> its name in sentences."""


def strange(table: ScreenTable) -> Iterator[Doubt]:
    """Yield what the layout noted as strange."""
    for cell in table.strange:
        yield Doubt(name=cell.name, sentence=_strange_sentence(cell), cells=(cell,))


def _strange_sentence(cell: Cell) -> str:
    if cell.name.startswith("unit of"):
        name, _, unit = NAMES[cell.name.removeprefix("unit of ")].partition(" in ")
        return f"The unit of {name} is missing or is not {unit or 'the expected one'}."
    if cell.name == "page number":
        return f"The page number {cell.text} does not fit the other pages."
    if cell.name == "order of the pages":
        return (
            "The pages bear no numbers, and those of their scans leave more than one order. "
            "Compare the order of the scans with the pictures."
        )
    if cell.name == "number of pages":
        return (
            "No total is printed, and the pages bear no numbers: nothing proves that all of them "
            "are here."
        )
    if cell.name == "heading":
        return "A heading of the table is not known: values under it are not read."
    if cell.name == "column of the phantom":
        return "The table has no heading for the phantom: a column may be cut off."
    if cell.name == "top of the table":
        return "The title above the table is not to be seen: the total may be cut off."
    if cell.name == "end of the table":
        return "The end of the table is not to be seen: rows may be missing."
    return "A line of the table was not understood. Look whether it is a scan."


def unread(table: ScreenTable) -> Iterator[Doubt]:
    """Yield every cell that has no value."""
    for number, row in enumerate(table.rows):
        for cell in row.cells:
            if getattr(row, cell.name, None) in (None, ""):
                yield _unread_doubt(cell, number)
    for cell in table.cells:
        if value_of(cell) is None:
            yield _unread_doubt(cell, None)


def _unread_doubt(cell: Cell, row: int | None) -> Doubt:
    sentence = f"“{cell.text}” could not be read as {NAMES.get(cell.name, cell.name)}."
    if not cell.text:
        sentence = f"The place of {NAMES.get(cell.name, cell.name)} is empty."
    elif cell.name == "phantom_mm":
        sentence = f"“{cell.text}” does not tell which phantom is meant, 16 cm or 32 cm."
    return Doubt(name="unread", sentence=sentence, row=row, cells=(cell,))


def value_of(cell: Cell) -> float | None:
    """Return the number of a total; letters that stand for digits count as them."""
    text = cell.text.replace(",", ".").translate(str.maketrans("OolI|", "00111"))
    return float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else None
