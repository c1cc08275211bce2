"""The objects of the synthetic hospital, written to a folder by all processors at once."""

import datetime as dt
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from kerma.demo.hospital import DemoStudy, Plan, broken_study, draw_study, plans

_FEW = 60
"""Below so many examinations, other processes would take longer to start than they save."""


def write_objects(folder: Path, studies: int, *, seed: int, until: dt.datetime) -> int:
    """Write so many examinations and one broken object below `folder`; return the files' number."""
    planned = list(plans(studies, seed=seed, until=until))
    broken = _write(folder, broken_study(seed=seed, until=until))
    if studies < _FEW:
        return broken + sum(_draw_and_write(folder, plan) for plan in planned)
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        written = pool.map(partial(_draw_and_write, folder), planned, chunksize=8)
        return broken + sum(written)


def _draw_and_write(folder: Path, plan: Plan) -> int:
    return _write(folder, draw_study(plan))


def _write(folder: Path, study: DemoStudy) -> int:
    """Write the objects of one examination; return their number."""
    for each in study.objects:
        path = folder / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.data)
    return len(study.objects)
