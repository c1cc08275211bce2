"""The forms about skin dose: what is made, the geometry of a model, the calibration of a tube."""

from typing import Any, NamedTuple

from django import forms

from kerma.dosimetry.skin.geometry import (
    COLLIMATED,
    DAP_OVER_DOSE,
    FIELD_OF_VIEW,
    STATES,
    Axis,
    Geometry,
    transmissions,
)
from kerma.store.models import System
from kerma.web import skin_words
from kerma.web.forms import PageForm
from kerma.web.pages.policies import Part

_POSITIONS = [
    ("table_longitudinal_mm", "Table Longitudinal Position"),
    ("table_lateral_mm", "Table Lateral Position"),
    ("table_height_mm", "Table Height Position"),
]
_SIGNS = [("1", "as it is"), ("-1", "turned round")]
_FIELDS = [
    (COLLIMATED, "Collimated field, else DAP over dose"),
    (DAP_OVER_DOSE, "DAP over dose, else collimated field"),
    (FIELD_OF_VIEW, "Field of view of the detector"),
]
_ORDER = {
    COLLIMATED: (COLLIMATED, DAP_OVER_DOSE, FIELD_OF_VIEW),
    DAP_OVER_DOSE: (DAP_OVER_DOSE, COLLIMATED, FIELD_OF_VIEW),
    FIELD_OF_VIEW: (FIELD_OF_VIEW, DAP_OVER_DOSE, COLLIMATED),
}


class SkinForm(PageForm):
    """Whether maps are made, on which body, and whether they may be added up."""

    switches = True
    units = {"skin_sum_weeks": "weeks"}

    skin_maps = forms.BooleanField(
        required=False,
        label="Make skin dose maps",
        help_text="In the background, for every fluoroscopy study of a model whose geometry is "
        "known, and again when the patient's size or anything else that goes into it changes.",
    )
    skin_body = forms.ChoiceField(
        label="Body",
        choices=[(name, words) for name, words in skin_words.BODY_WORDS.items()],
        widget=forms.RadioSelect,
        help_text="On which the maps are made; each map can be looked at on the other.",
    )
    skin_sum = forms.BooleanField(
        required=False,
        label="Allow the sum over a patient's studies",
        help_text="Adds the maps up cell by cell, as if the patient lay in the same place.",
    )
    skin_sum_weeks = forms.IntegerField(
        label="Weeks added up", min_value=1, max_value=520, help_text="Up to the study looked at."
    )


class AxisForm(NamedTuple):
    """Names of the fields of one movement of the table."""

    name: str
    label: str


_AXES = (
    AxisForm("left", "To the patient's left"),
    AxisForm("cranial", "To the head"),
    AxisForm("down", "Down"),
)


