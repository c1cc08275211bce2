"""How fast a node is asked."""

from kerma.net.node.pace import Pace


def test_the_pace_slows_down_with_refusals_and_recovers_with_answers():
    pace = Pace(0.1)
    for _ in range(3):
        pace.refused()
    slowest = pace.pause_s
    for _ in range(10):
        pace.answered(0.05)

    assert slowest == 2.0
    assert pace.pause_s == 0.1


def test_the_pace_never_grows_without_end():
    pace = Pace(0)
    for _ in range(50):
        pace.refused()

    assert pace.pause_s == 30.0


def test_answers_that_grow_slow_are_a_sign_of_a_struggling_node():
    pace = Pace(0)
    for _ in range(10):
        pace.answered(0.2)
    pace.answered(5.0)

    assert pace.pause_s > 0


def test_a_node_that_is_always_slow_is_not_made_slower():
    pace = Pace(0)
    for _ in range(10):
        pace.answered(3.0)

    assert pace.pause_s == 0
