"""Short secrets are kept encrypted with the key of the site."""

import pytest

from kerma.store.sealing import NotOurs, seal_text, unseal_text


def test_a_sealed_text_comes_back_and_does_not_show_what_it_is():
    sealed = seal_text("pässword")

    assert "ssword" not in sealed
    assert unseal_text(sealed) == "pässword"
    assert seal_text("pässword") != sealed


def test_nothing_stays_nothing():
    assert seal_text("") == ""
    assert unseal_text("") == ""


@pytest.mark.parametrize("sealed", ["not sealed at all", "größer"])
def test_what_was_never_sealed_is_told_as_such(sealed):
    with pytest.raises(NotOurs):
        unseal_text(sealed)


def test_another_key_opens_nothing_and_says_what_to_do(settings):
    sealed = seal_text("password")
    settings.KERMA_IDENTITY_KEY = b"another"

    with pytest.raises(NotOurs, match="Enter it anew"):
        unseal_text(sealed)