class GeometryForm(PageForm):
    """The geometry of one model."""

    state = forms.ChoiceField(
        label="How far it is to be trusted",
        choices=[(state, state) for state in STATES],
        help_text="Validated: compared with film or another independent measurement. "
        "Unknown: no maps are made.",
    )
    all_versions = forms.BooleanField(
        required=False,
        label="For all software versions",
        help_text="Otherwise for the version named above only.",
    )
    primary_sign = forms.ChoiceField(
        label="Primary angle", choices=_SIGNS, help_text="DICOM: positive with the detector left."
    )
    secondary_sign = forms.ChoiceField(
        label="Secondary angle",
        choices=_SIGNS,
        help_text="DICOM: positive with the detector at the head.",
    )
    angles = forms.ChoiceField(
        label="Angles are",
        choices=[
            ("patient", "about the patient, however they lie"),
            ("table", "those of a head-first supine patient"),
        ],
    )
    field = forms.ChoiceField(label="Size of the field from", choices=_FIELDS)
    transmission = forms.ChoiceField(label="Transmission of table and pad", choices=[])
    table_width_cm = forms.FloatField(label="Width of the table", min_value=1, max_value=200)
    table_length_cm = forms.FloatField(label="Length of the table", min_value=1, max_value=500)
    pad_cm = forms.FloatField(label="Pad under the patient", min_value=0, max_value=40)
    crown_cm = forms.FloatField(
        label="Crown below the head end of the table", min_value=-100, max_value=300
    )
    aluminium_mm = forms.FloatField(label="Inherent filtration", min_value=0, max_value=20)
    comment = forms.CharField(
        required=False,
        label="How you know",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Film, phantom, manual: it is shown with every map.",
    )
    units = {
        "table_width_cm": "cm",
        "table_length_cm": "cm",
        "pad_cm": "cm",
        "crown_cm": "cm",
        "aluminium_mm": "mm Al",
        **{f"{axis.name}_offset": "cm" for axis in _AXES},
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["transmission"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in transmissions()]
        for axis in _AXES:
            made = {
                f"{axis.name}_field": forms.ChoiceField(
                    label=f"{axis.label}: read from", choices=_POSITIONS
                ),
                f"{axis.name}_sign": forms.ChoiceField(label=f"{axis.label}: sign", choices=_SIGNS),
                f"{axis.name}_offset": forms.FloatField(
                    label=f"{axis.label}: offset", min_value=-1000, max_value=1000
                ),
            }
            for name, one in made.items():
                one.widget.attrs["class"] = "input"
                if name in self.units:
                    one.widget.attrs["data-unit"] = self.units[name]
                self.fields[name] = one

    def settings(self) -> dict[str, Any]:
        """Return what is stored of the geometry."""
        given = self.cleaned_data
        found: dict[str, Any] = {
            name: given[name]
            for name in (
                "angles",
                "transmission",
                "table_width_cm",
                "table_length_cm",
                "pad_cm",
                "crown_cm",
                "aluminium_mm",
            )
        }
        found |= {
            "primary_sign": int(given["primary_sign"]),
            "secondary_sign": int(given["secondary_sign"]),
            "field_size": list(_ORDER[given["field"]]),
        }
        for axis in _AXES:
            found[axis.name] = {
                "field": given[f"{axis.name}_field"],
                "sign": int(given[f"{axis.name}_sign"]),
                "offset_cm": given[f"{axis.name}_offset"],
            }
        return found


class CalibrationForm(PageForm):
    """Measured over displayed dose of one tube."""

    system = forms.ModelChoiceField(
        label="System", queryset=System.objects.order_by("display_name")
    )
    plane = forms.CharField(
        required=False,
        label="Plane",
        max_length=60,
        help_text="As in the report, e.g. Plane A; empty for all planes.",
    )
    factor = forms.FloatField(
        label="Factor", min_value=0.2, max_value=5, help_text="Measured over displayed."
    )
    valid_from = forms.DateField(
        label="Valid from", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    comment = forms.CharField(required=False, label="Comment", max_length=500)


def initial_of(known: Geometry) -> dict[str, Any]:
    """Return what the form of a geometry shows at first."""
    names = (
        "state",
        "angles",
        "transmission",
        "table_width_cm",
        "table_length_cm",
        "pad_cm",
        "crown_cm",
        "aluminium_mm",
    )
    initial: dict[str, Any] = {name: getattr(known, name) for name in names}
    initial |= {
        "all_versions": not known.software_version,
        "primary_sign": str(known.primary_sign),
        "secondary_sign": str(known.secondary_sign),
        "field": known.field_size[0],
        "comment": "",
    }
    for axis in _AXES:
        given: Axis = getattr(known, axis.name)
        initial |= {
            f"{axis.name}_field": given.field,
            f"{axis.name}_sign": str(given.sign),
            f"{axis.name}_offset": given.offset_cm,
        }
    return initial


def parts_of(form: GeometryForm) -> list[Part]:
    """Return the fields of a geometry under their headings."""
    axes = [form[f"{axis.name}_{what}"] for axis in _AXES for what in ("field", "sign", "offset")]
    return [
        Part("Trust", [form["state"], form["all_versions"], form["comment"]]),
        Part(
            "Movements of the table",
            axes,
            "From where the middle of the head end of the table's surface lies in the isocentre. "
            "DICOM calls the movement to the side longitudinal and the one along it lateral.",
        ),
        Part(
            "Tube",
            [
                form[n]
                for n in ("primary_sign", "secondary_sign", "angles", "field", "aluminium_mm")
            ],
        ),
        Part(
            "Table and patient",
            [
                form[n]
                for n in ("transmission", "table_width_cm", "table_length_cm", "pad_cm", "crown_cm")
            ],
        ),
    ]
