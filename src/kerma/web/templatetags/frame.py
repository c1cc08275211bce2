"""What every page shows around its content: the menu, the user's appearance, the icons."""

from importlib.metadata import version
from typing import Any

from django import template

from kerma.web import access, menu, preferences
from kerma.web.icons import icon
from kerma.web.preferences import Preferences

register = template.Library()


@register.simple_tag(takes_context=True)
def main_menu(context: dict[str, Any]) -> tuple[list[menu.Entry], list[menu.Entry]]:
    """Return the two parts of the top bar."""
    user = context["request"].user
    return menu.allowed(menu.MAIN, user), menu.allowed(menu.MORE, user)


@register.simple_tag(takes_context=True)
def own_menu(context: dict[str, Any]) -> tuple[list[menu.Entry], list[menu.Entry]]:
    """Return the two parts of the user's menu."""
    user = context["request"].user
    return menu.allowed(menu.OWN, user), menu.allowed(menu.CONFIGURATION, user)


@register.simple_tag(takes_context=True)
def own_preferences(context: dict[str, Any]) -> Preferences:
    """Return what this user chose, the defaults for people not logged in."""
    return preferences.of(context["request"].user)


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], *names: str) -> bool:
    """Return whether the user is in one of the groups."""
    return access.may(context["request"].user, *names)


register.simple_tag(icon)


@register.simple_tag
def kerma_version() -> str:
    """Return the version of Kerma."""
    return version("kerma")
