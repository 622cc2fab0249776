"""The counting model: probabilities derived by hand on a toy text, sums over the vocabulary,
unknown words.

They are Python's floats, of 64 bits: the rounding of a sum is some 1e-16, far below every
tolerance.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratch import split
from scratch.baselines.ngram import bits_per_token, discount, learn
from scratch.tokenizer.simple import UNKNOWN

TOY = "a b a b a c".split()


def test_a_bigram_probability_is_the_one_worked_out_by_hand() -> None:
    """Pairs of `a b a b a c`: ab twice, ba twice, ac once. So n1 = 1, n2 = 2, discount D = 1 / (1 +
    4) = 1/5.

    For the shorter guess: before b stands a, before a stands b, before c stands a, one word each, 3
    in all. There n1 = 3 and n2 = 0, so D = 1/2, and with 4 entries (a, b, c, unknown) each word has
    P(w) = (1 - 1/2) / 3 + (1/2 * 3 / 3) * 1/4 = 1/6 + 1/8 = 7/24, the unknown one 1/8 = 3/24:
    together 24/24. After a: b 2, c 1, total 3, two different words. P(b|a) = (2 - 1/5) / 3 + (1/5 *
    2 / 3) * 7/24 = 9/15 + 7/180 = 115/180 P(c|a) = (1 - 1/5) / 3 + 7/180 = 48/180 + 7/180 = 55/180
    P(a|a) = 7/180, P(unknown|a) = 3/180: together 180/180.
    """
    model = learn(TOY, order=2)
    assert model.probability("b", ["a"]) == pytest.approx(115 / 180)
    assert model.probability("c", ["a"]) == pytest.approx(55 / 180)
    assert model.probability("a", ["a"]) == pytest.approx(7 / 180)
    assert model.probability("z", ["a"]) == pytest.approx(3 / 180)


def test_a_context_never_seen_leaves_the_guess_to_the_shorter_one() -> None:
    model = learn(TOY, order=2)
    assert model.probability("b", ["z"]) == model.probability("b", []) == pytest.approx(7 / 24)


def test_a_word_of_one_company_is_a_poor_guess_elsewhere() -> None:
    """`francisco` stands as often as `tea`, but after san alone: Kneser and Ney's point."""
    text = "san francisco . hot tea . san francisco . green tea . san francisco . my tea .".split()
    model = learn(text, order=2)
    assert text.count("francisco") == text.count("tea")
    assert model.probability("tea", ["never"]) > model.probability("francisco", ["never"])


@pytest.mark.parametrize("order", [1, 2, 3, 4])
@pytest.mark.parametrize("context", [[], ["a"], ["a", "b"], ["z"], ["b", "a", "b"], ["z", "a"]])
def test_over_all_entries_the_probabilities_sum_to_one(order: int, context: list[str]) -> None:
    model = learn([*TOY, ".", "b", "d"], order)
    assert math.fsum(model.probability(word, context) for word in model.words) == pytest.approx(
        1, abs=1e-12
    )


@given(
    st.lists(st.sampled_from("abcd."), min_size=3, max_size=30),
    st.lists(st.sampled_from("abcdz"), max_size=4),
)
def test_they_do_for_any_text_and_every_one_is_above_0(text: list[str], context: list[str]) -> None:
    model = learn(text)
    found = [model.probability(word, context) for word in model.words]
    assert min(found) > 0 and math.fsum(found) == pytest.approx(1, abs=1e-9)


def test_surprisal_is_the_logarithm_word_by_word() -> None:
    model = learn(TOY, order=2)
    found = model.surprisals(["b", "a"], context=["a"])
    expected = [
        -math.log2(model.probability("b", ["a"])),
        -math.log2(model.probability("a", ["b"])),
    ]
    assert found == expected


def test_a_trigram_looks_at_two_words_and_no_further() -> None:
    model = learn("a b c a d c b b d".split())
    assert model.probability("c", ["x", "y", "a", "b"]) == model.probability("c", ["a", "b"])
    assert model.surprisals(["a", "b", "c"])[2] == -math.log2(model.probability("c", ["a", "b"]))


def test_upper_case_is_lower_case_here() -> None:
    model = learn("The cat saw the dog .".split())
    assert "the" in model.words and "The" not in model.words and "THE" in model
    assert model.probability("CAT", ["THE"]) == model.probability("cat", ["the"])


def test_every_unknown_word_is_one_entry() -> None:
    model = learn(TOY)
    assert "zebra" not in model and UNKNOWN in model
    assert model.probability("zebra") == model.probability("app") == model.probability(UNKNOWN)


def test_a_discount_lies_between_0_and_1_whatever_the_counts() -> None:
    """n1 = 4, n2 = 1: 4 / (4 + 2). Where one of the two is missing, a half."""
    assert discount([1, 1, 1, 1, 2, 7]) == 4 / 6
    assert discount([1, 1]) == discount([2, 2]) == discount([9]) == discount([]) == 0.5


def test_a_longer_memory_guesses_a_regular_text_better() -> None:
    """`a b c` and `x b d` in turns: after b only the word before it tells what comes."""
    text = "a b c x b d ".split() * 30
    assert (
        bits_per_token(learn(text, 3), text)
        < bits_per_token(learn(text, 2), text)
        < bits_per_token(learn(text, 1), text)
    )


def test_a_text_too_short_or_an_order_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="the text has 2 tokens; order 3 needs 3 or more"):
        learn(["a", "b"])
    with pytest.raises(ValueError, match="order is 0"):
        learn(TOY, order=0)
    with pytest.raises(ValueError, match="0 tokens have no mean surprisal"):
        bits_per_token(learn(TOY), [])


def test_the_mean_is_over_all_tokens() -> None:
    model = learn(split("One two. One three."))
    found = model.surprisals(["one", "two"])
    assert bits_per_token(model, ["one", "two"]) == pytest.approx((found[0] + found[1]) / 2)
