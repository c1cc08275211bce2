"""Doses estimated from CT images: DLP = CTDIvol x length by hand, and what cannot be told."""

import pytest
from msgspec.structs import replace

from kerma.extract.ct_estimate import estimate
from kerma.extract.ct_image_facts import ImageFacts


def stack(
    *,
    series: str = "1",
    number: int = 2,
    acquisition: int | None = 1,
    first_mm: float = 0.0,
    count: int = 100,
    step_mm: float = 5.0,
    thickness_mm: float = 5.0,
    mgy: float = 10.0,
    start: str = "2010-05-04T10:00:00",
    seconds: float = 0.01,
    **said: object,
) -> list[ImageFacts]:
    """Return a spiral of 100 images of 5 mm, 500 mm long."""
    base = ImageFacts(
        series=series,
        series_number=number,
        acquisition=acquisition,
        kind=("ORIGINAL", "PRIMARY", "AXIAL"),
        is_axial=True,
        thickness_mm=thickness_mm,
        ctdivol_mgy=mgy,
        mode="spiral",
        kvp=120.0,
    )
    base = replace(base, **said)
    return [
        replace(
            base,
            sop=f"{series}.{acquisition}.{n}",
            z_mm=first_mm + n * step_mm,
            started=f"{start}.{int(n * seconds * 1e6):06d}" if start else "",
        )
        for n in range(count)
    ]


def test_dlp_is_ctdivol_times_length():
    """500 mm at 10 mGy: 10 mGy x 50 cm = 500 mGy cm."""
    found = estimate(stack())

    [event] = found.events
    assert (event.scanning_length_mm, event.ctdivol_mgy, event.dlp_mgycm) == (500, 10, 500)
    assert event.acquisition_type == "Spiral Acquisition"
    assert found.dlp_mgycm == 500
    assert not found.doubts


def test_overlapping_slices_do_not_lengthen_the_scan():
    """499 steps of 1 mm and 5 mm of thickness are 504 mm."""
    [event] = estimate(stack(count=500, step_mm=1.0, seconds=0.001)).events

    assert event.scanning_length_mm == 504


def test_the_mean_ctdivol_is_weighted_by_the_range():
    """Thirds of 10, 20 and 30 mGy have a mean of 20; so does a finer first third."""
    coarse = [
        part
        for n, mgy in enumerate((10.0, 20.0, 30.0))
        for part in stack(first_mm=100.0 * n, count=20, mgy=mgy)
    ]
    images = [
        replace(image, sop=str(n), started=f"2010-05-04T10:00:00.{n:06d}")
        for n, image in enumerate(coarse)
    ]
    finer = [
        replace(image, sop=f"f{image.sop}", z_mm=image.z_mm + 2.5, started=image.started)
        for image in images[:19]
    ]

    assert estimate(images).events[0].ctdivol_mgy == pytest.approx(20)
    mean = estimate([*images, *finer]).events[0].ctdivol_mgy
    assert mean == pytest.approx(20, rel=0.005)


def test_reconstructions_of_one_acquisition_count_once():
    thin = stack(series="2", number=3, count=500, step_mm=1.0, thickness_mm=1.0, seconds=0.001)

    found = estimate([*stack(), *thin])

    assert len(found.events) == 1
    assert not found.doubts


def test_two_passes_over_one_range_count_twice():
    late = stack(series="2", number=3, start="2010-05-04T10:01:10")

    found = estimate([*stack(), *late])

    assert [event.dlp_mgycm for event in found.events] == [500, 500]
    assert found.dlp_mgycm == 1000


def test_parts_of_one_acquisition_are_as_long_as_both_together():
    """Chest and abdomen of one spiral, 300 mm each with 100 mm in common: 500 mm."""
    chest = stack(count=60, first_mm=200.0)
    abdomen = stack(series="2", number=3, count=60)

    [event] = estimate([*chest, *abdomen]).events

    assert event.scanning_length_mm == 500


def test_one_range_twice_without_times_is_not_guessed():
    found = estimate([*stack(start=""), *stack(series="2", number=3, start="")])

    assert found.doubts == (
        "Series 2 and series 3: they show one range, and no time says whether it was scanned "
        "once or twice.",
    )


