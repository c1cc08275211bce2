"""How long charts take on a filled database, and how that compares with NumPy.

    KERMA_HOME=FOLDER python bench/charts.py [--repeat N] [--chart TEXT] [--filter NAME=VALUE]

Run `bench/bulk.py` first. For every modality the cache of columns is dropped and the chart that
reads most is asked for: the cold time. Then each chart of the catalogue that has cases is computed
N times: the median is the warm time. Beside it stands a group-by in NumPy over the same cases,
whose columns are in memory already: sorted by item (and month), then the mean and five quantiles
of each group, or the counts alone for a frequency. The aims at a million studies are 10 s cold,
1 s warm, and 3 times NumPy.
"""

import argparse
import os
import resource
import shutil
import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kerma.config.settings")
django.setup()

import numpy as np
from django.conf import settings
from django.db import connection

from kerma import charts
from kerma.charts.base import Chart, Options
from kerma.charts.cache import fresh
from kerma.charts.cases import Cases, gather
from kerma.query.columns import COLUMNS
from kerma.query.selection import Selection, select
from kerma.store.models import CtEvent, ProjectionEvent, Study

COLD = {
    "CT": ("ct-study-dlp", "ct-acquisition-dlp"),
    "RF": ("rf-study-dap", "rf-acquisition-dap"),
    "DX": ("dx-study-dap", "dx-acquisition-dap"),
    "MG": ("mg-study-agd", "mg-acquisition-agd-thickness"),
    "NM": ("nm-study-activity",),
}
"""The first chart of studies, and of events, asked of an empty cache."""
COLD_S, WARM_S, RATIO = 10.0, 1.0, 3.0
PAGE = {"most_items": 50, "most_points": 5000}
"""What a page asks for at most; items beyond are sorted and counted all the same."""
QUANTILES = (0, 0.25, 0.5, 0.75, 1)


def group_by(code: Any, value: Any) -> list[tuple[Any, ...]]:
    """Return the statistics of each group as one would write it with NumPy."""
    order = np.argsort(code, kind="stable")
    codes, values = code[order], value[order]
    edges = np.concatenate([[0], np.flatnonzero(np.diff(codes)) + 1, [len(codes)]])
    found = []
    for start, end in pairwise(edges.tolist()):
        part = values[start:end]
        found.append((int(codes[start]), len(part), part.mean(), *np.quantile(part, QUANTILES)))
    return found


def by_numpy(chart: Chart, cases: Cases) -> Callable[[], Any]:
    """Return the same in NumPy, for cases that are in memory."""
    code = cases.key.astype(np.int64) * len(cases.items) + cases.item
    day = cases.studies.columns["study_date"][cases.study].astype(np.int64)
    if chart.form in {"over-time", "control"}:
        code = code * 10_000 + day // 30
    if chart.measure == "workload":
        code = (day + 3) % 7 * 24 + cases.studies.columns["hour"][cases.study]
    if not len(cases.value):
        return lambda: np.unique(code, return_counts=True)
    return lambda: group_by(code, cases.value)


def timed(action: Callable[[], Any]) -> float:
    """Return the seconds that it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def drop_cache() -> None:
    """Let nothing be kept, in this process or in the folder."""
    fresh._kept.clear()
    shutil.rmtree(Path(settings.KERMA_HOME) / "cache" / "charts", ignore_errors=True)


def time_cold(modality: str) -> list[float]:
    """Print and return how long the first charts take."""
    spent = []
    for name in COLD[modality]:
        drop_cache()
        chart = charts.find(name)
        spent.append(timed(lambda: charts.compute(chart, select(modality, []))))  # noqa: B023
        print(f"{name:48} {spent[-1]:7.3f} s cold")
    return spent


def time_warm(chart: Chart, selection: Selection, repeat: int) -> tuple[float, float, int]:
    """Return the median time, that of NumPy, and the number of cases."""
    number = charts.compute(chart, selection, **PAGE).cases
    warm = [timed(lambda: charts.compute(chart, selection, **PAGE)) for _ in range(repeat)]
    plain = by_numpy(chart, gather(chart, selection, Options()))
    alone = [timed(plain) for _ in range(repeat)]
    return statistics.median(warm), statistics.median(alone), number


def main() -> None:
    """Time every chart and print it."""
    parser = argparse.ArgumentParser(description="Time the charts on a filled database.")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--chart", default="", help="only charts whose name contains this")
    parser.add_argument("--filter", action="append", default=[], metavar="NAME=VALUE")
    given = parser.parse_args()
    pairs = [tuple(text.split("=", 1)) for text in given.filter]
    events = CtEvent.objects.count() + ProjectionEvent.objects.count()
    print(f"{connection.vendor}, {Study.objects.count()} studies, {events} events")
    cold, warm, ratios = [0.0], [(0.0, "")], [(0.0, "")]
    for modality in COLUMNS:
        cold += time_cold(modality) if not given.chart else []
        for chart in charts.charts_of(modality):
            if given.chart not in chart.name:
                continue
            median, alone, number = time_warm(chart, select(modality, pairs), given.repeat)
            if number:
                print(f"{chart.name:48} {median:7.3f} s warm {alone:7.3f} s NumPy "
                      f"{median / alone:5.1f} times, {number} cases")  # fmt: skip
                warm.append((median, chart.name))
                ratios.append((median / alone if median > 0.05 else 0.0, chart.name))
    print(f"longest: {max(cold):.2f} s cold (aim {COLD_S:g}), {max(warm)[0]:.2f} s warm "
          f"({max(warm)[1]}; aim {WARM_S:g})")  # fmt: skip
    print(f"greatest ratio of those over 50 ms: {max(ratios)[0]:.1f} ({max(ratios)[1]}; "
          f"aim {RATIO:g})")  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB")


if __name__ == "__main__":
    main()
