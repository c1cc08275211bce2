"""`kerma ct-size` says how large patients are, and what cannot be measured and why."""

import json

import numpy as np
import pydicom
import pytest

from kerma.cli import main
from kerma.store.models import CtImageSize
from tests.conftest import shared_data
from tests.dicom.ct_images import ct_bytes
from tests.dosimetry.ct_pictures import water


@pytest.fixture
def images(tmp_path):
    """Make a folder with three images of two series."""
    for number, size in ((1, 200), (2, 220)):
        (tmp_path / f"{number}.dcm").write_bytes(ct_bytes(water(size), number))
    other = ct_bytes(water(300), 3, SeriesInstanceUID="1.2.1.9", SeriesNumber=9)
    (tmp_path / "3.dcm").write_bytes(other)
    return tmp_path


def test_every_series_is_a_line_and_no_database_is_needed(images, capsys):
    assert main.run(["ct-size", str(images)]) == 0

    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("Series 2, acquisition 1: 2 images, water-equivalent diameter 2")
    assert first.endswith("0% cut off by the field of view")
    assert second.startswith("Series 9, acquisition 1: 1 image, water-equivalent diameter 30.0")


def test_json_has_a_line_for_every_image_and_series(images, capsys):
    assert main.run(["ct-size", "--json", "--images", str(images)]) == 0

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["water_equivalent_diameter_mm"] for one in lines[:3]] == [
        pytest.approx(200, rel=0.005),
        pytest.approx(220, rel=0.005),
        pytest.approx(300, rel=0.005),
    ]
    assert lines[3]["mean_mm"] == pytest.approx(210, rel=0.005)
    assert lines[3]["images"] == 2
    assert "outline" in lines[3]["method"]


def test_a_refusal_is_a_line_on_stderr_and_the_rest_goes_on(images, capsys):
    (images / "4.dcm").write_bytes(ct_bytes(Modality="MR"))

    assert main.run(["ct-size", str(images)]) == 1

    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2
    assert "4.dcm: This is no CT image (modality MR)" in said.err
    assert "1 of 4 files were refused" in said.err


@pytest.mark.parametrize("name", ["", "missing.dcm"])
def test_nothing_to_measure_is_said(tmp_path, name, capsys):
    assert main.run(["ct-size", str(tmp_path / name)]) == 1
    assert capsys.readouterr().err.strip().endswith(".")


@pytest.mark.django_db
def test_sizes_are_kept_if_so_wanted(images, capsys):
    main.run(["ct-size", str(images)])
    assert not CtImageSize.objects.exists()

    assert main.run(["ct-size", "--keep", str(images)]) == 0
    assert sorted(CtImageSize.objects.values_list("images", flat=True)) == [1, 2]


def test_phantoms_of_known_size_are_found(capsys):
    """Water in a wall of plastic is as wide as its profile; a Catphan 504 is 200 mm of plastic."""
    phantoms = shared_data("phantoms")
    uniform = phantoms / "ct_water_ge" / "uniform.dcm"
    found = pydicom.dcmread(uniform)
    profile = found.pixel_array[256] * float(found.RescaleSlope) + float(found.RescaleIntercept)
    width_mm = np.ptp(np.flatnonzero(profile > -500)) * float(found.PixelSpacing[1])

    main.run(["ct-size", "--json", str(uniform)])
    main.run(["ct-size", "--json", str(phantoms / "ct_catphan504_varian")])

    water_phantom, catphan = map(json.loads, capsys.readouterr().out.splitlines())
    assert water_phantom["mean_mm"] == pytest.approx(width_mm, rel=0.01)
    assert catphan["middle_mm"] == pytest.approx(200, rel=0.05)
    assert water_phantom["cut_off_share"] == catphan["cut_off_share"] == 0
