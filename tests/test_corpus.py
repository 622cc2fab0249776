"""The texts: which one is loaded, and what is said of one that cannot be."""

import hashlib
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from scratch import TextError, list_texts, load_text
from scratch.text.corpus import UNTITLED, data_folder
from scratch.text.fitness import refuse_unfit
from scratch.text.gutenberg import strip_gutenberg
from scratch.text.utf8 import decode

Enough = Callable[[str], str]
DATA = Path(__file__).resolve().parent.parent / "data"


def shelf(folder: Path, **texts: bytes | None) -> Path:
    """Make a data folder with an entry for each text, and its file unless the bytes are None."""
    lines = []
    for name, data in texts.items():
        lines += [
            f"[{name}]",
            f'title = "{name.title()}"',
            'author = "A"',
            'licence = "CC0-1.0"',
            'source = "here"',
        ]
        if data is not None:
            (folder / f"{name}.txt").write_bytes(data)
            lines.append(f'sha256 = "{hashlib.sha256(data).hexdigest()}"')
    (folder / "texts.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_the_shipped_novella_is_listed_with_its_hash_and_is_whole() -> None:
    novella = load_text("the-index-of-small-lights", DATA)
    assert (novella.title, novella.licence) == ("The Index of Small Lights", "CC0-1.0")
    assert len(novella.content) == 317_036  # shared/log.md
    assert (
        novella.sha256
        == hashlib.sha256((DATA / "the-index-of-small-lights.txt").read_bytes()).hexdigest()
    )


def test_foundation_is_listed_without_a_hash_because_it_is_never_shipped() -> None:
    foundation = tomllib.loads((DATA / "texts.toml").read_text(encoding="utf-8"))["foundation"]
    assert "sha256" not in foundation


def test_the_learners_own_copy_comes_before_the_novella(tmp_path: Path, enough: Enough) -> None:
    (tmp_path / "texts.toml").write_bytes((DATA / "texts.toml").read_bytes())
    (tmp_path / "the-index-of-small-lights.txt").write_bytes(
        (DATA / "the-index-of-small-lights.txt").read_bytes()
    )
    assert load_text(folder=tmp_path).name == "the-index-of-small-lights"
    (tmp_path / "foundation.txt").write_text(enough("Any text will do."), encoding="utf-8")
    assert load_text(folder=tmp_path).name == "foundation"
    assert load_text("the-index-of-small-lights", tmp_path).name == "the-index-of-small-lights"


def test_the_data_folder_is_the_one_named_else_the_nearest_upward_else_that_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = tmp_path / "journal" / "data"
    deep = tmp_path / "journal" / "pages" / "labs"
    for folder in (near, deep, tmp_path / "named", tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
    shelf(near, one=b"1")
    shelf(tmp_path / "named", one=b"1")
    monkeypatch.delenv("JOURNAL_DATA", raising=False)
    monkeypatch.chdir(deep)
    assert data_folder() == near
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert data_folder() == DATA
    monkeypatch.setenv("JOURNAL_DATA", str(tmp_path / "named"))
    assert data_folder() == tmp_path / "named"
    monkeypatch.setenv("JOURNAL_DATA", str(deep))
    with pytest.raises(TextError, match=r"JOURNAL_DATA is .*labs.*point it at"):
        data_folder()


def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(
        TextError, match=r"'three' is no listed text; known are one, two; add yours"
    ):
        load_text("three", shelf(tmp_path, one=b"1", two=b"2"))


def test_a_missing_file_is_named_with_what_belongs_there(tmp_path: Path) -> None:
    with pytest.raises(
        TextError, match=r"one\.txt cannot be read \(No such file.*put 'One' there as UTF-8"
    ):
        load_text("one", shelf(tmp_path, one=None))


def test_no_file_at_all_is_an_error_that_lists_the_names(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"none of the listed texts is there \(one, two\)"):
        load_text(folder=shelf(tmp_path, one=None, two=None))


def test_a_changed_file_is_refused_with_both_hashes(tmp_path: Path) -> None:
    shelf(tmp_path, one=b"as it was")
    (tmp_path / "one.txt").write_bytes(b"changed")
    was, now = (hashlib.sha256(data).hexdigest() for data in (b"as it was", b"changed"))
    with pytest.raises(
        TextError, match=rf"{now[:12]}\.\.\., but texts.toml records {was[:12]}.*new hash {now}"
    ):
        load_text("one", tmp_path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        # "na" is bytes 0 and 1, the line end 2, "c" 3, "a" 4, "f" 5: the e acute of Windows-1252 is
        # byte 6, line 2
        (
            "na\ncafé olé".encode("cp1252"),
            r"byte 6 \(0xe9, line 2\) is not UTF-8; it looks like Windows-1252",
        ),
        (
            b"caf\x8d\xe9 ",
            r"byte 3 \(0x8d, line 1\).*Latin-1",
        ),  # 0x8d is no character of Windows-1252
        ("été".encode("utf-16"), r"byte 0 \(0xff, line 1\) is not UTF-8; it looks like UTF-16;"),
        ("ab cd".encode("utf-16-le"), r"byte 1 is NUL; it looks like UTF-16 \(little endian\)"),
        ("ab cd".encode("utf-16-be"), r"byte 0 is NUL; it looks like UTF-16 \(big endian\)"),
        (b"some words and \0 one", r"byte 15 is NUL; it looks like a file that is not text"),
        (
            "na é".encode()[:-1],
            r"byte 3 \(0xc3, line 1\).*stops inside a character.*fetch it again",
        ),
        (b"\xef\xbb\xbfab\xff cd", r"byte 5 \(0xff, line 1\)"),  # the mark's three bytes count too
        # Cyrillic: 4 of 23 characters are spaces, so few bytes are NUL; without spaces none is
        (
            "Он пришёл поздно и лёг.".encode("utf-16-le"),
            r"byte 5 is NUL; it looks like UTF-16 \(little endian\);",
        ),
        (
            "Он пришёл поздно и лёг.".encode("utf-16-be"),
            r"byte 4 is NUL; it looks like UTF-16 \(big endian\);",
        ),
        (
            "Онпришёлпоздно".encode("utf-16-le"),
            r"bytes are control characters, the limit is 10%; .*UTF-16 \(little",
        ),
        (
            "ab cd".encode("utf-16-le")[:-1],
            r"UTF-16 \(little endian\), cut inside a character; fetch it again",
        ),
        (
            "ab cd".encode("utf-16")[1:],
            r"byte 0 \(0xfe, line 1\) is not UTF-8; it looks like UTF-16",
        ),
        ("ab cd".encode("utf-32"), r"byte 0 \(0xff, line 1\) is not UTF-8; it looks like UTF-32;"),
        (
            b"\0" * 99,
            r"byte 0 is NUL; it looks like a file that is not text; save it as plain text",
        ),
        (
            bytes(range(1, 9)) * 9,
            r"100% of its bytes are control characters, the limit is 10%; .*not text",
        ),
        (b"%PDF-1.7\n%\xe2\xe3", r"byte 10 .*it is a PDF file; save it as plain text in UTF-8"),
        (
            b"PK\3\4\x14\0\x08",
            r"NUL; it is an EPUB, a DOCX or another ZIP file; save it as plain text",
        ),
        (b"", r"holds 0 characters and no word"),
        (b" \n\t\n", r"holds 4 characters and no word"),
    ],
)
def test_bytes_that_are_no_text_are_refused_by_place_and_remedy(
    tmp_path: Path, data: bytes, message: str
) -> None:
    with pytest.raises(TextError, match=r"one\.txt.*" + message):
        load_text("one", shelf(tmp_path, one=data))


def test_the_mark_goes_and_every_line_end_becomes_a_newline() -> None:
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n\r\n", "memory") == "a\nb\nc\n\n"


def test_a_hash_is_of_the_bytes_on_disk_not_of_the_text_they_give(
    tmp_path: Path, enough: Enough
) -> None:
    data = b"\xef\xbb\xbf" + enough("a\nb").replace("\n", "\r\n").encode()
    assert load_text("one", shelf(tmp_path, one=data)).sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    "content", ["<script>alert(1)</script>", "🐈‍⬛ 🐕", "שלום עולם", "x" * 100_000]
)
def test_any_text_of_unicode_loads_unchanged(tmp_path: Path, enough: Enough, content: str) -> None:
    whole = f"{content} {enough('') * (1 + len(content) // 200)}"
    assert load_text("one", shelf(tmp_path, one=whole.encode())).content == whole


