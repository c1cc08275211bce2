"""Where the pages of charts live."""

from django.urls import path, re_path

from kerma.web.pages import charts

_CHARTS = "^charts/(?P<modality>ct|rf|dx|mg|nm)/"
_NAME = "(?P<name>[a-z-]{1,80})/"

urlpatterns = [
    path("charts/", charts.charts_home, name="charts-home"),
    re_path(f"{_CHARTS}$", charts.charts, name="charts"),
    re_path(f"{_CHARTS}options/$", charts.charts_options, name="charts-options"),
    re_path(f"{_CHARTS}{_NAME}$", charts.chart, name="chart"),
    re_path(f"{_CHARTS}{_NAME}table/$", charts.chart_table, name="chart-table"),
]
