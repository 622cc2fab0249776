"""Adding a text: from a file, from an address, and everything that must not happen."""

import hashlib
import http.server
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from press import download
from press.gutenberg import strip_gutenberg
from press.texts import add_text, listing
from scratch import TextError, load_text

LIST = """# a comment of the learner's
[foundation]
title = "Foundation"
author = "Isaac Asimov"
licence = "under copyright"
source = "own copy"  # stays
"""
BOOK = """\ufeffThe Project Gutenberg eBook of A Small Book\r
\r
Title: A Small Book\r
Author: Somebody Once\r
\r
*** START OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r
\r
\r
Once there was a cat.\r
\r
And a dog.\r
\r
*** END OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r
Licence, donations, and so on.\r
"""
INSIDE = "Once there was a cat.\n\nAnd a dog.\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "texts.toml").write_text(LIST, encoding="utf-8")
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "My Book.txt"
    path.write_text("A cat.\r\nA dog.", encoding="utf-8", newline="")
    return path


def is_untouched(data: Path) -> bool:
    """Whether the folder is as the fixture made it."""
    return [path.name for path in data.iterdir()] == ["texts.toml"] and (data / "texts.toml").read_text() == LIST


def test_a_file_is_copied_and_recorded_with_its_hash(data: Path, source: Path) -> None:
    text = add_text(source, "my-book", title='The "Book"', author="Me\\You", licence="CC0-1.0", folder=data)
    assert text.content == "A cat.\nA dog." == (data / "my-book.txt").read_text(encoding="utf-8")
    assert text.sha256 == hashlib.sha256(b"A cat.\nA dog.").hexdigest()
    assert load_text("my-book", data) == text
    entry = tomllib.loads((data / "texts.toml").read_text(encoding="utf-8"))["my-book"]
    assert entry == {
        "title": 'The "Book"',
        "author": "Me\\You",
        "licence": "CC0-1.0",
        "source": "a file named My Book.txt",  # no path of this machine
        "sha256": text.sha256,
    }


@pytest.mark.parametrize("end", ["", "\n", "\n\n# the end"])
def test_what_the_list_held_before_is_kept_to_the_byte(data: Path, source: Path, end: str) -> None:
    before = (LIST.rstrip() + end).encode()
    (data / "texts.toml").write_bytes(before)
    add_text(source, "my-book", folder=data)
    after = (data / "texts.toml").read_bytes()
    assert after.startswith(before)
    assert list(tomllib.loads(after.decode())) == ["foundation", "my-book"]
    assert sorted(path.name for path in data.iterdir()) == ["my-book.txt", "texts.toml"]


def test_fields_that_are_not_given_are_said_to_be_unknown(data: Path, source: Path) -> None:
    text = add_text(source, "my-book", folder=data)
    assert (text.title, text.author) == ("my-book", "not stated")
    assert text.licence == "not stated; check before you share it"


def test_a_gutenberg_book_loses_header_and_footer_and_gives_its_title(data: Path, source: Path) -> None:
    source.write_text(BOOK, encoding="utf-8", newline="")
    text = add_text(source, "small", folder=data)
    assert (text.title, text.author, text.content) == ("A Small Book", "Somebody Once", INSIDE)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("*** START OF THE PROJECT GUTENBERG EBOOK X ***", "*** END OF THE PROJECT GUTENBERG EBOOK X ***"),
        ("***START OF THE PROJECT GUTENBERG EBOOK X***", "***END OF THE PROJECT GUTENBERG EBOOK X***"),
        (
            "*** START OF THIS PROJECT GUTENBERG EBOOK A VERY\nLONG TITLE ***",
            "End of the Project Gutenberg EBook of X, by Y\n\n*** END OF THIS PROJECT GUTENBERG EBOOK X ***",
        ),
        (
            "*** START OF THE PROJECT GUTENBERG EBOOK X ***",
            "End of Project Gutenberg's X, by Y\n\n*** END OF THE PROJECT GUTENBERG EBOOK X ***",
        ),
    ],
)
def test_the_lines_of_several_decades_are_known(start: str, end: str) -> None:
    assert strip_gutenberg(f"Head\n{start}\n\n  Text.\n\n{end}\nFoot", "memory") == ("Text.\n", {})


def test_a_book_without_its_end_was_cut_short(data: Path, source: Path) -> None:
    source.write_text(BOOK[: BOOK.index("*** END")], encoding="utf-8", newline="")
    with pytest.raises(TextError, match="no END line; it is cut short: fetch it again"):
        add_text(source, "small", folder=data)
    assert is_untouched(data)


def test_a_listed_text_whose_file_is_not_here_gets_it_and_keeps_its_entry(data: Path, source: Path) -> None:
    text = add_text(source, "foundation", folder=data)
    assert (text.title, text.content) == ("Foundation", "A cat.\nA dog.")
    assert (data / "texts.toml").read_text(encoding="utf-8") == LIST
    (data / "foundation.txt").unlink()
    with pytest.raises(TextError, match=r"listed in texts\.toml with its title and author"):
        add_text(source, "foundation", title="Mine", folder=data)
    assert is_untouched(data)


