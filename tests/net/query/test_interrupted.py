"""A worker that is told to end in the middle of a query leaves it to another."""

import pytest

from kerma.net import every_job, queries
from kerma.net.carry_out import carry_out_query
from kerma.net.telling import Aside
from kerma.net.wanted import Wanted
from kerma.store.jobs import Interrupted
from kerma.store.models import Query
from tests.net.faulty_pacs import Faults, FaultyPacs, instance
from tests.net.query.conftest import node_of

CT = "1.2.840.10008.5.1.4.1.1.2"


class Ending(Aside):
    """Work that is stopped once the first answer is there."""

    def __init__(self, pacs: FaultyPacs) -> None:
        super().__init__()
        self._pacs = pacs

    def check(self) -> None:
        if self._pacs.requests:
            raise Interrupted("Its worker was stopped; it goes on later.")


@pytest.mark.django_db(transaction=True)
def test_a_query_whose_worker_ends_is_neither_failed_nor_terminated_and_goes_on_elsewhere():
    every_job.load()
    faults = Faults(endless=True)
    with FaultyPacs([instance("1.2.1", "1", 1, "CT", CT)], faults) as pacs:
        query = queries.start(node_of(pacs), None, Wanted(modalities=("CT",)))

        with pytest.raises(Interrupted):
            carry_out_query(query.pk, Ending(pacs), query.task_id)

        assert pacs.cancelled.wait(5)
        query.refresh_from_db()
        assert (query.state, query.error) == (Query.State.QUERYING, "")

        faults.endless = False
        assert carry_out_query(query.pk, Aside(), query.task_id)
    query.refresh_from_db()
    assert query.state == Query.State.FOUND
