"""Where doses that were read from a picture come from: the picture, its cells, who saw it."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from kerma.screens.reading import ScreenTable
from kerma.store import screens
from kerma.store.models import ScreenPicture, ScreenStudy, Study
from kerma.web import screen_drawing as drawing
from kerma.web import screen_tables as tables
from kerma.web import study_part
from kerma.web.access import may
from kerma.web.pages.screens import READERS, sees
from kerma.web.screen_drawing import Mark
from kerma.web.study_part import StudyPart


class Value(NamedTuple):
    """One value of the table: what was read, what is stored, and how it looks."""

    name: str
    read: str
    stored: str
    drawn: SafeString | None


def _context(request: HttpRequest, study: Study) -> dict[str, Any] | None:
    of_study = screens.provenance(study.study_instance_uid) if study.modality == "CT" else None
    if of_study is None:
        return None
    reading = screens.reading_of(of_study)
    pictures = [
        one
        for one in _pictures(of_study)
        if sees(request, one) and one.sop_instance_uid not in reading.left_out
    ]
    read = reading.table or ScreenTable(layout="")
    corrected = screens.corrected_of(of_study)
    changes = tables.changes(read, corrected) if corrected else []
    return {
        "screens": of_study,
        "layout": tables.layout_words(of_study.layout),
        "glyph_set": reading.glyph_set,
        "pictures": [_whole(one, read) for one in pictures],
        "is_kept": any(one.sealed_picture for one in of_study.pictures.all()),
        "values": [_changed(one, pictures) for one in changes],
        "doubts": reading.doubts,
        "left_out": len(reading.left_out),
        "review": reverse("screen-review", args=[of_study.pk])
        if may(request.user, *READERS)
        else "",
    }


def _pictures(study: ScreenStudy) -> list[ScreenPicture]:
    return list(study.pictures.select_related("study").order_by("number", "pk"))


def _whole(picture: ScreenPicture, table: ScreenTable) -> SafeString:
    cells = [cell for row in table.rows for cell in row.cells] + list(table.cells)
    marks = [Mark(cell.box) for cell in cells if cell.page == picture.number]
    return drawing.whole(picture, marks, f"Dose screen {picture.number + 1}")


def _changed(change: tables.Change, pictures: list[ScreenPicture]) -> Value:
    drawn, cell = None, change.cell
    picture = next((p for p in pictures if cell and p.number == cell.page), None)
    if picture is not None and cell is not None:
        view = drawing.around(cell.box, picture, 4, 3)
        drawn = drawing.part(picture, view, (), f"{change.name} on the screen", 1.25)
    return Value(change.name, change.read, change.now, drawn)


study_part.registry.add(StudyPart("dose-screen", 65, "web/study_dose_screen.html", _context))
