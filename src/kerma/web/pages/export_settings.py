"""How exports write dates and times, and how long their files are kept."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kerma.exports import dates
from kerma.exports.dates import DateFormatError
from kerma.store import options
from kerma.web.access import groups
from kerma.web.forms import PageForm
from kerma.web.pages.policies import Part, note_changes

_LONGEST_DAYS = 3660
_EXAMPLE = dt.datetime(2026, 11, 5, 17, 48, 5)  # noqa: DTZ001
_NAMES = ("export_date_format", "export_time_format", "export_csv_dates", "export_days")


class ExportForm(PageForm):
    """Formats of dates and times, and days to keep files."""

    units = {"export_days": "days"}

    export_date_format = forms.CharField(
        label="Dates",
        required=False,
        max_length=40,
        help_text="Written with d, m and y as spreadsheets do, e.g. dd/mm/yyyy, yyyy-mm-dd or "
        "dd.mm.yyyy. Empty: as the server is set.",
    )
    export_time_format = forms.CharField(
        label="Times",
        required=False,
        max_length=40,
        help_text="Written with h, m and s, e.g. hh:mm:ss. Empty: as the server is set.",
    )
    export_csv_dates = forms.ChoiceField(
        label="Dates in CSV files",
        choices=[("iso", "As 2026-11-05"), ("site", "As above")],
        widget=forms.RadioSelect,
        help_text="Programs read 2026-11-05 alike everywhere; a spreadsheet of another country "
        "may read 05/11/2026 as the eleventh of May.",
    )
    export_days = forms.IntegerField(
        label="Days to keep files",
        min_value=0,
        max_value=_LONGEST_DAYS,
        help_text="Then an export and its file go. 0 keeps them until somebody deletes them. "
        "Applies to exports made from now on.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = (settings.KERMA_EXPORT_DATE_FORMAT, settings.KERMA_EXPORT_TIME_FORMAT)
        for name, text in zip(_NAMES, given, strict=False):
            self.fields[name].widget.attrs["placeholder"] = text

    def clean_export_date_format(self) -> str:
        """Refuse what is no format of dates."""
        return _checked(self.cleaned_data["export_date_format"], "yd", "year or day")

    def clean_export_time_format(self) -> str:
        """Refuse what is no format of times."""
        return _checked(self.cleaned_data["export_time_format"], "h", "hour")


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def export_settings(request: HttpRequest) -> HttpResponse:
    """Choose how exports are written and kept."""
    initial = dict(zip(_NAMES, options.several(*_NAMES), strict=True))
    form = ExportForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            for name, _, new in form.changes():
                options.put(name, new)
            note_changes(request, form)
        messages.success(request, "Saved.")
        return redirect("export-settings")
    return render(request, "web/settings_form.html", _context(form))


def _context(form: ExportForm) -> dict[str, Any]:
    example = dates.writers(dates.of_site())["moment"](_EXAMPLE)
    return {
        "form": form,
        "heading": "Export settings",
        "about": "How exports write dates and times, and how long their files are kept.",
        "parts": [
            Part(
                "Dates and times",
                [form[name] for name in _NAMES[:3]],
                f"As it is set now, 5 November 2026 at 17:48:05 is {example}.",
            ),
            Part("Files", [form["export_days"]]),
        ],
        "said": "Changes apply to exports asked for from now on.",
    }


def _checked(text: str, letters: str, wanted: str) -> str:
    """Return a format that can be read and holds what it is for; "" stays."""
    if not text.strip():
        return ""
    try:
        dates.check(text)
    except DateFormatError as error:
        raise forms.ValidationError(str(error)) from None
    if not set(letters) & set(text.lower()):
        raise forms.ValidationError(f"{text!r} has no {wanted} in it.")
    return text
