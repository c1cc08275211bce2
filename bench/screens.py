"""Read made-up dose screens, damaged in every way, and count: read, wrong, not believed.

    python bench/screens.py [--screens 10000] [--seed 1] [--only TEXT] [--jobs 2] [--keep FOLDER]

A scanner is a maker's layout in a font, with its own language, notation and colours. Trained ones
are taught by a typist who is shown all letters and ten screens; the others have the glyphs of
three other fonts. Then they are read: without loss, compressed, turned, scaled, cropped, noisy,
with wrong contents. What is believed is compared with what stands on the picture, value by value.
Ends with 1 if a wrong number was believed.
"""

import argparse
import multiprocessing
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from screen_browser import browser_screens
from screen_contents import CONTENTS, NOT_TO_BELIEVE, Case
from screen_damage import KINDS, LOSSLESS, WEIGHTS, damaged
from screen_fonts import Font, pen, present
from screen_report import Figures, Result, report

from kerma.demo.screens.drawing import Colours, Screen, draw, sheets
from kerma.demo.screens.invented import study
from kerma.demo.screens.pens import FontPen
from kerma.demo.screens.sheet import Identity, Look
from kerma.demo.screens.typist import text_at, trained
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.picture import Picture
from kerma.screens.read import read
from kerma.screens.reading import Reading, Scanner, ScanRow, ScreenTable
from kerma.screens.recognise import recognise

_LAYOUTS = ("siemens", "ge", "toshiba", "canon", "philips")
_MAKERS = {"siemens": "SIEMENS", "ge": "GE MEDICAL SYSTEMS", "toshiba": "TOSHIBA",
           "canon": "CANON", "philips": "Philips"}  # fmt: skip
_LESSONS = 10
"""Screens that the typist is shown."""
_FOREIGN = 3
"""Sets of other fonts with which a font is read that nobody has taught."""
_COLOURS = (Colours(), Colours(), Colours(0, 255), Colours(230, 40), Colours(20, 192))
_LOOKED_AT = 0.25
"""Part of the screens whose letters are compared one by one."""
_STILL = frozenset(
    name
    for name, kind in KINDS.items()
    if name == LOSSLESS or name.startswith("JPEG") or name in ("inverse", "other window")
)
"""What changes no letter by intention."""
_NAMES = ("SAMPLE^ANNA MARIA", "MUELLER^JÖRG", "O'NEILL^PAT 17.25", "DUPONT^ZOÉ", "LEE^I.O.")
_DOSES = ("ctdivol_mgy", "dlp_mgycm", "phantom_mm")
_OTHERS = (
    "series_number", "kvp", "tube_current_ma", "exposure_mas", "reference_mas", "rotation_time_s",
    "exposure_time_s", "collimation_mm", "start_mm", "end_mm", "scanning_length_mm",
)  # fmt: skip
_TOTALS = ("total_dlp_mgycm", "total_dlp_head_mgycm", "total_dlp_body_mgycm")


class Job(NamedTuple):
    """One scanner, and how many of its screens are read."""

    layout: str
    font: Font
    path: str
    screens: int
    seed: int
    only: str
    keep: str


class Setup(NamedTuple):
    """A scanner ready to be read."""

    job: Job
    pen: FontPen
    look: Look
    colours: Colours
    scanner: Scanner
    sets: tuple[GlyphSet, ...]


def work(job: Job) -> tuple[list[Result], Counter[tuple[str, str]]]:
    """Teach one scanner and read its screens; also how often each letter was read as what."""
    chance = random.Random(f"{job.seed} {job.layout} {job.font}")
    setup = prepared(job, chance)
    letters: Counter[tuple[str, str]] = Counter()
    results = []
    for number in range(job.screens):
        own = random.Random(f"{job.seed} {job.layout} {job.font} {number}")
        kind = _kind(own, job.only)
        case = _case(setup, kind, own)
        pictures = damaged([one.gray for one in case.screens], _pixels(kind), own)
        results.append(_result(setup, kind, case, pictures, number))
        if job.font.is_trained and kind in _STILL and own.random() < _LOOKED_AT:
            letters += _confused(case.screens, pictures, setup.sets)
    return results, letters


