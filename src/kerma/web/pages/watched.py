"""Watched folders: from where files are imported by themselves."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kerma.pipeline.watched import fault_of
from kerma.store.models import WatchedFolder
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm


class FolderForm(PageForm):
    """A new folder."""

    units = {"stable_s": "seconds"}

    path = forms.CharField(
        label="Folder",
        max_length=1000,
        help_text="Whole path on the machine of Kerma. Files move from there into Kerma, so that "
        "it must be a folder for this alone.",
    )
    stable_s = forms.IntegerField(
        label="Taken when unchanged for",
        min_value=1,
        max_value=3600,
        initial=10,
        help_text="Longer where senders pause within a file.",
    )

    def clean_path(self) -> str:
        """Return the path, which must be of a folder that Kerma can read and write."""
        path: str = self.cleaned_data["path"].rstrip("/") or "/"
        if fault := fault_of(path):
            raise forms.ValidationError(fault)
        for other in WatchedFolder.objects.values_list("path", flat=True):
            if f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/"):
                raise forms.ValidationError(f"The folder {other}, which is watched, overlaps it.")
        return path


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def watched(request: HttpRequest) -> HttpResponse:
    """List the folders, and take a new one."""
    form = FolderForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            WatchedFolder.objects.create(**form.cleaned_data)
            note(request, "add watched folder", **form.cleaned_data)
        messages.success(request, "The folder is watched from now on.")
        return redirect("watched")
    rows = [(row, fault_of(row.path)) for row in WatchedFolder.objects.order_by("path")]
    return render(request, "web/watched.html", {"form": form, "rows": rows})


@require_POST
@groups("admin")
@transaction.atomic
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Switch a folder off or on, or watch it no more."""
    row = get_object_or_404(WatchedFolder, pk=number)
    if request.POST.get("do") == "remove":
        row.delete()
        note(request, "remove watched folder", path=row.path)
        messages.success(request, f"{row.path} is watched no more. What is in it stays there.")
        return redirect("watched")
    WatchedFolder.objects.filter(pk=row.pk).update(enabled=not row.enabled, waiting=0, trouble="")
    action = "pause watched folder" if row.enabled else "resume watched folder"
    note(request, action, path=row.path)
    return redirect("watched")
