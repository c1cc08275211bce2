"""Records as compressed bytes, also where several threads of the web server pack at once."""

from concurrent.futures import ThreadPoolExecutor

from kerma.records import StudyRecord
from kerma.records.study import StudyHeader
from kerma.store.packing import pack, unpack


def record(number: int) -> StudyRecord:
    study = StudyHeader(study_instance_uid=f"1.2.{number}", study_description="Thorax " * 20_000)
    return StudyRecord(kind="CT RDSR", modality="CT", study=study)


def test_threads_that_pack_at_once_do_not_disturb_each_other():
    records = [record(number) for number in range(300)]

    with ThreadPoolExecutor(8) as pool:
        packed = list(pool.map(pack, records))
        found = list(pool.map(unpack, packed))

    assert found == records
