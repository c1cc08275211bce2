import datetime as dt
import time

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kerma.errors import KermaError
from kerma.store import engine, job, jobs, options
from kerma.store.models import AuditEntry, Task

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

LONG_AGO = dt.timedelta(seconds=engine.LEASE_S + 1)
done = []


def _note(progress, word):
    done.append(word)
    progress.tell(1, 2, f"said {word}")
    return {"word": word}


def _refuse(progress):
    raise KermaError("There is no such study. Choose another.")


def _break(progress):
    raise ZeroDivisionError


def _later(progress):
    raise jobs.RunLater("The node asks for a pause.", 300)


def _terminated_then_later(progress):
    jobs.cancel(progress.task_id)
    raise jobs.RunLater("The node asks for a pause.", 300)


def _unreachable(progress):
    raise jobs.TryAgain("The node does not answer.")


def _terminated(progress):
    AuditEntry.objects.create(action="before", details={})
    jobs.cancel(progress.task_id)
    progress.tell(1)
    AuditEntry.objects.create(action="after", details={})


def _taken_away(progress):
    Task.objects.update(heartbeat_at=timezone.now() - LONG_AGO)
    jobs.requeue_lost()
    progress.tell(1)
    done.append("went on")


for function in (
    _note, _refuse, _break, _later, _unreachable, _terminated, _terminated_then_later, _taken_away,
):  # fmt: skip
    jobs.add(jobs.Job(f"test{function.__name__}", "Test", function))


@pytest.fixture(autouse=True)
def fresh():
    done.clear()
    job._Ending.asked = False
    yield
    job._Ending.asked = False


def ask(name, **arguments):
    return jobs.enqueue(f"test_{name}", "A test", **arguments)


def work():
    """Do what the queue engine's worker does, until nothing waits."""
    while found := DBTaskResult.objects.ready().first():
        found.claim("test")
        engine.execute.call(*found.args_kwargs["args"])
        found.set_successful(None)


def state(task):
    task.refresh_from_db()
    return task.state


def silent(task, **columns):
    """Leave a task as a worker leaves it that was killed in the middle of it."""
    DBTaskResult.objects.all().delete()
    columns = {"state": "running", "worker": "other:1", "attempts": 1} | columns
    Task.objects.filter(pk=task.pk).update(heartbeat_at=timezone.now() - LONG_AGO, **columns)


def test_a_task_is_done_and_its_result_and_progress_are_kept():
    task = ask("note", word="hello")

    work()

    assert (state(task), done) == ("done", ["hello"])
    assert task.result == {"word": "hello"}
    assert (task.done, task.total, task.note, task.attempts) == (1, 2, "said hello", 1)
    assert task.finished_at >= task.started_at


def test_a_task_asked_for_in_a_transaction_that_fails_was_never_asked_for():
    with transaction.atomic():
        ask("note", word="never")
        transaction.set_rollback(True)

    work()

    assert not Task.objects.exists()
    assert done == []


def test_an_error_for_people_is_kept_as_it_is():
    task = ask("refuse")

    work()

    assert (state(task), task.error) == ("failed", "There is no such study. Choose another.")


def test_a_fault_of_kerma_fails_the_task_and_is_logged_not_shown(caplog):
    task = ask("break")

    work()

    assert state(task) == "failed"
    assert "fault" in task.error
    assert "ZeroDivision" not in task.error
    assert "ZeroDivisionError" in caplog.text


def test_a_job_may_ask_to_be_started_later_which_is_no_attempt():
    task = ask("later")

    work()

    assert (state(task), task.note, task.attempts) == ("queued", "The node asks for a pause.", 0)
    assert 290 < (task.run_after - timezone.now()).total_seconds() <= 300


def test_a_terminated_task_does_not_wait_for_another_try():
    task = ask("terminated_then_later")

    work()

    assert (state(task), task.run_after) == ("cancelled", None)
    assert task.finished_at is not None


def test_what_may_pass_is_tried_again_after_growing_pauses_until_the_attempts_are_used_up():
    task = ask("unreachable")
    pauses = []

    for _ in range(3):
        work()
        task.refresh_from_db()
        pauses.append(task.run_after and round((task.run_after - timezone.now()).total_seconds()))
        Task.objects.update(run_after=None)
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())

    assert pauses[:2] == [60, 240]
    assert (state(task), task.error, task.attempts) == ("failed", "The node does not answer.", 3)


def test_a_terminated_task_stops_at_its_next_step_and_what_it_did_stays():
    task = ask("terminated")

    work()

    assert state(task) == "cancelled"
    assert [entry.action for entry in AuditEntry.objects.all()] == ["before"]