def test_a_text_that_cannot_serve_is_refused_by_its_file_s_name(tmp_path: Path) -> None:
    with pytest.raises(
        TextError, match=r"one\.txt has 2 words; the journal needs 200 or more: give a longer text"
    ):
        load_text("one", shelf(tmp_path, one=b"Too short."))


def test_what_is_no_plain_file_is_refused_and_no_other_text_takes_its_place(
    tmp_path: Path, enough: Enough
) -> None:
    shelf(tmp_path, one=None, two=enough("").encode())
    (tmp_path / "one.txt").mkdir()
    with pytest.raises(
        TextError, match=r"one\.txt is a folder and cannot be read as a text; save the text"
    ):
        load_text(folder=tmp_path)
    (tmp_path / "one.txt").rmdir()
    (tmp_path / "one.txt").symlink_to(tmp_path / "gone")
    with pytest.raises(TextError, match=r"one\.txt cannot be read \(No such file"):
        load_text(folder=tmp_path)
    (tmp_path / "one.txt").unlink()
    assert load_text(folder=tmp_path).name == "two"


LISTED = """[foundation]
title = "your text"
author = ""
licence = "not stated"
source = "own copy"
"""
HEADER = (
    "The Project Gutenberg eBook of X\n\nTitle: A Tale\nAuthor: Somebody\n\n*** START OF THE"
    " PROJECT GUTENBERG EBOOK X ***\n"
)


