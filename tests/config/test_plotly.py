from django.contrib.staticfiles import finders
from django.templatetags.static import static

from kerma.config.static import PlotlyFinder


def test_plotly_is_served_from_the_installed_package(client):
    response = client.get(static("plotly/plotly.min.js"))

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/javascript")
    assert b"plotly.js v" in b"".join(response.streaming_content)[:200]


def test_nothing_else_of_the_package_is_served(client):
    assert not finders.find("plotly/widgetbundle.js")
    assert client.get("/static/plotly/widgetbundle.js").status_code == 404
    assert [name for name, _ in PlotlyFinder().list(None)] == ["plotly.min.js"]
