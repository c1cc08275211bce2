"""Where skin dose maps live, and what a site decides about them."""

from django.urls import path

from kerma.web.pages import skin, skin_settings

urlpatterns = [
    path("study/<int:number>/skin/", skin.skin, name="skin"),
    path("study/<int:number>/skin/data/", skin.data, name="skin-data"),
    path("study/<int:number>/skin/image/", skin.image, name="skin-image"),
    path("study/<int:number>/skin/make/", skin.make, name="skin-make"),
    path("configuration/skin-dose/", skin_settings.settings, name="skin-settings"),
    path("configuration/skin-dose/again/", skin_settings.again, name="skin-again"),
    path("configuration/skin-dose/geometry/", skin_settings.geometry, name="skin-geometry"),
    path(
        "configuration/skin-dose/geometry/delete/",
        skin_settings.delete_geometry,
        name="skin-geometry-delete",
    ),
    path(
        "configuration/skin-dose/calibration/", skin_settings.calibration, name="skin-calibration"
    ),
    path(
        "configuration/skin-dose/calibration/<int:number>/delete/",
        skin_settings.delete_calibration,
        name="skin-calibration-delete",
    ),
]
