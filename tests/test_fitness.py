"""A text that cannot serve is refused in one line, and one that can is not."""

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from scratch import TextError, load_text
from scratch.text import fitness as limits
from scratch.text.fitness import read_file, refuse_unfit

WORDS = [f"{letter}{number}" for letter in "abcdefgh" for number in range(25)]  # 200, all distinct
TEXTS = Path(__file__).parent / "texts"


def said_of(content: str) -> str:
    """What is said of a text that is refused; nothing if it is taken."""
    try:
        refuse_unfit(content, "x.txt")
    except TextError as error:
        assert "\n" not in str(error)
        return str(error)
    return ""


def test_200_words_are_enough_and_199_are_not() -> None:
    assert said_of(" ".join(WORDS)) == ""
    assert (
        said_of(" ".join(WORDS[1:]))
        == "x.txt has 199 words; the journal needs 200 or more: give a longer text"
    )
    assert said_of("one") == "x.txt has 1 word; the journal needs 200 or more: give a longer text"
    assert said_of(" \n") == "x.txt has 0 words; the journal needs 200 or more: give a longer text"


def test_marks_alone_are_no_words() -> None:
    assert said_of(" ".join(WORDS[1:]) + " -- ... !") == said_of(" ".join(WORDS[1:]))


def test_20_distinct_words_are_enough_and_19_are_not() -> None:
    """A word is the same with a mark after it, and in capitals."""
    assert said_of(" ".join(WORDS[:20] * 10)) == ""
    assert said_of(" ".join(WORDS[:19] * 11)).startswith(
        "x.txt has 19 distinct words, over and over; the journal needs 20"
    )
    assert said_of("Echo, echo! ECHO echo; " * 300).startswith(
        "x.txt has 1 distinct word, over and over;"
    )


@pytest.mark.parametrize(
    "content", ["-" * 5000, ". " * 5000, "*** !? -- ;\n" * 500, "😀 " * 999, "\u200b" * 300]
)
def test_a_text_of_marks_is_refused(content: str) -> None:
    assert said_of(content).startswith(
        "x.txt is 0% letters and digits, the rest are marks; 20% is the least: give"
    )


def test_the_least_of_letters_is_met_from_20_percent_on() -> None:
    """By hand: a word of one letter and four marks is 20 % letters, with five marks 17 %."""
    assert said_of(" ".join(f"{word[0]}----" for word in WORDS)).startswith(
        "x.txt has 8 distinct words"
    )
    assert said_of(" ".join(f"{word[0]}-----" for word in WORDS)).startswith("x.txt is 17% letters")


CHINESE = "".join(Random(1).choices([chr(code) for code in range(0x4E00, 0x5000)], k=3000))


def lines(text: str, length: int, end: str = "\n") -> str:
    return end.join(text[start : start + length] for start in range(0, len(text), length))


@pytest.mark.parametrize(
    "content",
    [
        CHINESE,
        lines(CHINESE, 80, "。\n"),
        lines(CHINESE, 7, "，\n"),  # the short lines of a poem
        "吾輩は猫である。名前はまだ無い。\nどこで生れたかとんと見当がつかぬ。\n" * 50,
        "ภาษาไทยไม่มีช่องว่างระหว่างคำ และประโยคก็ยาวมาก " * 50,
        "x" * 100_000,
        "".join(WORDS) * 9,
        lines("".join(WORDS) * 9, 64),  # as base64 is wrapped
        "word-" * 20_000,
    ],
)
def test_a_text_without_spaces_between_its_words_is_refused(content: str) -> None:
    said = said_of(content)
    assert "characters from one space to the next on average, the limit is" in said
    assert said.endswith(
        "put a space between two words, as a word segmenter does, or give a text that has them"
    )


@pytest.mark.parametrize("share", [10, 40])
def test_a_stretch_without_a_space_may_be_a_fifth_of_the_text(share: int) -> None:
    """By hand: 200 words have 550 letters in the first ten of 25 a letter, 8 x (10 x 2 + 15 x 3) =
    520 in all.
    """
    stretch = "x" * (520 * share // (100 - share))
    said = said_of(" ".join([*WORDS, stretch]))
    assert (
        said == ""
        if share == 10
        else said.startswith(f"{share}% of x.txt stands in stretches of more than 100")
    )


@pytest.mark.parametrize(
    "content",
    [
        " ".join(f"See https://site.example/{'path/' * 30}?number={word} now." for word in WORDS),
        "\n".join(f"[{word}](https://site.example/{'path/' * 30}?number={word})" for word in WORDS),
        " ".join(
            WORDS
            + ["Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"]
            * 20
        ),
        lines(CHINESE, 2, " "),  # words that a segmenter has set apart
        " ".join(str(number) for number in range(500)),
    ],
)
def test_addresses_long_words_segmented_words_and_numbers_pass(content: str) -> None:
    assert said_of(content) == ""


@pytest.mark.parametrize("name", sorted(path.name for path in TEXTS.glob("*.txt")))
def test_every_text_of_the_tests_can_serve(name: str) -> None:
    assert said_of((TEXTS / name).read_text(encoding="utf-8")) == ""


def test_the_novella_can_serve() -> None:
    assert said_of(load_text("the-index-of-small-lights").content) == ""


# files


def test_a_plain_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_bytes(b"\xffany\r\n\0")
    assert read_file(tmp_path / "x.txt") == b"\xffany\r\n\0"


def test_a_file_may_have_as_many_bytes_as_the_limit_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST", 1000)
    (tmp_path / "x.txt").write_bytes(b"a" * 1000)
    assert len(read_file(tmp_path / "x.txt")) == 1000
    (tmp_path / "x.txt").write_bytes(b"a" * 1001)
    with pytest.raises(
        TextError, match=r"x\.txt has 1,001 bytes; the limit is 1,000: give one book, or a part"
    ):
        read_file(tmp_path / "x.txt")


def test_the_limit_is_ten_million_bytes(tmp_path: Path) -> None:
    with (tmp_path / "x.txt").open("wb") as file:
        file.truncate(10_000_001)
    with pytest.raises(TextError, match=r"has 10,000,001 bytes; the limit is 10,000,000"):
        read_file(tmp_path / "x.txt")


def test_a_file_that_grows_while_it_is_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LARGEST", 1000)
    path = tmp_path / "x.txt"
    path.write_bytes(b"a" * 900)
    status = path.stat()
    path.write_bytes(b"a" * 5000)
    monkeypatch.setattr(Path, "stat", lambda self, **options: status)
    with pytest.raises(TextError, match=r"has 1,001 bytes; the limit is 1,000"):
        read_file(path)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


@pytest.mark.parametrize(
    ("make", "kind"), [(Path.mkdir, "a folder"), (fifo, "a pipe"), (listening, "a socket")]
)
def test_what_is_no_plain_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], object], kind: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may have a hundred characters
    make(Path("x.txt"))
    with pytest.raises(
        TextError,
        match=rf"x\.txt is {kind} and cannot be read as a text; save the text as a plain file",
    ):
        read_file(Path("x.txt"))


def test_a_device_is_refused_and_a_file_of_the_system_s_is_not_read() -> None:
    with pytest.raises(TextError, match="/dev/zero is a device"):
        read_file(Path("/dev/zero"))
    if sys.platform == "linux":  # where /proc/kmsg, of the same kind, would never end
        assert read_file(Path("/proc/self/status")) == b""


def test_what_cannot_be_read_is_left_to_who_asked(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_file(tmp_path / "x.txt")
