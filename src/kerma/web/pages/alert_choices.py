"""What a site chooses about alerts: sums over a patient, reasons, and when e-mails go."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from kerma.store import alert_reasons, options
from kerma.store.alert_reasons import reasons
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm
from kerma.web.pages.policies import note_changes

_PERIOD = (
    "period_weeks", "period_adds_up", "period_in_lists", "period_in_details", "period_in_mail",
)  # fmt: skip


class PeriodForm(PageForm):
    """Sums over the fluoroscopy studies of a patient."""

    switches = True
    units = {"period_weeks": "weeks"}

    period_weeks = forms.IntegerField(
        label="Weeks",
        min_value=1,
        max_value=520,
        help_text="How far each sum looks back from the date of its study.",
    )
    period_adds_up = forms.BooleanField(
        required=False,
        label="Add up as studies arrive",
        help_text="It needs the patient ID, or its hash, to be stored. Without it, rules on sums "
        "find nothing.",
    )
    period_in_lists = forms.BooleanField(required=False, label="Show sums in the list")
    period_in_details = forms.BooleanField(
        required=False, label="Show the studies of a sum on the page of each"
    )
    period_in_mail = forms.BooleanField(required=False, label="Tell sums in e-mails")

    @staticmethod
    def stored() -> dict[str, Any]:
        """Return what is chosen."""
        return dict(zip(_PERIOD, options.several(*_PERIOD), strict=True))


class ReasonsForm(PageForm):
    """The reasons that can be given for an alert."""

    reasons = forms.CharField(
        required=False,
        label="Reasons for an alert",
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text="One on each line: code, colon, words. The code is kept with the alert. Empty "
        "goes back to the usual ones.",
    )

    @staticmethod
    def typed(found: dict[str, str]) -> str:
        """Return reasons as they would be typed."""
        return "\n".join(f"{code}: {words}" for code, words in found.items())

    def clean_reasons(self) -> dict[str, str]:
        """Return code and words of each line."""
        found: dict[str, str] = {}
        for line in filter(str.strip, self.cleaned_data["reasons"].splitlines()):
            code, colon, words = (part.strip() for part in line.partition(":"))
            if not colon or not words or not re.fullmatch(r"[\w-]{1,40}", code):
                raise forms.ValidationError(
                    f"“{line.strip()}” is no reason: write a code of letters, digits and hyphens, "
                    "a colon and the words."
                )
            if code in found:
                raise forms.ValidationError(f"The code “{code}” is there twice.")
            found[code] = words
        return found


@require_POST
@groups("admin")
def period(request: HttpRequest) -> HttpResponse:
    """Keep how sums are made and where they are shown."""
    before = PeriodForm.stored()
    form = PeriodForm(request.POST, initial=before)
    if not form.is_valid():
        messages.error(request, "The weeks must be a whole number from 1 to 520.")
        return redirect("alert-rules")
    with transaction.atomic():
        for name, value in form.cleaned_data.items():
            options.put(name, value)
        if form.cleaned_data["period_adds_up"] and not before["period_adds_up"]:
            options.put("period_done_weeks", 0)
        note_changes(request, form)
    messages.success(request, "Saved.")
    return redirect("alert-rules")


@require_POST
@groups("admin")
def keep_reasons(request: HttpRequest) -> HttpResponse:
    """Keep the reasons that can be given."""
    form = ReasonsForm(request.POST, initial={"reasons": ReasonsForm.typed(reasons())})
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["reasons"])))
        return redirect("alert-rules")
    with transaction.atomic():
        alert_reasons.put(form.cleaned_data["reasons"])
        note(request, "change setting", setting="Reasons for an alert", new=list(reasons()))
    messages.success(request, "Saved.")
    return redirect("alert-rules")
