"""The map of word vectors: places, neighbours and how they are packed."""

import base64
import gzip
import json
import math
import re

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibits import embedding_plot
from exhibits.plot import HEAVIEST
from exhibits.projection import NEIGHBOURS, Projection, pack, project


def random_tables(steps: int, words: int, width: int, seed: int = 0) -> list[torch.Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return [torch.randn(words, width, generator=chance) for _ in range(steps)]


def show(words=("cat", "dog", "red"), groups=None, steps=(0, 5), **more):
    tables = random_tables(len(steps), len(words), 4)
    checkpoints = more.pop("checkpoints", list(zip(steps, tables, strict=True)))
    counts = more.pop("counts", [10 * (n + 1) for n in range(len(words))])
    return embedding_plot(
        list(words), counts, groups or {"cat": "animals", "dog": "animals"}, checkpoints, more.pop("alt", "alt")
    )


def test_neighbours_are_those_of_a_loop_over_all_pairs():
    """The oracle: math only, no torch."""
    (table,) = random_tables(1, 40, 6)
    rows = table.tolist()

    def cosine(one, other):
        return sum(a * b for a, b in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)

    seen = project([table])
    for word, row in enumerate(rows):
        others = sorted((-cosine(row, other), n) for n, other in enumerate(rows) if n != word)[:NEIGHBOURS]
        assert seen.nearest[0][word] == [n for _, n in others]
        assert seen.cosines[0][word] == [round(-100 * value) for value, _ in others]


def test_the_length_of_a_vector_does_not_matter():
    (table,) = random_tables(1, 20, 5)
    longer = table * torch.arange(1, 21).unsqueeze(1)
    one, other = project([table]), project([longer])
    assert one.nearest == other.nearest
    assert torch.allclose(torch.tensor(one.places), torch.tensor(other.places), atol=1e-6)


def test_points_on_a_cross_lie_on_the_first_two_axes():
    """Unit vectors +-x (three times each) and +-y (twice): the spread is 6 along x and 4 along y, 0.6 and 0.4 of all."""
    x, y = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
    table = [
        [sign * part for part in axis] for axis, times in ((x, 3), (y, 2)) for sign in (1, -1) for _ in range(times)
    ]
    seen = project([table])
    assert seen.share == pytest.approx((1.0, 1.0))
    across = [place[0] for place in seen.places[0]]
    upward = [place[1] for place in seen.places[0]]
    assert across == pytest.approx([1] * 3 + [-1] * 3 + [0] * 4, abs=1e-9)
    assert upward == pytest.approx([0] * 6 + [1] * 2 + [-1] * 2, abs=1e-9)
    (axis_x,) = project([[[part for part in row[:2]] for row in table]]).places
    assert [place[2] for place in axis_x] == [0] * 10  # two dimensions have no third axis


def test_the_axes_are_those_of_the_last_step_for_every_step():
    tables = random_tables(2, 30, 5)
    assert torch.allclose(
        torch.tensor(project([tables[1], tables[1]]).places[0]), torch.tensor(project([tables[1], tables[1]]).places[1])
    )
    turned = project([tables[1][:, [1, 0, 2, 3, 4]], tables[1]])
    assert not torch.allclose(torch.tensor(turned.places[0]), torch.tensor(turned.places[1]), atol=0.1)


def test_of_two_equally_near_the_first_word_comes_first():
    seen = project([[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 2.0]]])
    assert seen.nearest[0][0] == [1, 2, 3]


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ([], "no step"),
        ([[[1.0, 2.0]], [[1.0]]], "shapes"),
        ([[1.0, 2.0]], "shapes"),
        ([[[1.0, float("nan")]]], "not finite"),
    ],
)
def test_vectors_that_are_no_tables_are_refused(tables, said):
    with pytest.raises(ValueError, match=said):
        project(tables)


