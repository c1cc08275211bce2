"""The form of a query, and what is the same in the form of a schedule, in; a `Wanted` out."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from kerma.net.wanted import MODALITIES, Wanted
from kerma.store.models import LocalStore, Query, RemoteNode
from kerma.web.forms import PageForm

WIDE_DAYS = 31
"""A range of more days than this is asked for twice."""

LABELS = {
    "CT": "CT",
    "MG": "Mammography",
    "RF": "Fluoroscopy",
    "DX": "Radiography",
    "NM": "Nuclear medicine",
}

_TERMS = ("description_include", "description_exclude", "station_include", "station_exclude")
_SWITCHES = ("station_at_study_level", "sr_only", "empty_sr", "toshiba")
_SPLIT = "Several terms with commas between them; upper and lower case are the same."


class WantedForm(PageForm):
    """Which node, to which store, and which of its studies."""

    node = forms.ModelChoiceField(RemoteNode.objects.none(), label="Node", empty_label=None)
    store = forms.ModelChoiceField(
        LocalStore.objects.none(),
        required=False,
        label="Store to retrieve to",
        empty_label="None needed",
        help_text="With C-MOVE, the node sends to this store. C-GET and DICOMweb need none.",
    )
    modalities = forms.MultipleChoiceField(
        required=False,
        choices=[(name, LABELS[name]) for name in MODALITIES],
        widget=forms.CheckboxSelectMultiple,
        label="Modalities",
    )
    description_include = forms.CharField(
        required=False, label="Only study descriptions with", help_text=_SPLIT
    )
    description_exclude = forms.CharField(
        required=False,
        label="No study descriptions with",
        help_text="For example “imported”, where that is written into studies from elsewhere.",
    )
    station_include = forms.CharField(
        required=False,
        label="Only station names with",
        help_text="Works only where the node answers with station names.",
    )
    station_exclude = forms.CharField(required=False, label="No station names with")
    ignore_stored = forms.BooleanField(
        required=False,
        initial=True,
        label="Leave out objects that are stored already",
        help_text="Off, everything that fits is fetched again; the import then keeps one of each.",
    )
    toshiba = forms.BooleanField(
        required=False,
        label="Toshiba dose images",
        help_text="For CT studies without a dose report: one image of each series, and the "
        "screens that show the dose.",
    )
    sr_only = forms.BooleanField(
        required=False,
        label="Only studies of structured reports",
        help_text="For nodes that hold dose reports without the images. Studies that have both "
        "are left out, and the modalities chosen do not count.",
    )
    empty_sr = forms.BooleanField(
        required=False,
        label="Fetch series of reports that list no objects",
        help_text="For nodes that answer nothing when asked for the objects of a series of "
        "reports. Every such series is then taken for a dose report, a radiologist’s report "
        "too, instead of images that carry dose: use it with care.",
    )
    station_at_study_level = forms.BooleanField(
        required=False,
        label="Compare station names at study level",
        help_text="Otherwise at series level. Some studies have another station name at each.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows("node").queryset = RemoteNode.objects.order_by("name")
        stores = LocalStore.objects.order_by("name")
        self._rows("store").queryset = stores
        if self.initial.get("store") is None and (first := stores.first()):
            self.initial["store"] = first.pk

    def _rows(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Demand a modality, and a store where the node needs one."""
        given = super().clean() or {}
        if not given.get("sr_only") and not given.get("modalities") and not self.errors:
            self.add_error("modalities", "Choose at least one modality.")
        node = given.get("node")
        if node and node.way == RemoteNode.Way.MOVE and not given.get("store"):
            self.add_error("store", f"{node.name} fetches by C-MOVE: choose the store it sends to.")
        return given

    def wanted(self) -> Wanted:
        """Return what the form asks for."""
        given = self.cleaned_data
        chosen: dict[str, Any] = {name: _terms(given[name]) for name in _TERMS}
        chosen |= {name: given[name] for name in _SWITCHES}
        return Wanted(
            modalities=() if given["sr_only"] else tuple(given["modalities"]),
            duplicates=not given["ignore_stored"],
            **chosen,
        )


