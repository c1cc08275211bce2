"""Deleting one study: a page says what goes and asks why, then one goes back to the list."""

from urllib.parse import parse_qsl

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from kerma.pipeline.keep import discard
from kerma.store.forget import forget_study
from kerma.store.models import Study
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.address import Address
from kerma.web.forms import PageForm


class ReasonForm(PageForm):
    """Why something is deleted."""

    reason = forms.CharField(
        label="Reason",
        max_length=200,
        help_text="Kept in the audit log: no names or numbers of patients.",
        error_messages={"required": "Say why, in a few words: the audit log needs it."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def delete_study(request: HttpRequest, number: int) -> HttpResponse:
    """Ask, and delete a study with its events, sources and Kerma's copies of its objects."""
    study = get_object_or_404(Study.objects.select_related("system"), pk=number)
    came_from = request.POST.get("list", request.GET.get("list", ""))
    address = Address(study.modality, tuple(parse_qsl(came_from)))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        forget_study(study, actor(request), discard, form.cleaned_data["reason"])
        messages.success(request, "The study is deleted.")
        return redirect(address.path())
    context = {
        "study": study,
        "form": form,
        "list": came_from,
        "sources": study.sources.count(),
        "back": address.study(number),
    }
    return render(request, "web/delete_study.html", context)
