"""Texts larger than memory: the ids of the whole text, whatever is cut, killed or done twice; read
from disk.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from processes import eventually

from scratch import load_gpt2, load_text
from scratch.shards import build as building
from scratch.shards import encode
from scratch.shards.build import build, in_processes
from scratch.shards.encode import Part, blocks, encode_part, next_cut, width
from scratch.shards.shard_reader import INDEX, BadShards, Shards
from scratch.text.utf8 import TextError, decode
from scratch.tokenizer.bpe_train import train
from scratch.tokenizer.pretokenize import cut
from scratch.training.dataset import GPTDataset, create_dataloader

END = 50_256
ALONE = in_processes(1)
pieces = st.lists(
    st.sampled_from(
        [
            "word",
            "é",
            "語。",
            " ",
            "\n",
            "\r\n",
            "\r",
            "\t",
            "\u00a0",
            "\u3000",
            "  ",
            "'s",
            "😀",
            "3",
        ]
    ),
    min_size=1,
).map("".join)


@pytest.fixture
def novella(tmp_path: Path) -> Path:
    path = tmp_path / "novella.txt"
    path.write_text(load_text("the-index-of-small-lights").content, encoding="utf-8", newline="\n")
    return path


def expected(*texts: Path) -> list[int]:
    """Oracle: tiktoken on the whole of each text."""
    every = []
    for text in texts:
        every += [*load_gpt2().encode_ordinary(decode(text.read_bytes(), text.name)), END]
    return every


@settings(max_examples=200, deadline=None)
@given(pieces, st.data())
# type: ignore[no-untyped-def]
def test_a_place_to_cut_has_the_chunks_of_the_text_on_both_sides(
    tmp_path_factory, text, data
) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.txt"
    path.write_bytes(text.encode())
    place = next_cut(path, data.draw(st.integers(0, len(text.encode()))))
    before, after = text.encode()[:place].decode(), text.encode()[place:].decode()
    assert cut(before) + cut(after) == cut(text)
    assert not before.endswith("\r") or not after.startswith("\n")


@settings(max_examples=50, deadline=None)
@given(pieces, st.integers(1, 4))
def test_a_place_to_cut_is_found_across_two_reads(tmp_path_factory, text, read) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path_factory.getbasetemp() / "reads.txt"
    path.write_bytes(text.encode())
    at_once = [next_cut(path, start) for start in range(len(text.encode()))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "SEARCH", read)
        assert [next_cut(path, start) for start in range(len(text.encode()))] == at_once


@settings(max_examples=50, deadline=None)
@given(pieces.filter(str.strip), st.integers(1, 40), st.integers(1, 12))
def test_blocks_joined_have_the_ids_of_the_text(tmp_path_factory, text, part_bytes, block) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("blocks")
    (folder / "a.txt").write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encode, "BLOCK", block)
        build([folder / "a.txt"], folder / "shards", part_bytes=part_bytes, mapper=ALONE)
    shards = Shards(folder / "shards")
    assert shards[:].tolist() == expected(folder / "a.txt")


def test_several_texts_in_several_processes_give_one_sequence(
    novella: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes("\ufeffsmall\r\ntext".encode())
    seen: list[tuple[int, int]] = []
    index = build(
        [novella, other], tmp_path / "shards", part_bytes=40_000, mapper=in_processes(2),
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    shards = Shards(tmp_path / "shards")
    assert shards[:].tolist() == expected(novella, other)
    size = novella.stat().st_size + other.stat().st_size
    assert seen[0] == (0, size) and seen[-1] == (size, size) and seen == sorted(seen)
    assert [document["text"] for document in index["documents"]] == ["novella.txt", "other.txt"]
    assert [document["first"] for document in index["documents"]] == [0, len(expected(novella))]
    assert index["documents"][0]["sha256"] == load_text("the-index-of-small-lights").sha256
    assert (index["dtype"], index["tokens"], len(index["shards"])) == ("<u2", len(shards), 9)
    assert has_its_hashes(shards)


def test_an_encoding_of_ones_own_has_its_ids_and_no_end_if_it_has_no_such_token(
    novella: Path, tmp_path: Path
) -> None:
    own = train(novella.read_text(encoding="utf-8"), 400)
    own.save(tmp_path / "own.bpe")
    index = build(
        [novella], tmp_path / "shards", str(tmp_path / "own.bpe"), part_bytes=100_000, mapper=ALONE
    )
    assert Shards(tmp_path / "shards")[:].tolist() == own.encode_ordinary(
        novella.read_text(encoding="utf-8")
    )
    assert (index["encoding"], index["entries"]) == ("own", 400)


def test_specials_are_ordinary_text_unless_they_are_asked_for(tmp_path: Path) -> None:
    text = tmp_path / "a.txt"
    text.write_text("one<|endoftext|>two", encoding="utf-8")
    build([text], tmp_path / "plain", mapper=ALONE)
    build([text], tmp_path / "special", mapper=ALONE, read_specials=True)
    assert Shards(tmp_path / "plain")[:].tolist() == expected(text)
    assert Shards(tmp_path / "special")[:].tolist() == [
        *load_gpt2().encode("one<|endoftext|>two", allowed_special="all"),
        END,
    ]


def test_more_entries_than_a_uint16_has_take_four_bytes() -> None:
    assert [width(entries).str for entries in (65_536, 65_537)] == ["<u2", "<u4"]


# killed, and begun again


KILLED = """
import sys
from pathlib import Path
from scratch.shards.build import build, in_processes

