"""Where the pages of alerts live."""

from django.urls import path

from kerma.web.pages import alert_choices, alert_recipients, alert_rules, alerts

_RULES = "configuration/alerts/"
_RECIPIENTS = "configuration/alert-recipients/"

urlpatterns = [
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/several/", alerts.several, name="alerts-several"),
    path("alerts/<int:number>/", alerts.alert, name="alert"),
    path(_RULES, alert_rules.rules, name="alert-rules"),
    path(f"{_RULES}add/", alert_rules.add, name="alert-rule-add"),
    path(f"{_RULES}<int:number>/", alert_rules.rule, name="alert-rule"),
    path(f"{_RULES}<int:number>/delete/", alert_rules.delete, name="alert-rule-delete"),
    path(f"{_RULES}recalculate/", alert_rules.recalculate, name="alert-recalculate"),
    path(f"{_RULES}period/", alert_choices.period, name="alert-period"),
    path(f"{_RULES}reasons/", alert_choices.keep_reasons, name="alert-reasons"),
    path(_RECIPIENTS, alert_recipients.recipients, name="alert-recipients"),
    path(f"{_RECIPIENTS}<int:number>/address/", alert_recipients.address, name="alert-address"),
    path(f"{_RECIPIENTS}times/", alert_recipients.times, name="alert-times"),
    path(f"{_RECIPIENTS}webhooks/add/", alert_recipients.add_webhook, name="alert-webhook-add"),
    path(
        f"{_RECIPIENTS}webhooks/<int:number>/",
        alert_recipients.change_webhook,
        name="alert-webhook",
    ),
]
