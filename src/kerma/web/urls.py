"""Where each page lives."""

from django.urls import include, path, re_path

from kerma.web.pages import account, home, live, options, search, studies, study

_LIST = "^(?P<modality>ct|rf|dx|mg|nm)/"

urlpatterns = [
    path("", home.home, name="home"),
    re_path(f"{_LIST}$", studies.studies, name="studies"),
    re_path(f"{_LIST}count/$", studies.count, name="count"),
    re_path(f"{_LIST}statistics/$", studies.statistics, name="statistics"),
    re_path(f"{_LIST}suggest/$", studies.suggest, name="suggest"),
    path("study/<int:number>/", study.study, name="study"),
    path("study/<int:number>/values/", study.values, name="study-values"),
    path("search/", search.search, name="search"),
    path("live/", live.live, name="live"),
    path("options/", options.options, name="options"),
    path("options/theme/", options.theme, name="options-theme"),
    path("options/density/", options.density, name="options-density"),
    re_path(f"^options/{_LIST[1:]}$", options.list_options, name="options-list"),
    path("login/", account.log_in, name="login"),
    path("logout/", account.log_out, name="logout"),
    path("password/", account.change_password, name="password-change"),
    path("first-administrator/", account.first_administrator, name="first-administrator"),
    path("", include("kerma.web.configuration_urls")),
    path("", include("kerma.web.network_urls")),
    path("", include("kerma.web.query_urls")),
    path("", include("kerma.web.tasks_urls")),
    path("", include("kerma.web.administration_urls")),
    path("", include("kerma.web.charts_urls")),
    path("", include("kerma.web.exports_urls")),
    path("", include("kerma.web.names_urls")),
    path("", include("kerma.web.levels_urls")),
    path("", include("kerma.web.alerts_urls")),
    path("", include("kerma.web.skin_urls")),
    path("", include("kerma.web.screens_urls")),
    path("", include("kerma.web.historical_urls")),
]