def stopping(work, parts):
    for number, one in enumerate(in_processes(2)(work, parts[:20])):
        yield one
        if number == 2:
            print("three are done", flush=True)
            sys.stdin.read()  # the kill comes here, while the two processes go on

if __name__ == "__main__":
    build([Path(sys.argv[1])], Path(sys.argv[2]), part_bytes=200_000, mapper=stopping)
"""


def test_after_a_kill_it_goes_on_where_it_stopped(novella: Path, tmp_path: Path) -> None:
    """Killed after 3 of 32 parts; of the others 17 may be done, in work or not begun, and 12 cannot
    be.
    """
    long = tmp_path / "long.txt"
    long.write_bytes(novella.read_bytes() * 20)
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, script, long, tmp_path / "shards"],
        start_new_session=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout and process.stdout.readline() == "three are done\n"
        process.kill()
    eventually(lambda: not group_lives(process.pid), "the workers have seen that it is gone")
    with pytest.raises(BadShards, match="not finished"):
        Shards(tmp_path / "shards")
    kept = {file: file.stat().st_mtime_ns for file in (tmp_path / "shards").glob("shard-*.json")}
    (tmp_path / "shards" / ".shard-00031.ids.0f").write_bytes(b"left by the killed one")

    build([long], tmp_path / "shards", part_bytes=200_000, mapper=ALONE)
    assert 3 <= len(kept) <= 20 and {file: file.stat().st_mtime_ns for file in kept} == kept
    assert not [*(tmp_path / "shards").glob(".shard-*")]
    build([long], tmp_path / "at once", part_bytes=200_000, mapper=ALONE)
    assert (tmp_path / "shards" / INDEX).read_bytes() == (tmp_path / "at once" / INDEX).read_bytes()
    assert has_its_hashes(Shards(tmp_path / "shards"))


def has_its_hashes(shards: Shards) -> bool:
    """Return whether each shard has the SHA-256 that the index gives it."""
    return all(
        hashlib.sha256((shards.folder / shard["file"]).read_bytes()).hexdigest() == shard["sha256"]
        for shard in shards.index["shards"]
    )


def group_lives(group: int) -> bool:
    """Whether a process of the group runs still; one that only waits to be reaped by init does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            return True
    return False


def test_a_finished_folder_is_left_alone(novella: Path, tmp_path: Path) -> None:
    first = build([novella], tmp_path / "shards", mapper=ALONE)
    assert (
        build([novella], tmp_path / "shards", mapper=lambda work, parts: pytest.fail("works again"))
        == first
    )


