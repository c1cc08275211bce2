"""How devices are told apart, and what name a new one is given."""

import pytest
from msgspec.structs import replace

from kerma.records import Device, StudyHeader
from kerma.store import options
from kerma.store.models import Device as DeviceRow
from kerma.store.models import Study, System, UntrustedObserverModel
from kerma.store.systems import rename
from tests.merge.builders import image, observer, report, shot
from tests.store.helpers import arrive

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

CANON = Device(
    manufacturer="Canon Inc.", institution="OpenREM", station_name="CANONDaRt", model="CXDI"
)
UID = "1.2.392.1"


def arrives(number, device=CANON, uid=UID, make=report, **fields):
    """Save a report of a study of its own."""
    study = StudyHeader(study_instance_uid=f"1.{number}", sop_instance_uid=f"1.{number}.1")
    given = {"study": study, "device": device} | fields
    if make is report:
        given["observer"] = observer(uid) if uid else None
        arrive(report("", [shot(0)], modality="DX", **given))
    else:
        arrive(image("", shot(0), **given))
    return name_of(number)


def name_of(number):
    return Study.objects.get(study_instance_uid=f"1.{number}").system.display_name


def custom(name="Custom Display Name"):
    rename(DeviceRow.objects.all(), name)


def test_the_automatic_name_is_institution_and_station():
    assert arrives(1) == "OpenREM CANONDaRt"


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (Device(institution="Hospital", model="M"), "Hospital"),
        (Device(station_name="ROOM 1", model="M"), "ROOM 1"),
        (Device(manufacturer="ACME", model="M"), "ACME M"),
        (Device(), "Unnamed system"),
    ],
)
def test_the_automatic_name_is_what_there_is(device, name):
    assert arrives(1, device) == name


def test_another_station_or_department_is_another_device():
    arrives(1)

    name = arrives(2, replace(CANON, station_name="StnName2", department="New Name"))

    assert name == "OpenREM StnName2"
    assert DeviceRow.objects.count() == 2


def test_stored_studies_show_a_new_name_at_once():
    arrives(1)
    arrives(2, replace(CANON, station_name="StnName2"))

    custom()

    assert [name_of(1), name_of(2)] == ["Custom Display Name"] * 2
    assert System.objects.count() == 1


def test_without_adoption_a_changed_device_gets_an_automatic_name():
    arrives(1)
    arrives(2, replace(CANON, station_name="StnName2", department="New Name"))
    custom()

    assert arrives(3, replace(CANON, station_name="StnName2", department="Third")) == (
        "OpenREM StnName2"
    )
    assert DeviceRow.objects.count() == 3


def test_with_adoption_a_known_observer_uid_brings_its_name():
    options.put(options.ADOPT_DISPLAY_NAMES, True)
    arrives(1)
    custom()

    assert arrives(4, replace(CANON, station_name="StnName4", department="Fourth")) == (
        "Custom Display Name"
    )
    assert DeviceRow.objects.count() == 2


@pytest.mark.parametrize("adopt", [False, True])
def test_devices_stored_without_an_observer_uid_keep_their_name(adopt):
    options.put(options.ADOPT_DISPLAY_NAMES, adopt)
    arrives(1, uid="")
    custom("System One")

    assert arrives(2) == "System One"
    assert DeviceRow.objects.get().device_observer_uid == UID


def test_a_report_adopts_the_name_of_images_of_the_same_device():
    arrives(1, make=image)
    custom("Custom name for img")

    assert arrives(2) == "Custom name for img"
    assert DeviceRow.objects.count() == 2
    assert arrives(3, make=image) == "Custom name for img"
    assert DeviceRow.objects.count() == 2


def test_images_do_not_adopt_the_name_of_reports():
    arrives(1)
    custom("Custom RDSR name")

    assert arrives(2, make=image) == "OpenREM CANONDaRt"


def test_the_observer_uid_of_a_model_not_to_be_trusted_is_left_out():
    UntrustedObserverModel.objects.create(model="CXDI")

    arrives(1, uid="9.1")
    arrives(2, uid="9.2")

    assert DeviceRow.objects.get().device_observer_uid == ""


def test_models_not_to_be_trusted_may_stand_in_the_settings_of_the_site(settings):
    settings.KERMA_UNTRUSTED_OBSERVER_MODELS = frozenset({"CXDI"})

    arrives(1, uid="9.1")
    arrives(2, uid="9.2")

    assert DeviceRow.objects.get().device_observer_uid == ""


def test_an_observer_uid_equal_to_the_study_instance_uid_is_never_trusted():
    arrives(1, uid="1.1")
    arrives(2, uid="1.2")

    assert DeviceRow.objects.get().device_observer_uid == ""


def test_two_observer_uids_are_two_devices_of_one_automatic_name():
    arrives(1, uid="9.1")
    arrives(2, uid="9.2")

    assert DeviceRow.objects.count() == 2
    assert System.objects.count() == 1
