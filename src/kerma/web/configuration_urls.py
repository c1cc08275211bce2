"""Where the pages of administrators and of imports live."""

from django.urls import path, re_path

from kerma.web.pages import (
    audit,
    configuration,
    delete,
    devices,
    not_patient,
    policies,
    quarantine,
    retention,
    size_import,
    systems,
    upload,
    users,
)

_DEVICE = r"^systems/device/(?P<number>\d+)/(?P<modality>ct|rf|dx|mg|nm|none)/"

urlpatterns = [
    path("upload/", upload.upload, name="upload"),
    path("study/<int:number>/delete/", delete.delete_study, name="study-delete"),
    path("quarantine/", quarantine.entries, name="quarantine"),
    path("quarantine/act/", quarantine.act, name="quarantine-act"),
    path("systems/", systems.systems, name="systems"),
    path("systems/edit/", systems.edit, name="systems-edit"),
    path("systems/naming/", systems.naming, name="systems-naming"),
    path("systems/<int:number>/sort/", systems.sort, name="system-sort"),
    re_path(f"{_DEVICE}$", devices.device, name="device"),
    re_path(f"{_DEVICE}delete/$", devices.delete, name="device-delete"),
    path("systems/failed/", devices.failed, name="failed-imports"),
    path("systems/failed/delete/", devices.delete_failed, name="failed-imports-delete"),
    path("sizes/", size_import.imports, name="sizes"),
    path("sizes/delete/", size_import.delete, name="sizes-delete"),
    path("sizes/<int:number>/", size_import.size_import, name="size-import"),
    path("sizes/<int:number>/start/", size_import.start, name="size-import-start"),
    path("sizes/<int:number>/step/", size_import.step, name="size-import-step"),
    path("sizes/<int:number>/abort/", size_import.abort, name="size-import-abort"),
    path("sizes/<int:number>/log/", size_import.log, name="size-import-log"),
    path("sizes/<int:number>/undo/", size_import.undo, name="size-import-undo"),
    path("configuration/", configuration.configuration, name="configuration"),
    path("configuration/privacy/", policies.privacy, name="privacy"),
    path("configuration/retention/", retention.retention, name="retention"),
    path("configuration/retention/apply/", retention.apply, name="retention-apply"),
    path("configuration/home/", policies.home_periods, name="home-periods"),
    path("configuration/test-data/", not_patient.patterns, name="test-data"),
    path("configuration/test-data/<int:number>/", not_patient.change, name="pattern"),
    path("configuration/test-data/historic/", not_patient.historic, name="patterns-historic"),
    path("configuration/test-data/apply/", not_patient.apply, name="patterns-apply"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="user-add"),
    path("users/<int:number>/", users.user, name="user"),
    path("users/<int:number>/password/", users.password, name="user-password"),
    path("audit/", audit.audit, name="audit"),
]
