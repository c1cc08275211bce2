"""Damaged objects, many of them: a record or a sentence, and no partial study."""

import os
from pathlib import Path

import pytest

from kerma.pipeline.ingest import ingest
from kerma.store.models import Administration, CtEvent, ProjectionEvent, Quarantine, Study
from tests.pipeline.fuzzing import damaged, originals, outcome

MUTATIONS = int(os.environ.get("KERMA_TEST_MUTATIONS", "1500"))
"""How many damaged objects to read; raise it for a longer run."""


@pytest.fixture(scope="module")
def objects() -> list[bytes]:
    """Return the objects to damage; real ones too, where there are any."""
    root = os.environ.get("KERMA_TEST_DATA", "")
    return originals(Path(root) / "dicom" if root else None)


def test_whatever_is_damaged_is_read_or_refused(objects):
    outcomes = {outcome(data) for data in damaged(objects, MUTATIONS)}

    assert {"read", "CutShort"} <= outcomes


@pytest.mark.django_db
def test_damaged_objects_leave_no_partial_study(objects, arrive):
    outcomes = [
        ingest(arrive(data, f"{number}.dcm")).outcome
        for number, data in enumerate(damaged(objects, 200, seed=2))
    ]

    assert {"imported", "refused"} <= set(outcomes)
    assert Quarantine.objects.exists()
    for study in Study.objects.all():
        rows = sum(
            model.objects.filter(study=study).count()
            for model in (CtEvent, ProjectionEvent, Administration)
        )
        assert rows == study.number_of_events
