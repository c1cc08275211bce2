"""The side menu of the configuration, and how its fields are shown."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kerma.web import configuration

register = template.Library()


@register.simple_tag(takes_context=True)
def configuration_sections(context: dict[str, Any]) -> list[configuration.Section]:
    """Return the pages of the configuration that the user may open."""
    return configuration.sections_for(context["request"].user)


@register.simple_tag(takes_context=True)
def all_settings(context: dict[str, Any]) -> list[configuration.Found]:
    """Return every setting that the user may change."""
    return configuration.find(context["request"].user, "")


@register.filter
def is_switch(field: BoundField) -> bool:
    """Return whether a field is a yes or no."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice(field: BoundField) -> bool:
    """Return whether a field is a few choices side by side."""
    return isinstance(field.field.widget, RadioSelect)


@register.filter
def coded(sentence: str) -> SafeString:
    """Return a sentence with the commands between its backticks set as code."""
    parts = sentence.split("`")
    pieces = (
        (format_html("<code>{}</code>", part) if n % 2 else part) for n, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def unit_of(field: BoundField) -> str:
    """Return the unit behind a field."""
    return str(field.field.widget.attrs.get("data-unit", ""))
