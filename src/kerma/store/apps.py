"""Django app holding every table."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

GROUPS = ("view", "import-size", "import-qr", "export", "pid", "admin")
"""Groups of users. None has the rights of another."""


def make_groups(using: str, **kwargs: object) -> None:
    """Make the groups that are not there yet: after a migration, and after a flush."""
    from django.contrib.auth.models import Group

    there = set(Group.objects.using(using).values_list("name", flat=True))
    Group.objects.using(using).bulk_create(
        [Group(name=name) for name in GROUPS if name not in there], ignore_conflicts=True
    )


class StoreConfig(AppConfig):
    """One app, one chain of migrations."""

    name = "kerma.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have groups and first rules made wherever tables are, no other tables remembered."""
        from django.apps import apps

        from kerma.store import alert_rules, known_texts

        post_migrate.connect(
            make_groups, sender=apps.get_app_config("auth"), dispatch_uid="kerma.store.groups"
        )
        post_migrate.connect(
            known_texts.forget_seen, sender=self, dispatch_uid="kerma.store.known_texts"
        )
        post_migrate.connect(
            alert_rules.make_first, sender=self, dispatch_uid="kerma.store.alert_rules"
        )
