from typing import NamedTuple

import pytest

from kerma.registry import Registry


class Thing(NamedTuple):
    name: str


def test_things_come_in_the_order_of_their_names_whatever_the_order_of_files():
    things = Registry[Thing]("thing")
    for name in ("b", "c", "a"):
        things.add(Thing(name))

    assert [thing.name for thing in things] == ["a", "b", "c"]


def test_two_things_of_one_name_are_an_error():
    things = Registry[Thing]("thing")
    things.add(Thing("a"))

    with pytest.raises(ValueError, match="Two things are named 'a'"):
        things.add(Thing("a"))


def test_an_unknown_name_is_answered_with_the_known_ones():
    things = Registry[Thing]("thing")
    things.add(Thing("a"))

    with pytest.raises(KeyError, match=r"no thing named 'b'. Known: a"):
        things["b"]