def test_a_damaged_shard_is_found_and_made_again(novella: Path, tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    build([novella], folder, part_bytes=100_000, mapper=ALONE)
    whole = (folder / "shard-00001.ids").read_bytes()
    (folder / "shard-00001.ids").write_bytes(whole[:-2])
    with pytest.raises(
        BadShards,
        match=r"shard-00001.ids is missing or has another size.*delete index.json, build again",
    ):
        Shards(folder)
    (folder / INDEX).unlink()
    build([novella], folder, part_bytes=100_000, mapper=ALONE)
    assert (folder / "shard-00001.ids").read_bytes() == whole


@pytest.mark.parametrize("change", ["text", "part_bytes", "encoding"])
def test_a_folder_begun_otherwise_is_refused(novella: Path, tmp_path: Path, change: str) -> None:
    build([novella], tmp_path / "shards", mapper=ALONE)
    train("low lower", 258).save(tmp_path / "own.bpe")
    if change == "text":
        os.utime(novella, ns=(0, 0))
    encoding = str(tmp_path / "own.bpe") if change == "encoding" else "gpt2"
    with pytest.raises(
        BadShards, match=rf"begun with other .*{change}.*; delete it, or give another folder"
    ):
        build(
            [novella],
            tmp_path / "shards",
            encoding,
            part_bytes=7 if change == "part_bytes" else building.PART,
        )


def test_a_folder_of_other_files_is_refused(novella: Path, tmp_path: Path) -> None:
    with pytest.raises(
        BadShards, match=r"has files, and no plan.json; give a new or an empty folder"
    ):
        build([novella], tmp_path, mapper=ALONE)


@pytest.mark.parametrize("damage", ["{", '{"version": 7}', "[]"])
def test_a_damaged_index_is_an_error(novella: Path, tmp_path: Path, damage: str) -> None:
    build([novella], tmp_path / "shards", mapper=ALONE)
    (tmp_path / "shards" / INDEX).write_text(damage, encoding="utf-8")
    with pytest.raises(BadShards, match=r"index.json is (damaged|not of version 1).*build again"):
        Shards(tmp_path / "shards")


# texts that are none


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a " * 30 + b"\xff b", r"a.txt: byte 60 is not UTF-8"),
        (b"a " * 30 + b"\0 b", r"a.txt: byte 60 is NUL"),
        (b"", "a.txt is empty"),
    ],
)
def test_what_is_no_text_is_named_with_its_byte(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    with pytest.raises(TextError, match=said):
        build([tmp_path / "a.txt"], tmp_path / "shards", part_bytes=7, mapper=in_processes(1))


def test_an_error_in_another_process_arrives(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"a " * 30 + b"\xff b")
    with pytest.raises(TextError, match="byte 60"):
        build([tmp_path / "a.txt"], tmp_path / "shards", part_bytes=40, mapper=in_processes(2))


def test_a_text_without_white_space_is_refused_before_it_fills_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode, "BLOCK", 16)
    monkeypatch.setattr(encode, "LARGEST_BLOCK", 64)
    (tmp_path / "a.txt").write_bytes(b"a" * 1000)
    with pytest.raises(TextError, match="no white space for 64 bytes after byte 0"):
        build([tmp_path / "a.txt"], tmp_path / "shards", mapper=ALONE)


@pytest.mark.parametrize(
    ("texts", "said"),
    [([], "no text is given"), ([Path("nowhere.txt")], "nowhere.txt cannot be read")],
)
def test_no_text_is_an_error(tmp_path: Path, texts: list[Path], said: str) -> None:
    with pytest.raises(TextError, match=said):
        build(texts, tmp_path / "shards")


def test_an_encoding_with_another_pattern_is_refused(novella: Path, tmp_path: Path) -> None:
    train("low lower", 258, pattern=r"\w+|\W").save(tmp_path / "own.bpe")
    with pytest.raises(ValueError, match=r"a pattern of its own.*use GPT-2's"):
        build([novella], tmp_path / "shards", str(tmp_path / "own.bpe"))


# reading


@pytest.fixture
def shards(novella: Path, tmp_path: Path) -> Shards:
    build([novella], tmp_path / "shards", part_bytes=100_000, mapper=ALONE)
    return Shards(tmp_path / "shards")


def test_shards_read_as_one_tensor(shards: Shards) -> None:
    whole = torch.tensor(
        [*load_gpt2().encode_ordinary(load_text("the-index-of-small-lights").content), END]
    )
    assert len(shards) == len(whole) and shards[-1] == END and shards[5] == whole[5]
    border = shards.index["shards"][0]["tokens"]
    for stretch in (slice(border - 3, border + 3), slice(0, 0), slice(-4, None), slice(10, 5)):
        assert torch.equal(shards[stretch], whole[stretch])
    places = torch.tensor([[0, border - 1, border], [len(whole) - 1, 7, 7]])
    assert torch.equal(shards[places], whole[places])


@pytest.mark.parametrize("place", [10**6, -(10**6)])
def test_a_place_outside_is_an_error(shards: Shards, place: int) -> None:
    with pytest.raises(IndexError, match="the shards have 87,198 ids"):
        shards[place]


