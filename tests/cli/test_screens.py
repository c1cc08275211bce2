"""`kerma screens`, and dose screens through `kerma import` as a person runs it."""

import datetime as dt
import json
from functools import cache
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kerma.demo.screens import old_scanners
from kerma.screens import glyph_file
from kerma.store import glyph_sets
from kerma.store.models import ScreenStudy, Study, Task

pytestmark = pytest.mark.django_db

AT = dt.datetime.fromisoformat("2012-03-04T10:00")


letters = cache(old_scanners.toshiba_glyphs)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a screen that waits for its letters."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, data in enumerate(old_scanners.toshiba_study(1, AT).files):
        (folder / f"{number}.dcm").write_bytes(data)
    return folder


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("screens", *arguments, stdout=out)
    return out.getvalue()


def test_what_waits_is_told_with_the_import_and_listed(folder, capsys):
    with pytest.raises(CommandError, match="1 of"):
        call_command("import", str(folder), stdout=StringIO())

    assert "unknown glyphs. See Dose screens." in capsys.readouterr().err
    line = json.loads(said())
    assert (line["state"], line["model"]) == ("glyphs", "Aquilion CX")
    assert line["unknown_glyphs"] > 10
    ScreenStudy.objects.update(state="rejected")
    assert said() == ""
    assert json.loads(said("--all"))["state"] == "rejected"


def test_letters_are_taken_from_a_file_and_what_waits_is_read(folder, tmp_path):
    with pytest.raises(CommandError):
        call_command("import", str(folder), stdout=StringIO(), stderr=StringIO())
    shared = tmp_path / "glyphs.txt"
    shared.write_text(glyph_file.dump(letters()), encoding="utf-8")

    assert "TOSHIBA Aquilion CX" in said("import", str(shared))

    assert Task.objects.get().job == "read-screens"
    call_command("import", str(folder), stdout=StringIO())
    assert Study.objects.get().kinds == "CT dose screen"


def test_what_is_exported_is_what_is_known(tmp_path):
    known = letters()
    glyph_sets.import_set(known, None, replace=False)

    path = said("export", str(tmp_path / "out")).strip()

    with open(path, "rb") as file:  # noqa: PTH123
        assert glyph_file.load(file.read()).texts == known.texts


def test_a_file_that_is_none_is_refused_in_a_sentence(tmp_path, capsys):
    (tmp_path / "bad.txt").write_text("{}")

    with pytest.raises(CommandError, match="1 of 2 files were refused"):
        call_command("screens", "import", str(tmp_path / "bad.txt"), str(good(tmp_path)))

    assert "This is no file of glyphs" in capsys.readouterr().err


def good(tmp_path):
    path = tmp_path / "good.txt"
    path.write_text(glyph_file.dump(letters()), encoding="utf-8")
    return path
