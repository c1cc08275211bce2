"""Where the pages of exports live."""

from django.urls import path, re_path

from kerma.web.pages import export_settings, exports

urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/live/", exports.live, name="exports-live"),
    path("exports/delete/", exports.delete, name="exports-delete"),
    re_path("^exports/new/(?P<modality>ct|rf|dx|mg|nm)/$", exports.new, name="export-new"),
    path("exports/openskin/<int:number>/", exports.openskin, name="export-openskin"),
    path("exports/<int:number>/download/", exports.download, name="export-download"),
    path("exports/<int:number>/abort/", exports.abort, name="export-abort"),
    path("configuration/exports/", export_settings.export_settings, name="export-settings"),
    path("exports/<int:number>/again/", exports.again, name="export-again"),
]