def test_a_listed_text_with_a_hash_takes_no_other_file(data: Path, source: Path) -> None:
    add_text(source, "my-book", folder=data)
    (data / "my-book.txt").unlink()
    source.write_text("Another.", encoding="utf-8")
    with pytest.raises(TextError, match=r"is another text than 'my-book'"):
        add_text(source, "my-book", folder=data)
    assert not (data / "my-book.txt").exists()


def test_nothing_is_overwritten(data: Path, source: Path) -> None:
    (data / "my-book.txt").write_text("dear to me", encoding="utf-8")
    with pytest.raises(TextError, match=r"my-book\.txt is there already, and nothing is overwritten"):
        add_text(source, "my-book", folder=data)
    assert (data / "my-book.txt").read_text(encoding="utf-8") == "dear to me"


@pytest.mark.parametrize("name", ["", "My-Book", "a b", "../up", "a--b", "-a", "a-", "a/b", "ä", "a.txt", "a\n"])
def test_a_name_that_is_no_slug_is_refused(data: Path, source: Path, name: str) -> None:
    with pytest.raises(TextError, match="is no slug; use small letters"):
        add_text(source, name, folder=data)
    assert is_untouched(data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no word"),
        (b"caf\xe9 noir", r"byte 3 \(0xe9, line 1\) is not UTF-8"),
        (b"a\0b", "NUL"),
        (BOOK.replace("Once there was a cat.", "").replace("And a dog.", "").encode(), "no word"),
    ],
)
def test_a_source_that_is_no_text_leaves_nothing_behind(data: Path, source: Path, content: bytes, message: str) -> None:
    source.write_bytes(content)
    with pytest.raises(TextError, match=message):
        add_text(source, "my-book", folder=data)
    assert is_untouched(data)


def test_a_field_with_a_line_break_leaves_nothing_behind(data: Path, source: Path) -> None:
    with pytest.raises(TextError, match=r"the title 'a\\nb' has a character"):
        add_text(source, "my-book", title="a\nb", folder=data)
    assert is_untouched(data)


def test_a_missing_file_and_a_folder_are_no_source(data: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(TextError, match="cannot be read"):
            add_text(path, "my-book", folder=data)
    assert is_untouched(data)


def test_two_adds_at_once_are_kept_apart(data: Path, source: Path) -> None:
    (data / "texts.toml.new").write_bytes(b"half written by the other")
    with pytest.raises(TextError, match=r"texts\.toml\.new is there: another add is at work"):
        add_text(source, "my-book", folder=data)
    assert (data / "texts.toml.new").read_bytes() == b"half written by the other"
    assert not (data / "my-book.txt").exists()


def test_the_listing_says_what_is_here_and_on_what_the_pages_run(data: Path, source: Path) -> None:
    add_text(source, "one", folder=data)
    add_text(source, "two", folder=data)
    (data / "two.txt").write_text("damaged", encoding="utf-8")
    foundation, one, two = listing(data)
    assert (foundation.state, foundation.characters, foundation.default) == ("not here", None, False)
    assert (one.state, one.characters, one.default) == ("here", len("A cat.\nA dog."), True)
    assert two.state.startswith(f"{data / 'two.txt'} has SHA-256") and not two.default


# the network: a server on this machine


class Library(http.server.BaseHTTPRequestHandler):
    """Serves a book, a book that breaks off, one that moved, a web page, and an endless one."""

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name not in ("book.txt", "short.txt", "moved.txt", "page.html", "endless.txt"):
            self.send_error(404)
            return
        body = b"<!DOCTYPE html><html>" if name == "page.html" else BOOK.encode()
        self.send_response(302 if name == "moved.txt" else 200)
        if name == "moved.txt":
            self.send_header("Location", "/book.txt")
        elif name != "endless.txt":
            self.send_header("Content-Length", str(len(body) + (10 if name == "short.txt" else 0)))
        self.end_headers()
        self.wfile.write(body * 50 if name == "endless.txt" else body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Library) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["book.txt", "moved.txt"])
def test_an_address_is_downloaded_stripped_and_recorded(data: Path, library: str, name: str) -> None:
    text = add_text(f"{library}/{name}", "small", folder=data)
    assert text.content == INSIDE
    assert text.source == f"{library}/{name}"
    assert sorted(path.name for path in data.iterdir()) == ["small.txt", "texts.toml"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.txt", "cannot be downloaded .*Not Found"),
        ("short.txt", r"sent 287 of 297 bytes; try again"),
        ("page.html", "is a web page; give the address of the book's plain text"),
        ("endless.txt", "sends more than 2,000 bytes"),
    ],
)
def test_a_bad_answer_is_named_and_leaves_nothing_behind(
    data: Path, library: str, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.setattr(download, "LARGEST", 2_000)
    with pytest.raises(TextError, match=rf"/{name} {message}"):
        add_text(f"{library}/{name}", "small", folder=data)
    assert is_untouched(data)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/book.txt", "http://127.0.0.1:x/book.txt", "http:///book.txt"])
def test_an_address_that_nobody_answers_is_named(data: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(TextError, match=r"book\.txt cannot be downloaded"):
        add_text(address, "small", folder=data)
    assert is_untouched(data)


@pytest.mark.parametrize("address", ["ftp://host/book.txt", "file:///etc/hosts"])
def test_only_http_and_https_are_addresses(data: Path, address: str) -> None:
    with pytest.raises(TextError, match="is no URL of http or https"):
        add_text(address, "small", folder=data)
    assert is_untouched(data)