def work_in_browser(job: Job) -> tuple[list[Result], Counter[tuple[str, str]]]:
    """Read screens in a font whose letters are known from another library only."""
    chance = random.Random(f"{job.seed} {job.layout} {job.font} browser")
    setup = prepared(job, chance)
    tables = [study(job.layout, setup.look, chance) for _ in range(job.screens)]
    pages = [sheets(table, job.layout, setup.pen, look=setup.look) for table in tables]
    results = []
    drawn = browser_screens(pages, setup.pen, setup.colours)
    for number, (table, screens) in enumerate(zip(tables, drawn, strict=True)):
        kind = chance.choice((LOSSLESS, "JPEG 90", "JPEG 75", "JPEG 50", "noisy, said lossy"))
        pictures = damaged([one.gray for one in screens], kind, chance)
        result = _result(setup, kind, Case(table, screens), pictures, number)
        name = f"Chromium, {result.name}"
        results.append(result._replace(font="drawn by Chromium", is_trained=False, name=name))
    return results, Counter()


def prepared(job: Job, chance: random.Random) -> Setup:
    """Return the scanner of a job, taught if it is to be."""
    look = Look(
        language=chance.choice(("en", "en", "de", "fr", "es", "it")),
        comma=chance.random() < 0.15,
        variant=chance.randrange(60),
        gap=chance.choice((3, 3, 4)),
    )
    scanner = Scanner(manufacturer=_MAKERS[job.layout], model="Model", software_versions="1")
    colours = chance.choice(_COLOURS)
    own = pen(job.font, job.path)
    if job.font.is_trained:
        sets: tuple[GlyphSet, ...] = (_taught(job.layout, own, look, colours, chance, _LESSONS),)
    else:
        sets = tuple(
            _taught(job.layout, one, look, colours, chance, 2) for one in _others(job, chance)
        )
    return Setup(job, own, look, colours, scanner, sets)


def _taught(
    layout: str, own: FontPen, look: Look, colours: Colours, chance: random.Random, lessons: int
) -> GlyphSet:
    screens = (
        screen
        for _ in range(lessons)
        for screen in draw(study(layout, look, chance), layout, own, look=look, colours=colours)
    )
    return trained(own, GlyphSet(name=own.name), screens, colours)


def _others(job: Job, chance: random.Random) -> Iterator[FontPen]:
    """Return pens of taught fonts: those of the same file first, they are the most alike."""
    fonts = [(font, path) for font, path in present() if font.is_trained]
    chance.shuffle(fonts)
    fonts.sort(key=lambda one: one[0].file[:7] != job.font.file[:7])
    for font, path in fonts[:_FOREIGN]:
        yield pen(font, path)


def _kind(chance: random.Random, only: str) -> str:
    weights = WEIGHTS | dict.fromkeys(CONTENTS, 2.0)
    chosen = {name: weight for name, weight in weights.items() if only in name}
    return chance.choices(list(chosen), list(chosen.values()))[0]


def _pixels(kind: str) -> str:
    return kind if kind in KINDS else LOSSLESS


def _case(setup: Setup, kind: str, chance: random.Random) -> Case:
    """Return what is drawn, with a patient of its own."""
    identity = Identity(
        patient_name=chance.choice(_NAMES), model="Model", accession_number=f"A{chance.random()}"
    )

    def drawn(table: ScreenTable) -> tuple[Screen, ...]:
        return draw(
            table, setup.job.layout, setup.pen,
            identity=identity, look=setup.look, colours=setup.colours,
        )  # fmt: skip

    many = 30 if kind in ("page missing", "pages mixed") else chance.choice((3, 6, 10))
    table = study(setup.job.layout, setup.look, chance, many)
    if kind in CONTENTS:
        return CONTENTS[kind](table, drawn, chance)
    return Case(table, drawn(table))


def _result(
    setup: Setup, kind: str, case: Case, pictures: Sequence[Picture], number: int
) -> Result:
    start = time.process_time()
    reading = read(pictures, setup.scanner, setup.sets, case.patient_id)
    cpu_s = time.process_time() - start
    outcome, why = _outcome(reading, case, kind)
    job = setup.job
    name = f"{job.layout} | {setup.pen.name} | {kind} | {number}"
    if outcome == "WRONG" and job.keep:
        _keep(Path(job.keep), name, pictures, why)
    return Result(job.layout, setup.pen.name, job.font.is_trained, kind, outcome, name, why,
                  cpu_s, len(pictures), case.screens[0].gray.shape == (512, 512))  # fmt: skip


def _outcome(reading: Reading, case: Case, kind: str) -> tuple[str, str]:
    if reading.is_believed and reading.table is not None:
        wrong, left_out = differences(reading.table, case.table)
        if wrong or kind in NOT_TO_BELIEVE:
            return "WRONG", "; ".join(wrong) or "believed"
        return "right", "; ".join(left_out)
    if reading.unknown:
        return "glyphs", ""
    if reading.trouble:
        return "refused", reading.trouble
    return "review", " ".join(dict.fromkeys(doubt.sentence for doubt in reading.doubts))


