"""Where the pages of this part live."""

from django.urls import URLPattern, path

from kerma.web.pages import arrival_rules, arrivals, put_aside, stow, tokens, watched

urlpatterns: list[URLPattern] = [
    path("dicom-web/studies", stow.stow, name="stow"),
    path("dicom-web/studies/<str:study>", stow.stow, name="stow-study"),
    path("arrivals/", arrivals.arrivals, name="arrivals"),
    path("physics/", put_aside.physics, name="physics"),
    path("physics/<int:number>/zip/", put_aside.download, name="physics-zip"),
    path("physics/delete/", put_aside.physics_delete, name="physics-delete"),
    path("collected/", put_aside.collected, name="collected"),
    path("collected/delete/", put_aside.collected_delete, name="collected-delete"),
    path("configuration/arrival/", arrival_rules.rules, name="arrival-rules"),
    path("configuration/arrival/switches/", arrival_rules.switches, name="arrival-switches"),
    path("configuration/arrival/lists/", arrival_rules.lists, name="arrival-lists"),
    path(
        "configuration/arrival/<int:number>/delete/",
        arrival_rules.delete,
        name="arrival-rule-delete",
    ),
    path("configuration/watched/", watched.watched, name="watched"),
    path("configuration/watched/<int:number>/", watched.change, name="watched-change"),
    path("configuration/tokens/", tokens.tokens, name="tokens"),
    path("configuration/tokens/<int:number>/revoke/", tokens.revoke, name="token-revoke"),
]
