"""Forms as the pages show them: classes and states of the fields, settings kept with an audit."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

UNITS: Mapping[str, str] = {}


class PageForm(forms.Form):
    """A form whose fields look like those of Kerma."""

    switches = False
    """Whether a yes or no is a switch at once seen as such, not a box to tick."""
    units: Mapping[str, str] = UNITS
    """Name of a field -> unit behind it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if not isinstance(field.widget, forms.CheckboxInput):
                _dress(field.widget)
            elif self.switches:
                field.widget.attrs |= {"class": "switch", "role": "switch"}
            if name in self.units:
                field.widget.attrs["data-unit"] = self.units[name]

    def full_clean(self) -> None:
        """Read what was given, and mark the fields that cannot be used."""
        super().full_clean()
        for name in self.errors:
            if name in self.fields:
                self.fields[name].widget.attrs["aria-invalid"] = "true"

    def changes(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield name, old and new value of every field that was changed."""
        for name in self.changed_data:
            yield name, self.initial.get(name), self.cleaned_data[name]


def _dress(widget: forms.Widget) -> None:
    attributes = widget.attrs
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return
    if isinstance(widget, forms.FileInput):
        attributes["class"] = "input file"
    else:
        attributes["class"] = "input"
        attributes.setdefault("autocomplete", "off")
    if isinstance(widget, forms.NumberInput):
        attributes["inputmode"] = "numeric"
