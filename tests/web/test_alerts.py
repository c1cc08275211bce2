"""The pages of alerts, their rules and their recipients."""

import json
import re

import pytest
from django.contrib.auth.models import User

from kerma.alerts.listing import new_ones
from kerma.store import audit, options
from kerma.store.alert_reasons import reasons
from kerma.store.models import (
    Alert,
    AlertRecipient,
    AlertRule,
    AlertStep,
    AlertWebhook,
    AuditEntry,
    IdentityPolicy,
    Study,
    Task,
)
from kerma.store.sealing import unseal_text
from tests.alerts.patients import fluoroscopy, followed
from tests.alerts.servers import Hook
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

RULES = "/configuration/alerts/"
RECIPIENTS = "/configuration/alert-recipients/"


@pytest.fixture(autouse=True)
def ids_are_kept():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "hash"})


@pytest.fixture
def alerts():
    """Two alerts of dose at the reference point: 4 Gy in the lab, 2.5 Gy in the theatre."""
    followed(fluoroscopy("high", "2026-03-01", patient="a", room="Lab", rp_dose_gy=4.0))
    followed(fluoroscopy("low", "2026-03-05", patient="b", room="Theatre", rp_dose_gy=2.5))
    return list(Alert.objects.order_by("-value"))


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def shown(page):
    """Return the numbers of the alerts listed, in their order."""
    return [int(n) for n in re.findall(r'class="main" href="/alerts/(\d+)/"', page)]


# ---------- The list ----------


def test_without_alerts_the_list_says_what_to_do():
    page = page_of(client_of("view", "admin"), "/alerts/")

    assert "No alerts yet" in page
    assert RULES in page


def test_without_rules_the_list_says_so():
    AlertRule.objects.all().delete()

    assert "There is no rule in use" in page_of(client_of("view"), "/alerts/")


def test_the_menu_counts_new_alerts(alerts):
    client = client_of("view")
    assert 'title="2 new"' in page_of(client, "/")

    Alert.objects.update(state=Alert.State.SEEN)

    assert new_ones() == 0
    assert " new</span>" not in page_of(client, "/")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("", [1, 0]),
        ("?order=-share", [0, 1]),
        ("?order=share", [1, 0]),
        ("?order=study", [0, 1]),
        ("?order=system", [0, 1]),
        ("?order=state", [1, 0]),
        ("?state=closed", []),
        ("?state=all", [1, 0]),
        ("?state=seen", [0]),
        ("?modality=CT", []),
        ("?modality=RF", [1, 0]),
        ("?assignee=nobody", [1]),
        ("?assignee=me", [0]),
        ("?rule=999", []),
        ("?system=nonsense&order=nonsense&state=nonsense", [1, 0]),
    ],
)
def test_the_list_is_filtered_and_sorted_by_its_address(alerts, asked, expected):
    client = client_of("view")
    me = User.objects.get(username="user-view")
    Alert.objects.filter(pk=alerts[0].pk).update(state=Alert.State.SEEN, assignee=me)
    Alert.objects.filter(pk=alerts[1].pk).update(state=Alert.State.NEW)

    found = shown(page_of(client, f"/alerts/{asked}"))

    assert found == [alerts[n].pk for n in expected]


def test_closed_alerts_leave_the_list(alerts):
    Alert.objects.filter(pk=alerts[0].pk).update(state=Alert.State.CLOSED)

    assert shown(page_of(client_of("view"), "/alerts/")) == [alerts[1].pk]


def test_a_list_costs_the_same_queries_for_few_and_many(alerts, django_assert_max_num_queries):
    for n in range(20):
        followed(fluoroscopy(f"more{n}", "2026-03-01", patient=f"m{n}", rp_dose_gy=3.0))
    client = client_of("view")

    with django_assert_max_num_queries(14):
        client.get("/alerts/")


# ---------- Handling ----------


