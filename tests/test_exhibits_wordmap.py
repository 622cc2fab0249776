"""The map of word vectors: places, neighbours, and the file that carries them.

All is computed in 64 bits; a tolerance is for what comes in, or is carried, with fewer.
"""

import gzip
import json
import math
import re
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from exhibits import embedding_plot
from exhibits.wordmap import map_file, word_map
from exhibits.wordmap.map_file import largest_error, pack_map, unpack_map
from exhibits.wordmap.projection import NEIGHBOURS, project
from exhibits.wordmap.still_map import CHARACTER, FIELD_DESK, INSET, still_map
from exhibits.wordmap.word_map import MOST_CARRIED


@pytest.fixture(autouse=True)
def in_a_journal(tmp_path, monkeypatch):
    """A map writes its file into the journal's assets/; no printer runs."""
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("PRESS_DOCUMENT", "QUARTO_DOCUMENT_FILE", "QUARTO_DOCUMENT_PATH"):
        monkeypatch.delenv(name, raising=False)


def random_tables(steps: int, words: int, width: int, seed: int = 0) -> list[torch.Tensor]:
    chance = torch.Generator().manual_seed(seed)
    return [torch.randn(words, width, generator=chance) for _ in range(steps)]


def show(words=("cat", "dog", "red"), groups=None, steps=(0, 5), **more):
    tables = random_tables(len(steps), len(words), 4)
    checkpoints = more.pop("checkpoints", list(zip(steps, tables, strict=True)))
    counts = more.pop("counts", [10 * (n + 1) for n in range(len(words))])
    alt = more.pop("alt", "alt")
    return embedding_plot(
        list(words),
        counts,
        groups or {"cat": "animals", "dog": "animals"},
        checkpoints,
        alt,
        **more,
    )


def carried(shown):
    return json.loads(re.search(r'application/json">(.*?)</script>', shown.html)[1])


def test_neighbours_are_those_of_a_loop_over_all_pairs():
    """The oracle: math only, no torch."""
    (table,) = random_tables(1, 40, 6)
    rows = table.tolist()

    def cosine(one, other):
        return (
            sum(a * b for a, b in zip(one, other, strict=True))
            / math.hypot(*one)
            / math.hypot(*other)
        )

    seen = project([table])
    for word, row in enumerate(rows):
        others = sorted((-cosine(row, other), n) for n, other in enumerate(rows) if n != word)[
            :NEIGHBOURS
        ]
        assert [n for n, _ in seen.nearest(word)] == [n for _, n in others]
        assert [value for _, value in seen.nearest(word)] == pytest.approx(
            [-value for value, _ in others]
        )
    pairs = [cosine(one, other) for at, one in enumerate(rows) for other in rows[:at]]
    assert seen.pairs == [pytest.approx(sum(pairs) / len(pairs))]


def test_only_the_given_words_count_as_neighbours():
    seen = project(random_tables(1, 40, 6))
    all_near = project(random_tables(1, 40, 6)).nearest(3)
    every = [number for number, _ in seen.nearest(3, range(40))]
    assert every == [number for number, _ in all_near]
    assert {number for number, _ in seen.nearest(3, [3, 8, 9])} == {8, 9}


def test_a_map_of_words_that_nobody_counted_shows_no_count():
    assert "3 times" in show(counts=[3, 5, 6]).html and ">count<" in show().html
    shown = show(counts=[0, 0, 0]).html
    assert "times" not in shown and ">count<" not in shown and "<span>animals</span>" in shown


def test_the_length_of_a_vector_does_not_matter():
    (table,) = random_tables(1, 20, 5)
    longer = table * torch.arange(1, 21).unsqueeze(1)
    one, other = project([table]), project([longer])
    # the float32 table is rounded when it is stretched
    assert torch.allclose(one.units[0], other.units[0])
    assert torch.allclose(torch.tensor(one.points), torch.tensor(other.points), atol=1e-6)


