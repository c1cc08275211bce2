"""Forms as the pages show them: classes and states of the fields, settings kept with an audit."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

UNITS: Mapping[str, str] = {}


class PageForm(forms.Form):
    """A form whose fields look like those of Kerma."""

    units: Mapping[str, str] = UNITS
    """Name of a field -> unit behind it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _dress(field.widget)
            if name in self.units:
                field.widget.attrs["data-unit"] = self.units[name]
        if self.is_bound:
            for name in self.errors:
                if name in self.fields:
                    self.fields[name].widget.attrs["aria-invalid"] = "true"

    def changes(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield name, old and new value of every field that was changed."""
        for name in self.changed_data:
            yield name, self.initial.get(name), self.cleaned_data[name]


def _dress(widget: forms.Widget) -> None:
    attributes = widget.attrs
    if isinstance(widget, forms.CheckboxInput):
        attributes |= {"class": "switch", "role": "switch"}
    elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return
    elif isinstance(widget, forms.FileInput):
        attributes["class"] = "input file"
    else:
        attributes["class"] = "input"
        attributes.setdefault("autocomplete", "off")
    if isinstance(widget, forms.NumberInput):
        attributes["inputmode"] = "numeric"