@settings(deadline=None, max_examples=20)  # 300 words, because an id takes two bytes from 256 on
@given(st.integers(1, 3), st.integers(2, 300), st.integers(0, 5))
def test_what_is_packed_comes_back(steps, words, seed):
    """Read as explorer.js reads: int16 by step and axis, ids in two planes, cosines as losses from rank to rank."""
    seen = project(random_tables(steps, words, 4, seed))
    packed = {name: base64.b64decode(text) for name, text in pack(seen).items()}
    ranks = len(seen.nearest[0][0])
    size = steps * ranks * words
    assert [len(packed[name]) for name in ("places", "near", "cosines")] == [steps * 3 * words * 2, 2 * size, size]
    for step in range(steps):
        for word in range(words):
            for axis in range(3):
                at = 2 * ((step * 3 + axis) * words + word)
                value = int.from_bytes(packed["places"][at : at + 2], "little", signed=True) / 32767
                assert value == pytest.approx(seen.places[step][word][axis], abs=2e-5)
            level = -25
            for rank in range(ranks):
                at = (step * ranks + rank) * words + word
                level = level + packed["cosines"][at] if rank == 0 else level - packed["cosines"][at]
                assert packed["near"][at] + 256 * packed["near"][size + at] == seen.nearest[step][word][rank]
                assert level == seen.cosines[step][word][rank]


def test_a_cosine_far_below_zero_is_carried_as_the_lowest():
    seen = project([[[1.0, 0.0], [-1.0, 0.0]]])
    assert seen.cosines == [[[-25], [-25]]]
    assert isinstance(seen, Projection) and pack(seen)["cosines"] == base64.b64encode(bytes(2)).decode()


def test_a_map_of_1000_words_at_10_steps_stays_under_the_limit():
    words = [f"word{n}" for n in range(1000)]
    tables = random_tables(10, 1000, 64)
    shown = embedding_plot(words, [1] * 1000, {}, list(enumerate(tables)), "dust")
    assert len(gzip.compress(shown.html.encode())) < HEAVIEST


def test_a_map_heavier_than_the_limit_is_refused():
    words = [f"word{n}" for n in range(1000)]
    with pytest.raises(ValueError, match="show fewer words or steps"):
        embedding_plot(words, [1] * 1000, {}, list(enumerate(random_tables(14, 1000, 16))), "dust")


def test_the_still_reads_without_a_script():
    shown = show()
    assert "<title>alt</title>" in shown.html and "<details>" in shown.html
    assert re.search(r'ex-chosen"><b>cat</b> <span>10 times, animals', shown.html)
    assert "The map shows 2 of 4 directions" in shown.text


def test_a_group_has_a_hue_and_a_shape_and_a_word_without_one_is_dust():
    shown = show(groups={"cat": "animals", "red": "colours"})
    assert re.findall(r'data-group="\d"><span class="ex-glyph" style="--c:var\((--hue-\d)\)">(.)</span>(\w+)', shown.html) == [
        ("--hue-1", "●", "animals"), ("--hue-2", "■", "colours"),
    ]  # fmt: skip
    assert len(re.findall(r"M\d+ \d+h0", shown.html)) == 1


def test_foreign_words_are_escaped_and_carried_whole():
    words = ("</script><b>", "a`b", "<!--")
    shown = show(words, groups={words[0]: "<i>"})
    assert "<b>" not in shown.html.replace('ex-chosen"><b>', "") and "<i>" not in shown.html and "`" not in shown.html
    assert json.loads(re.search(r'application/json">(.*?)</script>', shown.html)[1])["words"] == list(words)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": ("cat", "cat", "red")}, r"\['cat'\] come twice"),
        ({"counts": [1]}, "1 counts for 3 words"),
        ({"steps": (5, 0)}, "rising order"),
        ({"checkpoints": []}, "no checkpoint"),
        ({"checkpoints": [(0, [[1.0, 2.0]])]}, "step 0 has 1 vectors for 3 words"),
        ({"alt": ""}, "alt is empty"),
        ({"words": tuple("abcdefghi"), "groups": {c: c for c in "abcdefghi"}}, "9 groups; there are 8 colours"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        show(**change)


def test_the_same_vectors_give_the_same_bytes():
    assert show().html == show().html