class QueryForm(WantedForm):
    """A query of some days."""

    when = forms.ChoiceField(
        label="Days",
        choices=[("range", "From day to day"), ("day", "One day, or some hours of it")],
        widget=forms.RadioSelect,
        initial="range",
    )
    date_from = forms.DateField(
        required=False, label="From", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    date_until = forms.DateField(
        required=False,
        label="Until",
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text="Empty means until today.",
    )
    day = forms.DateField(
        required=False, label="Day", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    time_from = forms.TimeField(
        required=False, label="From", widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    time_until = forms.TimeField(
        required=False, label="Until", widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    wide = forms.BooleanField(required=False, widget=forms.HiddenInput)

    is_wide = False
    """Whether the range is so wide that the page asks whether it is meant."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        self.initial.setdefault("date_from", yesterday)
        self.initial.setdefault("day", yesterday)

    def clean(self) -> dict[str, Any]:
        """Demand days in their order, and a second look at many of them."""
        given = super().clean() or {}
        if given.get("when") == "day":
            self._check_day(given)
        else:
            self._check_range(given)
        return given

    def _check_day(self, given: dict[str, Any]) -> None:
        if not given.get("day") and "day" not in self.errors:
            self.add_error("day", "Choose a day.")
        first, last = given.get("time_from"), given.get("time_until")
        if first and last and last < first:
            self.add_error("time_until", "This is before the time from which on it asks.")

    def _check_range(self, given: dict[str, Any]) -> None:
        first, last = given.get("date_from"), given.get("date_until")
        if not first:
            if "date_from" not in self.errors:
                self.add_error("date_from", "Choose the first day.")
            return
        if last and last < first:
            self.add_error("date_until", "This is before the first day.")
        elif first > timezone.localdate():
            self.add_error("date_from", "This day is still to come.")
        elif not self.errors and not given.get("wide"):
            days = ((last or timezone.localdate()) - first).days
            if days > WIDE_DAYS:
                self.is_wide = True
                self.add_error(None, forms.ValidationError(
                    f"These are {days} days. So many put a strain on the node, and some answer "
                    "with nothing at all, to protect themselves. Ask for fewer days at a time, or "
                    "query all the same.", code="wide",
                ))  # fmt: skip

    def wanted(self) -> Wanted:
        """Return what the form asks for, with its days."""
        given = self.cleaned_data
        if given["when"] == "day":
            return Wanted(**_fields(super().wanted()) | {
                "date_from": given["day"], "date_until": given["day"],
                "time_from": given["time_from"], "time_until": given["time_until"],
            })  # fmt: skip
        return Wanted(**_fields(super().wanted()) | {
            "date_from": given["date_from"],
            "date_until": given["date_until"] or timezone.localdate(),
        })  # fmt: skip


def initial_of(query: Query | None, *, with_days: bool) -> dict[str, Any]:
    """Return the fields of a form that asks again what a query asked; {} without one."""
    if query is None:
        return {}
    wanted = Wanted.of(query.wanted)
    return {"node": query.node_id, "store": query.store_id} | options_of(
        wanted if with_days else Wanted(**_fields(wanted) | _NO_DAYS)
    )


_NO_DAYS = {"date_from": None, "date_until": None, "time_from": None, "time_until": None}


def options_of(wanted: Wanted) -> dict[str, Any]:
    """Return the fields of a form that asks for `wanted`; days only if it has some."""
    found: dict[str, Any] = {name: ", ".join(getattr(wanted, name)) for name in _TERMS}
    found |= {name: getattr(wanted, name) for name in _SWITCHES}
    found |= {"modalities": list(wanted.modalities), "ignore_stored": not wanted.duplicates}
    if wanted.date_from is None:
        return found
    if wanted.date_from == wanted.date_until:
        return found | {
            "when": "day",
            "day": wanted.date_from,
            "time_from": wanted.time_from,
            "time_until": wanted.time_until,
        }
    return found | {"date_from": wanted.date_from, "date_until": wanted.date_until}


def _fields(wanted: Wanted) -> dict[str, Any]:
    return {name: getattr(wanted, name) for name in wanted.__struct_fields__}


def _terms(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
