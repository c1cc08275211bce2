"""Objects with dose screens in, their pictures and scanner out, in the records of the reader."""

from kerma.dicom import screen_pixels, tags
from kerma.dicom.dataset import DataSet
from kerma.screens.picture import Picture
from kerma.screens.reading import Scanner


def pictures(data: bytes) -> list[Picture]:
    """Return the pictures of an object, one for each frame; raises `ScreenPixelsError`."""
    return [Picture(gray, lossy) for gray, lossy in screen_pixels.pictures(data)]


def scanner_of(header: DataSet) -> Scanner:
    """Return whose screen it is."""
    return Scanner(
        manufacturer=header.text(tags.Manufacturer),
        model=header.text(tags.ManufacturerModelName),
        software_versions=header.text(tags.SoftwareVersions),
        station_name=header.text(tags.StationName),
    )