def test_one_alert_goes_its_way_with_a_history_and_an_audit(alerts):
    client, (alert, _) = client_of("view"), alerts
    address = f"/alerts/{alert.pk}/"
    client.post(address, {"next_state": "seen"})
    refused = client.post(address, {"state": "justified"}).content.decode()
    assert "Give the reason that justifies it." in refused

    client.post(address, {"state": "justified", "reason": "complex", "comment": "Two hours."})
    assert "Say in the comment" in client.post(address, {"state": "followed-up"}).content.decode()
    client.post(address, {"state": "followed-up", "comment": "Patient was told."})
    client.post(address, {"next_state": "closed"})

    alert.refresh_from_db()
    assert (alert.state, alert.reason_code) == ("closed", "complex")
    steps = AlertStep.objects.filter(alert=alert, user__username="user-view")
    assert list(steps.order_by("pk").values_list("action", "comment")) == [
        ("seen", ""),
        ("justified; reason: Complex procedure", "Two hours."),
        ("followed up", "Patient was told."),
        ("closed", ""),
    ]
    assert AuditEntry.objects.filter(action="handle alert", user_name="user-view").count() == 4
    page = page_of(client, address)
    assert "Two hours." in page
    assert "Open again" in page


def test_looking_at_an_alert_is_audited_and_changes_nothing(alerts):
    audit._seen.clear()
    page_of(client_of("view"), f"/alerts/{alerts[0].pk}/")

    assert AuditEntry.objects.filter(action="see alert").exists()
    assert Alert.objects.get(pk=alerts[0].pk).state == Alert.State.NEW


def test_several_are_handled_at_once(alerts):
    client = client_of("view")
    me = User.objects.get(username="user-view")
    response = client.post(
        "/alerts/several/",
        {"chosen": [a.pk for a in alerts], "state": "seen", "assignee": me.pk,
         "next": "/alerts/?state=new"},
    )  # fmt: skip

    assert response["Location"] == "/alerts/?state=new"
    assert set(Alert.objects.values_list("state", "assignee")) == {("seen", me.pk)}


def test_nothing_is_changed_where_one_thing_is_missing(alerts):
    client = client_of("view")
    client.post("/alerts/several/", {"chosen": [a.pk for a in alerts], "state": "justified"})

    assert set(Alert.objects.values_list("state", flat=True)) == {"new"}


def test_one_is_not_sent_to_a_foreign_page(alerts):
    response = client_of("view").post("/alerts/several/", {"next": "https://example.org/"})

    assert response["Location"] == "/alerts/"


def test_a_comment_is_shown_as_text(alerts):
    client = client_of("view")
    client.post(f"/alerts/{alerts[0].pk}/", {"comment": "<script>alert(1)</script>"})

    assert "<script>alert(1)" not in page_of(client, f"/alerts/{alerts[0].pk}/")


def test_the_page_of_a_study_shows_its_alerts(alerts):
    study = alerts[0].study

    page = page_of(client_of("view"), f"/study/{study.pk}/")

    assert f'href="/alerts/{alerts[0].pk}/"' in page
    assert "Studies of the patient in 12 weeks" in page


# ---------- Rules ----------


def test_a_rule_is_added_tried_changed_and_deleted():
    client = client_of("admin")
    address = f"{RULES}add/?kind=absolute&modality=CT"
    given = {"name": "Long CT", "quantity": "dlp_mgycm", "level": "1500", "is_active": "on"}
    tried = client.post(address, given | {"do": "try"}).content.decode()
    assert "0 studies</b>" in tried or "of 0 studies would have alerted" in tried
    assert not AlertRule.objects.filter(name="Long CT").exists()

    client.post(address, given)
    rule = AlertRule.objects.get(name="Long CT")
    assert (rule.modality, rule.settings) == ("CT", {"quantity": "dlp_mgycm", "level": 1500.0})
    client.post(f"{RULES}{rule.pk}/", given | {"level": "1,200.5".replace(",", "")})
    rule.refresh_from_db()
    assert rule.settings["level"] == 1200.5
    client.post(f"{RULES}{rule.pk}/delete/")

    assert not AlertRule.objects.filter(name="Long CT").exists()
    actions = AuditEntry.objects.filter(user_name="user-admin").values_list("action", flat=True)
    assert {"add alert rule", "change alert rule", "delete alert rule"} <= set(actions)


