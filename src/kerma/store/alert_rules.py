"""The alert rules of a site, read; those that a new site has, made."""

import tomllib
from importlib.resources import files
from typing import Any

from django.utils import timezone

_MIGRATION = "0004_analysis"
"""The migration that made the table of rules."""


def make_first(using: str, **kwargs: Any) -> None:
    """Give a new site its rules: after the migration that makes their table, and after a flush."""
    from kerma.store.models import AlertRule

    plan = kwargs.get("plan")
    is_new = plan is None or any(step.name == _MIGRATION and not back for step, back in plan)
    rules = AlertRule.objects.using(using)
    if is_new and not rules.exists():
        rules.bulk_create([AlertRule(**one) for one in first_rules()])
        rules.update(evaluated_at=timezone.now())


def first_rules() -> list[dict[str, Any]]:
    """Return the rules that a new site has, by the names of the columns."""
    text = files("kerma.store").joinpath("alert_rules.toml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["rule"]
    return found
