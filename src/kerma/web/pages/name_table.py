"""Standard names as a CSV table: downloaded, and entered after a look at what would change."""

import datetime as dt

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kerma.store import name_table
from kerma.store.name_table import TableRefused
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.formats import plural

_LARGEST = 5_000_000
_SHOWN_FAULTS = 50


@require_safe
@groups("admin")
def export(request: HttpRequest) -> HttpResponse:
    """Hand out all names with their rules."""
    note(request, "export standard names")
    day = f"{dt.date.today():%Y-%m-%d}"  # noqa: DTZ011 - the site's own day, for a file name
    response = HttpResponse(name_table.write(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="standard-names-{day}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def enter(request: HttpRequest) -> HttpResponse:
    """Take a table, show what it would change, and enter it once that is confirmed."""
    context: dict[str, object] = {"columns": name_table.COLUMNS, "within": "names"}
    if request.method != "POST":
        return render(request, "web/names_import.html", context)
    replace = request.POST.get("replace") == "on"
    try:
        text = _text(request)
        found = name_table.read(text)
        if not found.faults and request.POST.get("do") == "enter":
            outcome = name_table.enter(found.rows, replace=replace, user=actor(request))
            messages.success(request, f"The table is entered: {words(outcome)}.")
            return redirect("names")
        outcome = name_table.enter(found.rows, replace=replace, try_only=True)
    except TableRefused as error:
        return render(request, "web/names_import.html", context | {"refused": str(error)})
    context |= {
        "text": text,
        "replace": replace,
        "rows": len(found.rows),
        "faults": found.faults[:_SHOWN_FAULTS],
        "more_faults": max(len(found.faults) - _SHOWN_FAULTS, 0),
        "outcome": outcome,
        "words": words(outcome),
    }
    return render(request, "web/names_import.html", context)


def _text(request: HttpRequest) -> str:
    """Return the table, from the file or from the form that shows what it would change."""
    upload = request.FILES.get("file")
    if upload is None:
        return str(request.POST.get("text", ""))
    if upload.size is None or upload.size > _LARGEST:
        raise TableRefused("The file is larger than 5 MB; a table of names never is.")
    data = upload.read()
    try:
        return str(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TableRefused(
            "The file is not in UTF-8. Save it as “CSV UTF-8” in the spreadsheet."
        ) from None


def words(outcome: name_table.Outcome) -> str:
    """Return what a table changes, in words."""
    parts = (
        (outcome.names_added, "name", "added"),
        (outcome.rules_added, "text or pattern", "added"),
        (outcome.names_removed, "name", "removed"),
        (outcome.rules_removed, "text or pattern", "removed"),
    )
    said = [f"{_counted(n, word)} {done}" for n, word, done in parts if n]
    return ", ".join(said) or "nothing changes"


def _counted(count: int, word: str) -> str:
    if word == "name":
        return plural(count, word)
    return f"1 {word}" if count == 1 else f"{count} texts or patterns"
