"""Where the pages of this part live."""

from django.urls import URLPattern, path

from kerma.web import oidc
from kerma.web.pages import audit, health, logs, mail

urlpatterns: list[URLPattern] = [
    path("health/", health.health, name="health"),
    path("health/live", health.live, name="health-live"),
    path("health/state", health.state, name="health-state"),
    path("oidc/begin/", oidc.Begin.as_view(), name="oidc-begin"),
    path("oidc/callback/", oidc.Callback.as_view(), name="oidc-callback"),
    path("audit/download/", audit.download, name="audit-download"),
    path("audit/keep/", audit.keep, name="audit-keep"),
    path("logs/", logs.log, name="logs"),
    path("logs/choose/", logs.choose, name="logs-choose"),
    path("logs/download/", logs.download, name="logs-download"),
    path("configuration/mail/", mail.settings, name="mail"),
    path("configuration/mail/test/", mail.test, name="mail-test"),
]
