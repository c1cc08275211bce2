"""Alerts sent to real servers: whom, what, once; and what happens where that fails."""

import datetime as dt
import email
import email.policy
import hashlib
import hmac
import json

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from kerma.alerts.send import send
from kerma.health import base
from kerma.pipeline import alerts_due
from kerma.pipeline.jobs.send_alerts import NAME, jobs
from kerma.records import Patient, Totals
from kerma.store import mail, options
from kerma.store.jobs import Progress, TryAgain
from kerma.store.mail import Server
from kerma.store.models import (
    Alert,
    AlertDelivery,
    AlertRecipient,
    AlertWebhook,
    IdentityPolicy,
    Study,
    Task,
)
from kerma.store.sealing import seal_text
from tests.alerts.patients import fluoroscopy, followed
from tests.alerts.servers import Hook, Post
from tests.query.hospital import store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

AT_ONCE, DAILY = AlertRecipient.Way.AT_ONCE, AlertRecipient.Way.DAILY


@pytest.fixture(autouse=True)
def ids_are_kept():
    IdentityPolicy.objects.update_or_create(
        pk=1, defaults={"patient_id": "store", "name": "store", "accession_number": "store"}
    )


@pytest.fixture
def post():
    server = Post()
    server.start()
    mail.choose(
        Server(host="127.0.0.1", port=server.port, sender="kerma@example.org",
               url="https://dose.example.org/")
    )  # fmt: skip
    yield server.letters
    server.stop()


@pytest.fixture
def hook():
    server = Hook()
    AlertWebhook.objects.create(name="Tickets", url=server.url, sealed_secret=seal_text("s3cret"))
    yield server
    server.stop()


def recipient(name="ada", way=AT_ONCE, address="ada@example.org", modalities=()):
    user = User.objects.create_user(name, email=address)
    return AlertRecipient.objects.create(user=user, way=way, modalities=list(modalities))


def named_study(**totals):
    """Store and follow a study whose patient has a name, an id and an accession number."""
    number = store(
        "named", "RF", day="2026-03-01", room="Cath lab", accession_number="ACC-77",
        patient=Patient(id="ID-4711", name="Lovelace^Ada"), totals=Totals(**totals),
    )  # fmt: skip
    return followed(Study.objects.get(pk=number))


def text_of(envelope):
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    return message["Subject"], message.get_content()


def test_an_alert_is_mailed_with_a_link_and_without_identity(post):
    recipient()
    study = named_study(rp_dose_gy=2.5)

    assert send().messages == 1

    (envelope,) = post.messages
    subject, body = text_of(envelope)
    assert envelope.rcpt_tos == ["ada@example.org"]
    assert f"https://dose.example.org/alerts/{Alert.objects.get().pk}/" in body
    assert "2.5 Gy" in body
    assert "level 2 Gy" in body
    for secret in ("Lovelace", "ID-4711", "ACC-77", study.study_instance_uid):
        assert secret not in subject + body


def test_the_same_value_is_never_sent_twice(post):
    recipient()
    study = named_study(rp_dose_gy=2.5)
    send()
    followed(study)
    send()
    Study.objects.update(rp_dose_gy=1.0)
    followed(study)
    Study.objects.update(rp_dose_gy=2.5)
    followed(study)
    send()

    assert len(post.messages) == 1


def test_a_value_that_rises_is_sent_again(post):
    recipient()
    study = named_study(rp_dose_gy=2.5)
    send()
    Alert.objects.update(state=Alert.State.CLOSED)
    Study.objects.update(rp_dose_gy=3.5)
    followed(study)
    send()

    assert len(post.messages) == 2
    assert "again: the value rose" in text_of(post.messages[1])[1]


def test_looking_at_pages_sends_nothing(post):
    recipient()
    study = named_study(rp_dose_gy=2.5)
    send()
    client = client_of("view", "admin")
    for address in (f"/alerts/{Alert.objects.get().pk}/", "/alerts/", "/rf/"):
        assert client.get(address).status_code == 200
    send()

    assert study.alerts.count() == 1
    assert len(post.messages) == 1


def test_many_alerts_are_one_message(post):
    recipient()
    for n in range(60):
        followed(fluoroscopy(f"s{n}", "2026-03-01", patient=f"p{n}", rp_dose_gy=3.0))
    send()

    subject, body = text_of(post.messages[0])
    assert subject == "Kerma: 60 dose alerts"
    assert body.count("https://dose.example.org/alerts/") == 51  # 50 and the list
    assert "10 more are in the list." in body


def test_sums_are_told_where_the_site_wants_it(post):
    recipient()
    followed(fluoroscopy("one", "2026-03-01", rp_dose_gy=1.5, dap_gym2=1e-4))
    followed(fluoroscopy("two", "2026-03-02", rp_dose_gy=1.5, dap_gym2=1e-4))
    send()
    assert "Patient within 12 weeks: DAP 200 cGy·cm², Dose at RP 3 Gy (2 exams)" in text_of(
        post.messages[0]
    )[1].replace("\n", " ")

    options.put("period_in_mail", False)
    followed(fluoroscopy("three", "2026-03-03", rp_dose_gy=1.5))
    send()
    assert "Patient within" not in text_of(post.messages[1])[1]