def test_a_rule_of_the_sites_own_takes_the_place_of_a_level(alerts):
    rule = AlertRule.objects.get(kind="absolute", settings__quantity="rp_dose_gy")
    given = {"name": rule.name, "quantity": "rp_dose_gy", "level": "10", "is_active": "on"}
    client_of("admin").post(f"{RULES}{rule.pk}/", given)

    page = page_of(client_of("view"), "/rf/")

    assert "40\u202f%" in page  # 4 of 10 Gy
    assert "Over level" not in page


def test_what_cannot_be_used_is_said_at_its_field():
    page = (
        client_of("admin")
        .post(f"{RULES}add/?kind=absolute&modality=CT",
              {"name": "Peak skin dose", "quantity": "dlp_mgycm", "level": "0"})
        .content.decode()
    )  # fmt: skip

    assert "Another rule has this name" in page
    assert "must be greater than 0" in page


@pytest.mark.parametrize(
    "asked", ["", "?kind=moon&modality=CT", "?kind=absolute&modality=X",
              "?kind=activity&modality=CT"],
)  # fmt: skip
def test_a_rule_that_cannot_be_is_refused(asked):
    assert client_of("admin").get(f"{RULES}add/{asked}").status_code == 302


def test_a_known_prescription_fills_the_form_with_its_source():
    page = page_of(
        client_of("admin"),
        f"{RULES}add/?kind=activity&modality=NM&preset=North+America:+FDG,+body",
    )

    assert 'value="3.7"' in page
    assert "J Nucl Med" in page


def test_a_change_asks_for_judging_anew_and_hands_it_over():
    client = client_of("admin")
    assert "do not follow the rules yet" not in page_of(client, RULES)
    rule = AlertRule.objects.get(kind="absolute", settings__quantity="rp_dose_gy")
    given = {"name": rule.name, "quantity": "rp_dose_gy", "level": "1", "is_active": "on"}
    client.post(f"{RULES}{rule.pk}/", given)
    assert "do not follow the rules yet" in page_of(client, RULES)

    client.post(f"{RULES}recalculate/", {"days": "0"})

    task = Task.objects.get(job="recalculate-alerts")
    assert task.arguments == {"rules": [rule.pk], "days": 0, "sums": False}


def test_another_name_alone_asks_for_nothing():
    client = client_of("admin")
    rule = AlertRule.objects.get(kind="absolute", settings__quantity="rp_dose_gy")
    given = {"name": "Skin", "quantity": "rp_dose_gy", "level": "2", "is_active": "on"}
    client.post(f"{RULES}{rule.pk}/", given)

    assert "do not follow the rules yet" not in page_of(client, RULES)


def test_another_window_asks_for_adding_up_anew():
    client = client_of("admin")
    client.post(f"{RULES}period/", {"period_weeks": "4", "period_adds_up": "on"})
    assert options.get("period_weeks") == 4
    assert "of another number of weeks" in page_of(client, RULES)

    client.post(f"{RULES}recalculate/", {"days": "365"})

    assert Task.objects.get(job="recalculate-alerts").arguments["sums"] is True


def test_reasons_are_those_of_the_site():
    client = client_of("admin")
    client.post(f"{RULES}reasons/", {"reasons": "heavy: Heavy patient\nold: Old tube"})
    assert reasons() == {"heavy": "Heavy patient", "old": "Old tube"}

    client.post(f"{RULES}reasons/", {"reasons": "no words here"})
    assert len(reasons()) == 2

    client.post(f"{RULES}reasons/", {"reasons": ""})
    assert "indicated" in reasons()


# ---------- Recipients ----------


def test_one_without_an_address_cannot_be_chosen_until_there_is_one():
    client = client_of("admin")
    ada = User.objects.create_user("ada")
    assert "Cannot be chosen: no e-mail address." in page_of(client, RECIPIENTS)
    page = client.post(RECIPIENTS, {f"way-{ada.pk}": "at-once"}, follow=True).content.decode()
    assert "ada cannot be chosen" in page
    assert not AlertRecipient.objects.exists()

    client.post(f"{RECIPIENTS}{ada.pk}/address/", {"email": "no address"})
    client.post(f"{RECIPIENTS}{ada.pk}/address/", {"email": "ada@example.org"})
    client.post(RECIPIENTS, {f"way-{ada.pk}": "daily", f"of-{ada.pk}": ["RF", "X"]})

    chosen = AlertRecipient.objects.get(user=ada)
    assert (chosen.way, chosen.modalities) == ("daily", ["RF"])
    client.post(RECIPIENTS, {})
    assert not AlertRecipient.objects.exists()