def test_windows_read_shards_as_they_read_a_tensor(shards: Shards) -> None:
    from_disk, in_memory = GPTDataset(shards, 16, 7), GPTDataset(shards[:], 16, 7)
    assert len(from_disk) == len(in_memory)
    assert all(torch.equal(*pair) for pair in zip(from_disk[2000], in_memory[2000], strict=True))
    seed = torch.Generator().manual_seed(0), torch.Generator().manual_seed(0)
    for mine, theirs in zip(
        create_dataloader(from_disk, 512, seed[0]),
        create_dataloader(in_memory, 512, seed[1]),
        strict=True,
    ):
        assert torch.equal(mine[0], theirs[0]) and torch.equal(mine[1], theirs[1])


def test_shards_are_mapped_not_read(shards: Shards) -> None:
    assert all(isinstance(one, np.memmap) for one in shards._maps)


# memory


MEMORY = """
import sys
from pathlib import Path
from scratch.shards.build import build, in_processes
build([Path(sys.argv[1])], Path(sys.argv[2]), mapper=in_processes(1))
status = Path("/proc/self/status").read_text(encoding="utf-8")  # getrusage would count the parent's memory, too
print(int(status.split("VmHWM:")[1].split()[0]) // 1024)
"""


def test_memory_does_not_grow_with_the_text(novella: Path, tmp_path: Path) -> None:
    """Three times the text, and the same memory within 10 MB; a bench does it with 2 GB."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells a process's largest memory in /proc")
    peaks = []
    for megabytes in (6, 18):
        long = tmp_path / f"{megabytes}.txt"
        long.write_bytes(novella.read_bytes() * (megabytes * 1_000_000 // novella.stat().st_size))
        command = [sys.executable, "-c", MEMORY, long, tmp_path / f"shards-{megabytes}"]
        peaks.append(
            int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        )
        long.unlink()
    assert peaks[1] < peaks[0] + 10 and peaks[1] < 250, peaks


def test_a_part_done_twice_is_the_same_part(novella: Path, tmp_path: Path) -> None:
    part = Part(0, 0, str(novella), 0, 1000, False, "gpt2", str(tmp_path), False)
    first = encode_part(part)
    stamp = (tmp_path / "shard-00000.ids").stat().st_mtime_ns
    assert encode_part(part) == first and (tmp_path / "shard-00000.ids").stat().st_mtime_ns == stamp
    (tmp_path / "shard-00000.json").write_text("{}", encoding="utf-8")
    assert (
        encode_part(part) == first
        and json.loads((tmp_path / "shard-00000.json").read_text()) == first.__dict__
    )


def test_a_text_that_shrinks_meanwhile_is_an_error(novella: Path) -> None:
    part = Part(0, 0, str(novella), 0, 10**9, True, "gpt2", "", False)
    with pytest.raises(TextError, match="became shorter"):
        [*blocks(part)]


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_part_of_shards_is_the_same_stretch_of_a_list(tmp_path_factory, data) -> None:  # type: ignore[no-untyped-def]
    """Several small shards; a part of a part; single ids, ids from the end, slices, tensors of
    places.
    """
    folder = tmp_path_factory.mktemp("part")
    (folder / "a.txt").write_text(
        "one two three four five six seven eight nine ten " * 3, encoding="utf-8"
    )
    build([folder / "a.txt"], folder / "shards", part_bytes=40, mapper=ALONE)
    ids, shards = expected(folder / "a.txt"), Shards(folder / "shards")
    assert len(shards.index["shards"]) > 2
    for _ in range(2):
        start, end = sorted(
            data.draw(st.tuples(st.integers(0, len(ids)), st.integers(0, len(ids))))
        )
        ids, shards = ids[start:end], shards.part(start, end)
    assert len(shards) == len(ids)
    assert shards[:].tolist() == ids
    assert shards[1:-1].tolist() == ids[1:-1]
    if ids:
        place = data.draw(st.integers(-len(ids), len(ids) - 1))
        assert shards[place] == ids[place]
        assert shards[torch.tensor([[place], [0]])].tolist() == [[ids[place]], [ids[0]]]
    with pytest.raises(IndexError):
        shards[len(ids)]
    with pytest.raises(ValueError, match=rf"a part from 0 to {len(ids) + 1} was asked for"):
        shards.part(0, len(ids) + 1)