def test_a_waiting_task_that_is_terminated_is_never_run():
    task = ask("note", word="never")

    assert jobs.cancel(task.pk)
    work()

    assert (state(task), done) == ("cancelled", [])
    assert not DBTaskResult.objects.filter(status="READY").exists()


def test_a_finished_task_cannot_be_terminated():
    task = ask("note", word="hello")
    work()

    assert not jobs.cancel(task.pk)
    assert state(task) == "done"


def test_a_task_that_the_engine_offers_twice_is_done_once():
    task = ask("note", word="once")
    engine.hand_over(task)

    work()

    assert done == ["once"]


def test_a_task_is_not_started_before_its_time_even_if_the_engine_offers_it():
    task = ask("note", word="too early", delay_s=600)

    engine.run(task.pk)

    assert (state(task), done) == ("queued", [])


def test_the_task_of_a_silent_worker_is_given_to_another():
    task = ask("note", word="again")
    silent(task)

    assert jobs.requeue_lost() == 1
    work()

    assert (state(task), done, task.attempts) == ("done", ["again"], 2)


def test_the_task_of_a_worker_that_beats_is_left_to_it():
    task = ask("note", word="mine")
    silent(task)
    Task.objects.update(heartbeat_at=timezone.now())

    assert jobs.requeue_lost() == 0
    assert state(task) == "running"


def test_a_task_whose_row_in_the_queue_is_gone_is_put_there_again():
    task = ask("note", word="found")
    DBTaskResult.objects.all().delete()
    Task.objects.update(made_at=timezone.now() - LONG_AGO)

    assert jobs.requeue_lost() == 1
    assert jobs.requeue_lost() == 0
    work()

    assert (state(task), done) == ("done", ["found"])


def test_a_task_that_took_its_worker_with_it_too_often_has_failed():
    task = ask("note", word="deadly")
    silent(task, attempts=3)

    jobs.requeue_lost()

    assert state(task) == "failed"
    assert task.error == "Its worker was ended 3 times in the middle of it."


def test_a_terminated_task_whose_worker_died_stays_terminated():
    task = ask("note", word="never")
    silent(task, cancel_requested=True)

    jobs.requeue_lost()
    work()

    assert (state(task), done) == ("cancelled", [])


def test_a_worker_that_was_taken_for_dead_stops_and_leaves_the_task_to_the_next():
    task = ask("taken_away")
    first = DBTaskResult.objects.get()

    engine.execute.call(*first.args_kwargs["args"])

    assert (state(task), done) == ("queued", [])
    assert task.attempts == 1


def test_a_worker_that_is_to_end_gives_its_task_back():
    task = ask("note", word="half")
    job.interrupt()

    engine.run(task.pk)

    assert (state(task), task.attempts) == ("queued", 0)
    assert DBTaskResult.objects.filter(pk=task.engine_id, status="READY").exists()


def test_looking_for_lost_tasks_costs_one_query_however_many_wait(django_assert_num_queries):
    Task.objects.bulk_create(Task(job="test_note", title="x") for _ in range(50))
    Task.objects.update(made_at=timezone.now() - LONG_AGO)
    jobs.requeue_lost()
    Task.objects.update(heartbeat_at=timezone.now() - LONG_AGO)

    with django_assert_num_queries(1):
        assert jobs.requeue_lost() == 0


def test_what_is_told_often_is_written_seldom(django_assert_max_num_queries):
    task = ask("note", word="x")
    progress = jobs.Progress(task.pk)
    Task.objects.update(state="running")

    with django_assert_max_num_queries(3):
        for number in range(100):
            progress.tell(number, 100)

    assert progress.told["done"] == 99


def test_a_job_that_waits_wakes_when_it_is_to_stop():
    progress = jobs.Progress(ask("note", word="x").pk)
    job.interrupt()
    start = time.monotonic()

    with pytest.raises(jobs.Interrupted):
        progress.wait(30)

    assert time.monotonic() - start < 1


def test_run_again_asks_for_the_same_work():
    old = ask("note", word="twice")
    work()

    new = jobs.run_again(old)
    work()

    assert done == ["twice", "twice"]
    assert new.pk != old.pk


def test_the_history_keeps_as_many_finished_tasks_as_the_site_wants_and_all_others():
    options.put("task_history", 2)
    old, *new = (ask("note", word=str(number)) for number in range(3))
    work()
    waiting = ask("note", word="waits")

    assert jobs.drop_old() == 1

    assert set(Task.objects.all()) == {*new, waiting}
    assert old not in Task.objects.all()
