"""Who may open these pages: a part of the table of all roles."""

_READS = {"view", "export"}
_ADMIN = {"admin"}

ROLES: dict[str, tuple[str, set[str]]] = {
    "alerts": ("/alerts/", _READS),
    "alerts-several": ("POST /alerts/several/", _READS),
    "alert": ("/alerts/1/", _READS),
    "alert-rules": ("/configuration/alerts/", _ADMIN),
    "alert-rule-add": ("/configuration/alerts/add/?kind=absolute&modality=CT", _ADMIN),
    "alert-rule": ("/configuration/alerts/1/", _ADMIN),
    "alert-rule-delete": ("/configuration/alerts/1/delete/", _ADMIN),
    "alert-recalculate": ("POST /configuration/alerts/recalculate/", _ADMIN),
    "alert-period": ("POST /configuration/alerts/period/", _ADMIN),
    "alert-reasons": ("POST /configuration/alerts/reasons/", _ADMIN),
    "alert-recipients": ("/configuration/alert-recipients/", _ADMIN),
    "alert-address": ("POST /configuration/alert-recipients/1/address/", _ADMIN),
    "alert-times": ("POST /configuration/alert-recipients/times/", _ADMIN),
    "alert-webhook-add": ("/configuration/alert-recipients/webhooks/add/", _ADMIN),
    "alert-webhook": ("/configuration/alert-recipients/webhooks/1/", _ADMIN),
}
"""Name of the address -> an address, and the groups that may open it."""
