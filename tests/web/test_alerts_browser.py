"""The life of one alert in a browser, from the study's arrival to its being closed."""

import pytest

from kerma.alerts.send import send
from kerma.store import mail
from kerma.store.mail import Server
from kerma.store.models import Alert, AlertRecipient, IdentityPolicy, Study
from tests.alerts.patients import fluoroscopy, followed
from tests.alerts.servers import Post
from tests.web.people import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def post(live_server):
    server = Post()
    server.start()
    mail.choose(
        Server(host="127.0.0.1", port=server.port, sender="kerma@example.org", url=live_server.url)
    )
    yield server.letters
    server.stop()


def test_an_alert_is_mailed_seen_justified_reopened_and_closed(live_page, live_server, post):
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "hash"})
    user = sign_in(live_page, live_server.url)
    user.email = "ada@example.org"
    user.save()
    AlertRecipient.objects.create(user=user)
    study = followed(fluoroscopy("life", "2026-03-01", rp_dose_gy=2.5))
    send()
    link = f"{live_server.url}/alerts/{Alert.objects.get().pk}/"
    assert link in post.messages[0].content.decode()

    live_page.goto(link)
    assert live_page.get_by_role("link", name="Alerts 1 new").is_visible()
    live_page.get_by_role("button", name="Mark as seen").click()
    live_page.get_by_text("1 alert changed.").wait_for()
    live_page.get_by_label("State", exact=True).select_option("justified")
    live_page.get_by_label("Reason").select_option("complex")
    live_page.get_by_label("Comment").fill("Two stents.")
    live_page.get_by_role("button", name="Save").click()
    live_page.get_by_text("Justified; reason: Complex procedure").wait_for()

    Study.objects.update(rp_dose_gy=3.5)
    followed(study)
    send()
    assert len(post.messages) == 2
    live_page.goto("/alerts/")
    live_page.get_by_role("row", name="reopened").get_by_role("checkbox").check()
    live_page.get_by_text("1 chosen").wait_for()
    live_page.get_by_label("State", exact=True).last.select_option("closed")
    live_page.get_by_role("button", name="Apply").click()
    live_page.get_by_role("heading", name="No alert meets the filter").wait_for()

    assert Alert.objects.get().state == Alert.State.CLOSED