def test_points_on_a_cross_lie_on_the_first_two_axes():
    """Unit vectors +-x (three times each) and +-y (twice): the spread is 6 along x and 4 along y,
    0.6 and 0.4 of all.
    """
    x, y = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]
    table = [
        [sign * part for part in axis]
        for axis, times in ((x, 3), (y, 2))
        for sign in (1, -1)
        for _ in range(times)
    ]
    seen = project([table])
    assert seen.share == pytest.approx((1.0, 1.0))
    across = [place[0] for place in seen.points[0]]
    upward = [place[1] for place in seen.points[0]]
    assert across == pytest.approx([1] * 3 + [-1] * 3 + [0] * 4, abs=1e-9)
    assert upward == pytest.approx([0] * 6 + [1] * 2 + [-1] * 2, abs=1e-9)
    (axis_x,) = project([[[part for part in row[:2]] for row in table]]).points
    assert [place[2] for place in axis_x] == [0] * 10  # two dimensions have no third axis


def test_the_axes_are_those_of_the_last_step_for_every_step():
    tables = random_tables(2, 30, 5)
    assert torch.allclose(
        torch.tensor(project([tables[1], tables[1]]).points[0]),
        torch.tensor(project([tables[1], tables[1]]).points[1]),
    )
    turned = project([tables[1][:, [1, 0, 2, 3, 4]], tables[1]])
    assert not torch.allclose(
        torch.tensor(turned.points[0]), torch.tensor(turned.points[1]), atol=0.1
    )


def test_the_last_step_fills_the_field_along_each_axis_and_no_step_leaves_it():
    tables = random_tables(3, 40, 6)
    tables[0] = 5 * tables[0]
    points = torch.tensor(project(tables).points)  # (S, V, 3)
    assert torch.allclose(points[-1].amax(dim=0), torch.ones(3), atol=1e-6)
    assert torch.allclose(points[-1].amin(dim=0), -torch.ones(3), atol=1e-6)
    assert points.abs().max() <= 1


def test_the_map_says_beneath_it_what_neighbours_are_worth():
    shown = show(caveat="Of a word's neighbours 31% <are> its kin.")
    assert (
        '<p class="ex-caveat">Of a word&#x27;s neighbours 31% &lt;are&gt; its kin.</p>'
        in shown.html
    )
    assert "31% <are> its kin" in shown.text and "ex-caveat" not in show().html


def test_no_name_of_the_still_lies_on_another_or_on_a_mark():
    """Boxes as the still measures them, on a desk: every name is off every other and every mark."""
    words = [f"word{number}" for number in range(40)]
    seen = project(random_tables(1, 40, 4))
    svg = still_map(words, [number % 3 for number in range(40)], seen, "a map")
    spots = {
        word: ((x * INSET + 1) / 2 * FIELD_DESK, (1 - y * INSET) / 2 * FIELD_DESK)
        for word, (x, y, _) in zip(words, seen.points[0], strict=True)
    }
    boxes = {}
    for attributes, word in re.findall(r'<text class="ex-word([^>]*)>(word\d+)<', svg):
        left = "text-anchor" in attributes
        x, y = spots[word]
        wide = CHARACTER * len(word)
        start = x - 9 - wide if left else x + 9
        boxes[word] = (start, y - 7, start + wide, y + 7)
    assert len(boxes) > 8
    for word, (left, top, right, bottom) in boxes.items():
        for other, box in boxes.items():
            apart = right < box[0] or box[2] < left or bottom < box[1] or box[3] < top
            assert other == word or apart, (word, other)
        for other, (x, y) in spots.items():
            assert other == word or not (left < x < right and top < y < bottom), (word, other)


def test_of_two_equally_near_the_first_word_comes_first():
    seen = project([[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [0.0, 2.0]]])
    assert [word for word, _ in seen.nearest(0)] == [1, 2, 3]


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


@settings(deadline=None, max_examples=20)
@given(st.integers(1, 3), st.integers(2, 300), st.integers(1, 9), st.integers(0, 5))
def test_what_is_packed_comes_back(steps, words, width, seed):
    seen = project(random_tables(steps, words, width, seed))
    header = {"words": [f"wörd{n}" for n in range(words)], "steps": list(range(steps))}
    head, places, vectors = unpack_map(pack_map(header, seen).data)
    assert head["words"] == header["words"] and head["count"] == words and head["width"] == width
    # 16 bits
    assert torch.allclose(places, torch.tensor(seen.points, dtype=torch.float64), atol=1 / 32767)
    for full, carried in zip(seen.units, vectors, strict=True):
        # 8 bits: half a step is 1/254 of the largest, which is 1 or less
        assert torch.allclose(full, carried, atol=0.01)


