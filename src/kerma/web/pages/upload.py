"""Upload of DICOM objects from a browser: through the pipeline, and what was sent is deleted."""

import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods

from kerma.pipeline.batch_end import to_its_end
from kerma.pipeline.find import Arrival, arrivals
from kerma.pipeline.ingest import Outcome, ingest
from kerma.store.models import Study
from kerma.web.access import BROWSE, groups, may
from kerma.web.configuration import SIZES

_STALE = 24 * 3600
"""Seconds after which what a crash has left behind is removed."""

WORDS = {
    "imported": ("ok", "New study"),
    "merged": ("ok", "Added to a study"),
    "duplicate": ("notice", "Already here"),
    "skipped": ("notice", "Carries no dose"),
    "refused": ("over", "Refused"),
}
"""Outcome -> the state it is shown as, and its words."""


class Line(NamedTuple):
    """What became of one object, as shown."""

    name: str
    outcome: str
    state: str
    words: str
    reason: str
    studies: Sequence[tuple[int, str]]
    """Number and words of the studies it is in, for those who may see them."""


class _Uploaded(Arrival):
    """An object named as in the browser, not as the place where it lies meanwhile."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """Return file name, and name within the zip file."""
        file_name = Path(self.path).name
        return f"{file_name}: {self.member}" if self.member else file_name


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*SIZES)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take files: a script gets a line of JSON per object at once, a form a page at the end."""
    if request.method != "POST":
        return render(request, "web/upload.html")
    files = request.FILES.getlist("files")
    browses = may(request.user, *BROWSE)
    outcomes = to_its_end(_import(files), "upload")
    lines = (_line(outcome, browses=browses) for outcome in outcomes)
    if request.headers.get("Accept") == "application/jsonl":
        return StreamingHttpResponse(_as_json(lines), content_type="application/jsonl")
    found = list(lines)
    counts = Counter(line.outcome for line in found)
    summary = [(WORDS[name], counts[name]) for name in WORDS if counts[name]]
    context = {"lines": found, "summary": summary, "sent": True}
    return render(request, "web/upload.html", context)


def _import(files: Sequence["UploadedFile[Any]"]) -> Iterator[Outcome]:
    """Import the objects of the files one after the other; each file is deleted when it is done."""
    folder = Path(settings.KERMA_HOME) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sweep(folder)
    for file in files:
        with tempfile.TemporaryDirectory(prefix="objects-", dir=folder) as place:
            path = Path(place) / (Path(file.name or "").name or "file")
            with path.open("wb") as copy:
                shutil.copyfileobj(file, copy)
            for arrival in _arrivals(path):
                yield ingest(_Uploaded(*arrival), came_by="upload")


def _arrivals(path: Path) -> Iterable[Arrival]:
    """Return the objects in a file; the files that a DICOMDIR lists come on their own."""
    return [Arrival(str(path))] if path.name.upper() == "DICOMDIR" else arrivals([str(path)])


def _line(outcome: Outcome, *, browses: bool) -> Line:
    state, words = WORDS[outcome.outcome]
    return Line(
        outcome.path,
        outcome.outcome,
        state,
        words,
        outcome.reason,
        _studies(outcome.study_instance_uid) if browses and outcome.outcome != "refused" else (),
    )


def _studies(uid: str) -> list[tuple[int, str]]:
    """Return the studies under a UID with a few words about each."""
    if not uid:
        return []
    found = Study.objects.filter(study_instance_uid=uid).order_by("pk")
    return [
        (number, f"{modality} {description}".strip())
        for number, modality, description in found.values_list(
            "pk", "modality", "study_description"
        )
    ]


def _as_json(lines: Iterator[Line]) -> Iterator[bytes]:
    """Yield a line of JSON for each object: its outcome, and its row as HTML."""
    for line in lines:
        html = render_to_string("web/upload_line.html", {"line": line})
        said = {"outcome": line.outcome, "words": line.words, "html": html}
        yield json.dumps(said).encode() + b"\n"


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed has left."""
    for left in folder.glob("objects-*"):
        try:
            is_old = time.time() - left.stat().st_mtime > _STALE
        except FileNotFoundError:
            continue
        if is_old:
            shutil.rmtree(left, ignore_errors=True)