@pytest.mark.parametrize(
    ("listed", "header", "title", "author"),
    [
        (LISTED, "", UNTITLED, ""),
        (LISTED, HEADER, "A Tale", "Somebody"),
        (
            LISTED.replace("your text", "Mine").replace('author = ""', 'author = "Me"'),
            HEADER,
            "Mine",
            "Me",
        ),
        (LISTED.replace('author = ""', 'author = "Me"'), HEADER, "A Tale", "Me"),
    ],
)
def test_title_and_author_are_what_the_list_says_else_the_header_and_a_file_s_name_decides_nothing(
    tmp_path: Path, enough: Enough, listed: str, header: str, title: str, author: str
) -> None:
    (tmp_path / "texts.toml").write_text(listed, encoding="utf-8")
    (tmp_path / "foundation.txt").write_text(header + enough("One."), encoding="utf-8")
    text = load_text(folder=tmp_path)
    assert (text.title, text.author) == (title, author)


def test_the_shipped_list_calls_what_lies_at_foundation_your_text() -> None:
    foundation = next(entry for entry in list_texts(DATA) if entry.name == "foundation")
    assert (foundation.title, foundation.author) == (UNTITLED, "")


def test_a_text_that_was_put_there_by_hand_loses_header_and_licence_and_its_hash_is_of_the_file(
    tmp_path: Path, enough: Enough
) -> None:
    data = (
        f"{HEADER}\n{enough('Once.')}\nEnd of Project Gutenberg's X\n\nUpdated editions will"
        " replace ...\n".encode()
    )
    text = load_text("one", shelf(tmp_path, one=data))
    assert text.content == enough("Once.")
    assert text.sha256 == hashlib.sha256(data).hexdigest()


def test_a_text_of_a_megabyte_is_loaded_in_little_work() -> None:
    """A band in processor time: it takes 0.03 to 0.05 s, and a second where every character is
    asked in Python.
    """
    content = (load_text("the-index-of-small-lights").content * 4)[:1_000_000]
    started = time.process_time()
    refuse_unfit(strip_gutenberg(decode(content.encode(), "memory"))[0], "memory")
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("listing", "message"),
    [
        ("[one\n", r"texts\.toml cannot be read as TOML: .*line 1"),
        ('[one]\ntitle = "One"\n', r"\[one\] has no author; add a line author"),
        ('[one]\ntitle = 1\nauthor = "A"\n', r"\[one\] has no title"),
        ("one = 1\n", r"\[one\] has no title"),
        (
            '[one]\ntitle="o"\nauthor="a"\nlicence="l"\nsource="s"\nsha256=5\n',
            r"sha256 that is no string",
        ),
    ],
)
def test_a_list_with_a_fault_is_refused_by_entry(
    tmp_path: Path, listing: str, message: str
) -> None:
    (tmp_path / "texts.toml").write_text(listing, encoding="utf-8")
    with pytest.raises(TextError, match=message):
        list_texts(tmp_path)


def test_a_folder_without_a_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(TextError, match=r"texts\.toml is missing"):
        list_texts(tmp_path)
    (tmp_path / "texts.toml").mkdir()
    with pytest.raises(TextError, match=r"texts\.toml cannot be read \(Is a directory\)"):
        list_texts(tmp_path)