def test_no_cosine_is_off_by_more_than_is_stated():
    """The oracle compares in double precision, a pair at a time."""
    seen = project(random_tables(3, 60, 16))
    packed = pack_map({"steps": [0, 1, 2]}, seen)
    _, _, vectors = unpack_map(packed.data)
    off = [
        abs(float(full[a] @ full[b]) - float(carried[a] @ carried[b]))
        for full, carried in zip(seen.units, vectors, strict=True)
        for a in range(60)
        for b in range(60)
    ]
    assert max(off) == pytest.approx(packed.error, abs=1e-6)  # products of float32, rounded by 6e-8
    assert 0 < packed.error < 0.02
    stated = re.search(r"off by more than (0\.\d{3}),", show().text)
    header = {"words": ["cat", "dog", "red"], "steps": [0, 5]}
    assert (
        float(stated[1]) - 0.001
        <= pack_map(header, project(random_tables(2, 3, 4))).error
        <= float(stated[1])
    )


def test_the_largest_error_by_hand():
    """Rows (1, 0) and (0, 1), carried as (1, 0) and (0.6, 0.8): their cosine is 0 and becomes 0.6."""
    full, carried = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.6, 0.8]])
    assert largest_error([full], [carried]) == pytest.approx(0.6)  # 0.6 as a float32


def test_a_vector_without_length_has_the_cosine_nought():
    seen = project([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]])
    packed = pack_map({"steps": [0]}, seen)
    assert packed.error < 0.01 and seen.nearest(0) == [(1, 0.0), (2, 0.0)]
    assert unpack_map(packed.data)[2][0][0].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-20], lambda data: b"no map", lambda data: gzip.compress(b"{}")]
)
def test_a_damaged_file_is_no_map(harm):
    data = pack_map({"steps": [0]}, project(random_tables(1, 9, 4))).data
    with pytest.raises(ValueError, match="no file of a map"):
        unpack_map(harm(data))


def test_the_page_names_a_file_that_belongs_to_it():
    """The mark in the page is the one in the file; other vectors have another mark."""
    carried = json.loads(re.search(r'application/json">(.*?)</script>', show().html)[1])
    head, _, _ = unpack_map(Path(carried["file"]).read_bytes())
    assert head["mark"] == carried["mark"] and head["words"] == ["cat", "dog", "red"]
    other = show(checkpoints=[(0, [[1.0, 2.0], [2.0, 1.0], [0.5, 0.1]])])
    assert carried["mark"] not in other.html
    assert f'<a download href="{carried["file"]}">All 3 words' in show().html


def test_the_file_is_called_after_the_page(monkeypatch, tmp_path):
    (tmp_path / "journal").mkdir()
    monkeypatch.chdir(tmp_path / "journal")
    monkeypatch.setenv("PRESS_DOCUMENT", "2025-07-04-a.qmd")
    shown = embedding_plot(["a", "b"], [1, 1], {}, [(0, [[1.0, 0.0], [0.0, 1.0]])], "alt", "words")
    assert '"../assets/journal-2025-07-04-a-words.bin"' in shown.html
    assert (tmp_path / "assets" / "journal-2025-07-04-a-words.bin").is_file()


def test_5000_words_leave_the_page_light():
    words = [f"word{n}" for n in range(5000)]
    shown = embedding_plot(
        words, [1] * 5000, {}, list(enumerate(random_tables(2, 5000, 8))), "dust"
    )
    assert len(gzip.compress(shown.html.encode())) < MOST_CARRIED