def test_only_chosen_modalities_are_told(post):
    recipient(modalities=["CT"])
    named_study(rp_dose_gy=2.5)

    assert not AlertDelivery.objects.exists()


def test_a_rule_can_tell_nobody(post):
    recipient()
    Alert._meta.get_field("rule").related_model.objects.update(sends_mail=False)
    named_study(rp_dose_gy=2.5)

    assert not AlertDelivery.objects.exists()


def test_old_studies_can_be_left_out(post):
    recipient()
    options.put("alert_mail_days", 30)
    followed(fluoroscopy("old", "2016-03-01", rp_dose_gy=3.0))
    today = timezone.localdate().isoformat()
    followed(fluoroscopy("new", today, patient="b", rp_dose_gy=3.0))

    assert AlertDelivery.objects.get().alert.study.study_instance_uid == "new"


def test_a_daily_recipient_waits_for_the_day(post):
    recipient(way=DAILY)
    named_study(rp_dose_gy=2.5)

    assert send().messages == 0
    assert send(daily=True).messages == 1


def test_what_fails_stays_shows_in_health_and_goes_later(post):
    recipient()
    named_study(rp_dose_gy=2.5)
    post.refuses = True
    task = Task.objects.create(job=NAME, title="Send alerts")
    with pytest.raises(TryAgain, match="451"):
        jobs.jobs[NAME].run(Progress(task.pk))
    (looked,) = base.look("alerts")
    assert looked.state == base.State.WARN
    assert "451" in " ".join(fact.advice for fact in looked.facts)

    post.refuses = False
    jobs.jobs[NAME].run(Progress(task.pk))

    assert len(post.messages) == 1
    assert AlertDelivery.objects.get().sent_at is not None
    (looked,) = base.look("alerts")
    assert looked.state == base.State.OK


def test_what_another_process_sends_is_left_to_it(post):
    recipient()
    named_study(rp_dose_gy=2.5)
    AlertDelivery.objects.update(claimed_at=timezone.now())

    assert send().messages == 0


def test_a_recipient_who_is_none_any_more_is_told_nothing(post):
    chosen = recipient()
    named_study(rp_dose_gy=2.5)
    chosen.delete()

    send()

    assert not post.messages


def test_the_upkeep_asks_for_one_task_at_a_time(post):
    recipient()
    named_study(rp_dose_gy=2.5)
    alerts_due.look()
    alerts_due.look()

    assert Task.objects.filter(job=NAME).count() == 1


def test_the_upkeep_asks_for_nothing_where_nothing_waits():
    alerts_due.look()

    assert not Task.objects.exists()


def test_the_daily_mail_is_asked_for_once_a_day(post, monkeypatch):
    recipient(way=DAILY)
    named_study(rp_dose_gy=2.5)
    options.put("alert_digest_hour", 7)

    def at(hour):
        moment = timezone.make_aware(dt.datetime(2026, 3, 2, hour))  # noqa: DTZ001
        monkeypatch.setattr(alerts_due.timezone, "localtime", lambda: moment)
        alerts_due.look()
        return Task.objects.filter(job=NAME, arguments__daily=True).count()

    assert at(6) == 0
    assert at(7) == 1
    Task.objects.all().delete()
    options.put("alert_digest_day", "2026-03-02")
    assert at(8) == 0


def test_a_webhook_gets_signed_json_without_identity(hook):
    study = named_study(rp_dose_gy=2.5)
    send()

    ((headers, body),) = hook.posts
    said = json.loads(body)
    signed = "sha256=" + hmac.new(b"s3cret", body, hashlib.sha256).hexdigest()
    assert headers["X-Kerma-Signature"] == signed
    assert (said["value"], said["level"], said["unit"]) == (2.5, 2.0, "Gy")
    assert (said["study"], said["modality"]) == (study.pk, "RF")
    for secret in ("Lovelace", "ID-4711", "ACC-77"):
        assert secret not in body.decode()


@pytest.mark.parametrize("status", [500, 404, 302])
def test_a_webhook_that_refuses_is_tried_again(hook, status):
    named_study(rp_dose_gy=2.5)
    hook.status = status
    assert send().failed == 1
    assert str(status) in AlertDelivery.objects.get().fault

    hook.status = 200
    assert send().messages == 1
    assert send().messages == 0


def test_a_webhook_that_is_not_there_fails_in_words():
    AlertWebhook.objects.create(name="Nowhere", url="http://127.0.0.1:9/")
    named_study(rp_dose_gy=2.5)

    assert "Nowhere cannot be reached" in send().faults[0]