def test_irradiation_event_uids_tell_acquisitions():
    images = [
        *stack(start="", events=("1.2.3",)),
        *stack(series="2", start="", events=("1.2.3",)),
        *stack(series="3", start="", events=("1.2.4",)),
    ]

    found = estimate(images)

    assert [event.irradiation_event_uid for event in found.events] == ["1.2.3", "1.2.4"]
    assert found.dlp_mgycm == 1000


def test_an_acquisition_number_used_for_two_scans_is_told_by_the_times():
    """Some scanners count the acquisitions of each series from 1."""
    images = [*stack(), *stack(series="2", number=3, first_mm=100.0, start="2010-05-04T10:05:00")]

    assert len(estimate(images).events) == 2


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (("ORIGINAL", "PRIMARY", "LOCALIZER"), "localisers"),
        (("DERIVED", "SECONDARY", "REFORMATTED"), "derived"),
        (("DERIVED", "SECONDARY", "SCREEN SAVE"), "derived"),
    ],
)
def test_what_is_no_exposure_of_its_own_is_left_out(kind, reason):
    others = stack(series="9", number=900, count=3, kind=kind, start="2010-05-04T11:00:00")

    found = estimate([*stack(), *others])

    assert found.dlp_mgycm == 500
    assert reason in found.notes[0]
    assert not found.doubts


def test_a_sequence_with_gaps_counts_its_slices():
    """1 mm every 10 mm, 30 times at 8 mGy: 8 mGy x 3 cm."""
    images = stack(count=30, step_mm=10.0, thickness_mm=1.0, mgy=8.0, mode="sequenced")

    [event] = estimate(images).events

    assert event.dlp_mgycm == 24
    assert event.acquisition_type == "Sequenced Acquisition"


def test_a_spiral_reconstructed_with_gaps_is_one_range():
    [event] = estimate(stack(count=50, step_mm=10.0)).events

    assert event.scanning_length_mm == 495


def test_the_positions_of_a_sequence_are_one_event():
    images = [
        image
        for n in range(12)
        for image in stack(
            acquisition=n,
            first_mm=20.0 * n,
            count=4,
            mode="sequenced",
            total_mm=20.0,
            start=f"2010-05-04T10:00:{n:02d}",
        )
    ]

    [event] = estimate(images).events

    assert event.scanning_length_mm == 240
    assert event.dlp_mgycm == 240


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (stack(mgy=0.0), "give no CTDIvol"),
        (stack(ctdivol_mgy=None), "give no CTDIvol"),
        (stack(mgy=4000.0), "not between 0 and 500"),
        ([replace(one, z_mm=None) for one in stack()], "no length"),
        (stack(count=1), "single image"),
        (stack(mode="", step_mm=10.0), "gaps between the slices"),
        (stack(mode="stationary"), "at one place"),
        ([*stack(), *stack(series="2", kvp=80.0)], "80 and 120 kV"),
        ([*stack(), *stack(series="2", mgy=14.0)], "CTDIvol 10 and 14"),
        (stack(events=("1.2", "1.3")), "several irradiation events"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_not_guessed(images, words):
    [doubt] = estimate(images).doubts

    assert words in doubt


def test_phases_of_one_place_are_not_guessed():
    """Perfusion: one series shows the same range again and again."""
    images = [
        replace(image, sop=f"{image.sop}.{turn}", started=f"2010-05-04T10:00:{turn:02d}")
        for turn in range(20)
        for image in stack(count=8)
    ]

    [doubt] = estimate(images).doubts

    assert "several images of different times at one place" in doubt


def test_a_missing_slice_of_a_sequence_is_a_doubt_and_of_a_spiral_is_none():
    holed = [image for n, image in enumerate(stack(mode="sequenced", step_mm=10.0)) if n != 40]
    spiral = [image for n, image in enumerate(stack()) if n not in (40, 41)]

    assert "may be missing" in estimate(holed).doubts[0]
    assert estimate(spiral).events[0].dlp_mgycm == 500


def test_the_order_of_the_images_does_not_matter():
    images = [*stack(), *stack(series="2", number=3, start="2010-05-04T10:01:10")]

    assert estimate(reversed(images)) == estimate(images) == estimate(images[::3] + images)