def test_a_map_heavier_than_the_limits_is_refused(monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(map_file, "HEAVIEST_FILE", 100)
        with pytest.raises(ValueError, match="the limit is 100: show fewer words or steps"):
            show()
    monkeypatch.setattr(word_map, "MOST_CARRIED", 200)
    with pytest.raises(ValueError, match="the limit is 200: show fewer words"):
        show()


def test_the_still_reads_without_a_script():
    shown = show()
    assert "<title>alt</title>" in shown.html and "<details>" in shown.html
    assert re.search(r'ex-chosen"><b>cat</b> <span>10 times, animals', shown.html)
    assert "The map shows 2 of 4 dimensions" in shown.text


def test_a_map_opens_on_the_word_that_it_is_told():
    shown = show(word="dog")
    assert re.search(r'ex-chosen"><b>dog</b> <span>20 times, animals', shown.html)
    assert (carried(shown)["first"], carried(shown)["second"]) == (1, None)
    assert 'class="ex-pair"' not in shown.html


def test_a_map_may_open_on_two_words_compared():
    """By hand: (1, 0) and (0, 1) have the cosine 0, (1, 0) and (-3, 4) have -3/5."""
    checkpoints = [
        (0, [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
        (5, [[1.0, 0.0], [-3.0, 4.0], [1.0, 1.0]]),
    ]
    shown = show(word="cat", other="dog", checkpoints=checkpoints)
    assert (carried(shown)["first"], carried(shown)["second"]) == (0, 1)
    assert "cat and dog: <b>\u22120.60</b> at step 5" in shown.html
    assert 'aria-label="Cosine of cat and dog: 0.00 at step 0, \u22120.60 at step 5."' in shown.html
    assert re.findall(r'ex-chosen"><b>(.*?)</b>', shown.html) == ["cat", "dog"]
    assert "cat and dog: cosine \u22120.60" in shown.text


def test_of_one_step_two_words_are_compared_in_numbers_without_a_curve():
    finished = show(steps=(0,), word="cat", other="dog").html
    assert "cat and dog: <b>" in finished and "</b>.</p>" in finished
    assert "The mean of all pairs is" in finished
    assert "<path" not in finished.partition('data-part="map-pair"')[2]
    assert "<path" in show(word="cat", other="dog").html.partition('data-part="map-pair"')[2]


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        (
            {"word": "dgo"},
            "word is 'dgo', which is not on this map; give one of its 3 words, such as 'dog'",
        ),
        (
            {"other": "zebra"},
            "other is 'zebra', which is not on this map; give one of its 3 words$",
        ),
        (
            {"word": "dog", "other": "dog"},
            "both 'dog'; give two words to compare, or leave out other",
        ),
    ],
)
def test_a_map_opens_on_no_word_that_it_does_not_show(opens, said):
    with pytest.raises(ValueError, match=said):
        show(**opens)


def test_a_group_has_a_hue_and_a_shape_and_a_word_without_one_is_dust():
    shown = show(groups={"cat": "animals", "red": "colours"})
    assert re.findall(r'data-group="\d"><span class="ex-glyph" style="--c:var\((--hue-\d)\)">(.)</span>(\w+)', shown.html) == [
        ("--hue-1", "●", "animals"), ("--hue-2", "■", "colours"),
    ]  # fmt: skip
    assert len(re.findall(r"M\d+ \d+h0", shown.html)) == 1


def test_foreign_words_are_escaped_and_carried_whole():
    words = ("</script><b>", "a`b", "<!--")
    shown = show(words, groups={words[0]: "<i>"})
    assert (
        "<b>" not in shown.html.replace('ex-chosen"><b>', "")
        and "<i>" not in shown.html
        and "`" not in shown.html
    )
    carried = json.loads(re.search(r'application/json">(.*?)</script>', shown.html)[1])
    assert unpack_map(Path(carried["file"]).read_bytes())[0]["words"] == list(words)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"words": ("cat", "cat", "red")}, r"\['cat'\] come twice"),
        ({"counts": [1]}, "1 counts for 3 words"),
        ({"steps": (5, 0)}, "rising order"),
        ({"checkpoints": []}, "no checkpoint"),
        ({"checkpoints": [(0, [[1.0, 2.0]])]}, "step 0 has 1 vectors for 3 words"),
        ({"alt": ""}, "alt is empty"),
        (
            {"words": tuple("abcdefghi"), "groups": {c: c for c in "abcdefghi"}},
            "9 groups; there are 8 colours",
        ),
    ],
)
def test_a_map_that_does_not_fit_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        show(**change)


def test_the_same_vectors_give_the_same_bytes():
    assert show().html == show().html
