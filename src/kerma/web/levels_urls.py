"""Where the pages of levels live."""

from django.urls import URLPattern, path

from kerma.web.pages import level_links, level_report, levels

urlpatterns: list[URLPattern] = [
    path("levels/", levels.levels, name="levels"),
    path("levels/take-over/", levels.take_over, name="level-take-over"),
    path("levels/report/", level_report.level_report, name="level-report"),
    path("configuration/levels/", level_links.level_links, name="level-links"),
    path("configuration/levels/links/", level_links.keep_links, name="level-links-keep"),
    path("configuration/levels/own/", level_links.keep_own, name="level-own-keep"),
    path("configuration/levels/own/<int:number>/delete/", level_links.drop_own,
         name="level-own-drop"),
]  # fmt: skip