def differences(table: ScreenTable, truth: ScreenTable) -> tuple[list[str], list[str]]:
    """Return wrong values, doses that are missing among them, and other values left out."""
    wrong: list[str] = []
    left_out: list[str] = []
    if len(table.rows) != len(truth.rows):
        wrong.append(f"{len(table.rows)} rows instead of {len(truth.rows)}")
    alone = [value for name in _TOTALS if (value := getattr(truth, name)) is not None]
    for name in _TOTALS:
        seen, value = getattr(table, name), getattr(truth, name)
        is_same_sum = name == "total_dlp_mgycm" and value is None and [seen] == alone
        if seen != value and not is_same_sum:
            wrong.append(f"{name}: {value} read as {seen}")
    for place, (read_row, row) in enumerate(zip(table.rows, truth.rows, strict=False)):
        for name in (*_DOSES, *_OTHERS):
            _compare(place, name, read_row, row, wrong, left_out)
    return wrong, left_out


def _compare(
    place: int, name: str, found: ScanRow, truth: ScanRow, wrong: list[str], left_out: list[str]
) -> None:
    """Compare one value; what the screen does not show may be derived, unless it is a dose."""
    seen, value = getattr(found, name), getattr(truth, name)
    if seen == value or (value is None and name not in _DOSES):
        return
    if seen is None and name not in _DOSES:
        left_out.append(name)
        return
    wrong.append(f"row {place} {name}: {value} read as {seen}")


def _keep(folder: Path, name: str, pictures: Sequence[Picture], why: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plain = "".join(letter if letter.isalnum() else "_" for letter in name)
    for page, picture in enumerate(pictures):
        Image.fromarray(picture.gray).save(folder / f"{plain}_{page}.png")
    (folder / f"{plain}.txt").write_text(f"{name}\n{why}\n")


def _confused(
    screens: Sequence[Screen], pictures: Sequence[Picture], sets: Sequence[GlyphSet]
) -> Counter[tuple[str, str]]:
    """Return how often each letter was read as what; "" is unknown."""
    found: Counter[tuple[str, str]] = Counter()
    for screen, picture in zip(screens, pictures, strict=True):
        for line in recognise(picture, sets).lines:
            for seen in (one for word in line.words for one in word.glyphs):
                found[text_at(seen.box, screen.letters), seen.text] += 1
    return found


def _jobs(args: argparse.Namespace) -> list[Job]:
    fonts = present()
    pairs = [(layout, font, path) for font, path in fonts for layout in _LAYOUTS]
    words = args.scanner.lower().split()
    pairs = [one for one in pairs if all(word in f"{one[0]} {one[1]}".lower() for word in words)]
    each, more = divmod(args.screens, len(pairs))
    return [
        Job(layout, font, path, each + (number < more), args.seed, args.only, args.keep)
        for number, (layout, font, path) in enumerate(pairs)
    ]


def _browser_jobs(jobs: Sequence[Job], screens: int) -> list[Job]:
    """Return every fourth scanner with a font the browser can show."""
    chosen = [job for job in jobs if job.path.endswith(".ttf") and job.font.is_trained][::4]
    each = round(screens / max(len(chosen), 1))
    return [job._replace(screens=each) for job in chosen if each]


def _leave_signals() -> None:
    """Let the first process alone decide when to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _run(jobs: Sequence[Job], args: argparse.Namespace, figures: Figures) -> None:
    """Read all screens in processes; `figures` grows as scanners are done."""
    with multiprocessing.Pool(args.jobs, _leave_signals) as pool:
        for results, letters in chain(
            pool.imap_unordered(work, jobs),
            pool.imap_unordered(work_in_browser, _browser_jobs(jobs, args.browser)),
        ):
            figures.add(results, letters)


def main() -> None:
    """Print the figures; end with 1 if a wrong number was believed.

    Interrupted, it prints those of the scanners that are done.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screens", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="damages whose name contains this")
    parser.add_argument("--scanner", default="", help="layouts and fonts whose name contains this")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", default="", help="folder for screens that were read wrongly")
    parser.add_argument("--browser", type=int, default=200, help="screens more, by Chromium")
    args = parser.parse_args()
    jobs = [job for job in _jobs(args) if job.screens]
    figures = Figures()
    start = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _run(jobs, args, figures)
    except KeyboardInterrupt:
        print("stopped; these are the figures so far")
    sys.exit(report(figures, time.monotonic() - start))


if __name__ == "__main__":
    main()
