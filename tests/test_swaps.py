"""Swaps of words: their cost against the model's own probabilities, the control words, sentences
turned around.
"""

import math

import pytest

from scratch import split
from scratch.baselines.ngram import learn
from scratch.baselines.word_swaps import Comparison, compare, exchanges, peers, swap, swap_cost

TOY = split("A dog ran. A dog ran. A cat ran. A dog sat. The lamp.")


def test_a_swap_reaches_every_place_of_the_word_and_no_other() -> None:
    assert swap(["dog", "and", "dogs", "dog"], "dog", "cat") == ["cat", "and", "dogs", "cat"]


def test_a_word_that_is_not_there_cannot_be_swapped() -> None:
    with pytest.raises(ValueError, match="'cat' is not in 'a dog'"):
        swap(["a", "dog"], "cat", "dog")


def test_the_cost_is_the_logarithm_of_the_ratio_of_both_sentences() -> None:
    model = learn(TOY, order=2)
    ratio = model.probability("dog", ["a"]) / model.probability("cat", ["a"])
    assert swap_cost(model, ["a", "dog"], "dog", "cat") == pytest.approx(math.log2(ratio))


def test_there_and_back_costs_nothing() -> None:
    model = learn(TOY)
    there, back = (
        swap_cost(model, ["a", "dog"], "dog", "cat"),
        swap_cost(model, ["a", "cat"], "cat", "dog"),
    )
    # bits, in Python's 64-bit floats
    assert there > 0 and there + back == pytest.approx(0, abs=1e-9)


def test_peers_are_within_the_factor_and_are_words() -> None:
    counts = {"dog": 8, "low": 4, "lower": 3, "high": 16, "higher": 17, ".": 8}
    assert peers(counts, "dog") == ["high", "low"]
    assert peers(counts, "dog", factor=3) == ["high", "higher", "low", "lower"]
    with pytest.raises(ValueError, match=r"factor is 0\.5"):
        peers(counts, "dog", factor=0.5)


def test_only_sentences_with_one_of_each_are_turned_around() -> None:
    text = (
        "The farmer sold the cow. A cow ran. The farmer saw a cow and a cow. The cow and the"
        " farmer!"
    )
    found = [" ".join(after) for _, after in exchanges(text, {"cow"}, {"farmer"})]
    assert found == ["The cow sold the farmer .", "The farmer and the cow !"]


def test_a_sentence_with_too_many_tokens_is_left_out() -> None:
    text = "The farmer sold the cow."
    assert len(list(exchanges(text, {"cow"}, {"farmer"}, most=6))) == 1
    assert not list(exchanges(text, {"cow"}, {"farmer"}, most=5))


def test_a_comparison_has_the_median_of_the_others_and_the_share_that_is_cheap() -> None:
    model = learn(TOY, order=2)
    costs = sorted(swap_cost(model, ["a", "dog"], "dog", word) for word in ("ran", "sat", "lamp"))
    found = compare(model, ["a", "dog"], "dog", "cat", ["dog", "ran", "sat", "cat", "lamp"])
    assert found.typical == costs[1]
    assert found.cheap == sum(abs(cost) < 1 for cost in costs) / 3
    assert found.cost == swap_cost(model, ["a", "dog"], "dog", "cat")


def test_without_others_there_is_nothing_to_compare_with() -> None:
    found = compare(learn(TOY), ["a", "dog"], "dog", "cat", ["cat"])
    assert found.typical is None and found.cheap is None and not found.singled_out


@pytest.mark.parametrize(
    ("cost", "cheap", "expected"), [(0.5, 0.1, True), (-2, 0.1, False), (0.5, 0.6, False)]
)
def test_a_swap_is_singled_out_if_it_is_cheap_where_most_are_not(
    cost: float, cheap: float, expected: bool
) -> None:
    assert Comparison(cost, 3.0, cheap).singled_out is expected
