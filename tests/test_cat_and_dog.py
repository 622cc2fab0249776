"""The forty sentences: balanced, of one word each, and tested as their file says."""

from pathlib import Path

import pytest

from scratch.baselines.cat_and_dog import swap_list
from scratch.text.words import join


def test_the_list_is_balanced_and_has_no_sentence_twice() -> None:
    swaps = list(swap_list())
    kinds = [(swap.fixed, swap.old) for swap in swaps]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        (fixed, word): 10 for fixed in (False, True) for word in ("cat", "dog")
    }
    assert len({join(swap.tokens) for swap in swaps}) == 40


@pytest.mark.parametrize("sentence", ["No animal.", "A cat and a cat.", "A cat and a dog."])
def test_a_sentence_without_its_one_word_is_refused(tmp_path: Path, sentence: str) -> None:
    file = tmp_path / "list.toml"
    file.write_text(f'[free]\ncat = ["{sentence}"]\ndog = []\n[fixed]\ncat = []\ndog = []\n')
    with pytest.raises(ValueError, match="must have 'cat' once"):
        list(swap_list(file))