def test_a_webhook_is_added_tried_and_deleted():
    client, hook = client_of("admin"), Hook()
    client.post(f"{RECIPIENTS}webhooks/add/",
                {"name": "Chat", "url": hook.url, "secret": "s", "is_active": "on"})  # fmt: skip
    found = AlertWebhook.objects.get()
    assert unseal_text(found.sealed_secret) == "s"
    address = f"{RECIPIENTS}webhooks/{found.pk}/"
    assert "s3" not in page_of(client, address)

    client.post(address, {"do": "try"})
    client.post(address, {"name": "Chat", "url": hook.url})  # the secret stays
    found.refresh_from_db()
    hook.stop()

    assert json.loads(hook.posts[0][1])["event"] == "test"
    assert (unseal_text(found.sealed_secret), found.is_active) == ("s", False)
    client.post(address, {"do": "delete"})
    assert not AlertWebhook.objects.exists()


def test_a_webhook_takes_http_addresses_only():
    page = (
        client_of("admin")
        .post(f"{RECIPIENTS}webhooks/add/", {"name": "File", "url": "file:///etc/passwd"})
        .content.decode()
    )

    assert "valid URL" in page
    assert not AlertWebhook.objects.exists()


def test_times_are_kept():
    client = client_of("admin")
    client.post(f"{RECIPIENTS}times/", {"alert_digest_hour": "6", "alert_mail_days": "30"})
    client.post(f"{RECIPIENTS}times/", {"alert_digest_hour": "24", "alert_mail_days": "30"})

    assert options.several("alert_digest_hour", "alert_mail_days") == [6, 30]


def test_levels_of_other_modalities_mark_their_lists():
    from kerma.records import Totals
    from tests.query.hospital import store

    AlertRule.objects.create(
        name="CT", kind="absolute", modality="CT", settings={"quantity": "dlp_mgycm", "level": 500}
    )
    number = store("long", "CT", totals=Totals(dlp_mgycm=600.0))
    client = client_of("view")

    assert "120\u202f% of the level: CT" in page_of(client, "/ct/")
    assert "Over the alert level." in page_of(client, f"/study/{number}/")
    assert Study.objects.count() == 1


def test_a_row_whose_value_is_not_shown_says_in_words_that_it_is_over(alerts):
    page = page_of(client_of("view"), "/rf/?columns=study_description,age")

    assert page.count('aria-label="Over level: 200\u202f% of Dose at the reference point"') == 1
    assert page.count('aria-label="Over level: 125\u202f% of Dose at the reference point"') == 1


def test_a_row_near_a_level_says_so_in_words():
    followed(fluoroscopy("near", "2026-03-01", rp_dose_gy=1.9))

    page = page_of(client_of("view"), "/rf/?columns=study_description,rp_dose")

    assert "Near level: 95\u202f% of Dose at the reference point" in page


def test_a_level_of_the_greater_breast_marks_each_side_that_is_over():
    from kerma.records import Totals
    from tests.query.hospital import store

    AlertRule.objects.create(
        name="MG", kind="absolute", modality="MG", settings={"quantity": "agd_max_mgy", "level": 4}
    )
    number = store("mg", "MG", totals=Totals(agd_left_mgy=6.0, agd_right_mgy=3.0))

    page = page_of(client_of("view"), f"/study/{number}/")

    assert "150\u202f% of 4\u202fmGy, alert level" in page
    assert "75\u202f% of 4\u202fmGy, alert level" in page


def test_what_the_list_of_alerts_says_is_not_said_again_above_it(alerts):
    page = page_of(client_of("view"), f"/study/{alerts[0].study_id}/")

    assert "Over the alert level." not in page
    assert f'href="/alerts/{alerts[0].pk}/"' in page


def test_the_home_page_leads_to_the_new_ones(alerts):
    assert '<a href="/alerts/?state=new">2 new alerts</a>' in page_of(client_of("view"), "/")


def test_a_site_without_alerts_offers_no_filters():
    page = page_of(client_of("view"), "/alerts/")

    assert "No alerts yet" in page
    assert 'name="modality"' not in page
