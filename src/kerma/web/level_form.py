"""The form of a reference level of the site's own."""

from typing import Any

from django import forms

from kerma.query.reference_levels.bands import LABELS
from kerma.query.reference_levels.quantities import OF_LEVEL, QUANTITIES
from kerma.store.models import SiteReferenceLevel, StandardName
from kerma.web.forms import PageForm


class OwnForm(PageForm):
    """A level of the site's own, in the unit in which it is shown."""

    name = forms.ChoiceField(label="Standard name")
    quantity = forms.ChoiceField(label="Quantity")
    value = forms.FloatField(
        label="Level",
        min_value=1e-9,
        error_messages={"min_value": "A level is a number above zero."},
    )
    phantom_cm = forms.TypedChoiceField(
        label="Phantom", choices=(("", "–"), ("16", "16 cm, head"), ("32", "32 cm, body")),
        required=False, coerce=int, empty_value=None,
    )  # fmt: skip
    band = forms.ChoiceField(label="Patients", choices=list(LABELS.items()), required=False)
    valid_from = forms.DateField(
        label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(label="Source", max_length=300)

    def __init__(self, *args: Any, of: tuple[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        modality, level = of
        names = StandardName.objects.filter(modality=modality, level=level)
        fields: dict[str, Any] = self.fields
        fields["name"].choices = [
            ("", "Choose one"),
            *names.order_by("name").values_list("pk", "name"),
        ]
        fields["quantity"].choices = _quantities(modality, level)
        if modality != "CT":
            del self.fields["phantom_cm"]


def level_of(form: OwnForm) -> SiteReferenceLevel:
    """Return the level that a form holds, in the unit of the store."""
    given = form.cleaned_data
    return SiteReferenceLevel(
        standard_name=StandardName.objects.get(pk=given["name"]),
        quantity=given["quantity"],
        value=given["value"] / QUANTITIES[given["quantity"]].factor,
        phantom_cm=given.get("phantom_cm"),
        band=given["band"],
        valid_from=given["valid_from"],
        source=given["source"],
    )


def _quantities(modality: str, level: str) -> list[tuple[str, str]]:
    known = (QUANTITIES[key] for key in OF_LEVEL[modality, level])
    return [(one.name, f"{one.heading}, {one.unit}") for one in known]
