"""Adding a text: from a file, from an address, and everything that must not happen."""

import hashlib
import http.server
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from press.cli.main import main
from scratch import Text, TextError, load_text
from workbench import download, text_list
from workbench.text_list import write_entry
from workbench.texts import add_text, listing, report

Enough = Callable[[str], str]
LIST = """# a comment of the learner's
[foundation]
title = "your text"
author = ""
licence = "not stated"
source = "own copy"  # goes with its entry

# of the other
[other]
title = "Other"
author = "O"
licence = "CC0"
source = "own copy"  # stays
"""
BEFORE, AFTER = LIST[: LIST.index("[foundation]")], LIST[LIST.index("\n# of the other") :]
HEADER = """\ufeffThe Project Gutenberg eBook of A Small Book\r
\r
Title: A Small Book\r
Author: Somebody Once\r
\r
*** START OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r
\r
"""
FOOTER = """\r
*** END OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***\r
Licence, donations, and so on.\r
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "texts.toml").write_text(LIST, encoding="utf-8")
    return folder


@pytest.fixture
def story(enough: Enough) -> str:
    return enough("A cat.\nA dog.")


@pytest.fixture
def book(story: str) -> str:
    """A book of Project Gutenberg, the story inside, as Windows saves it."""
    return HEADER + story.replace("\n", "\r\n") + FOOTER


@pytest.fixture
def source(tmp_path: Path, story: str) -> Path:
    path = tmp_path / "My Book.txt"
    path.write_text(story.replace("\n", "\r\n"), encoding="utf-8", newline="")
    return path


def is_untouched(data: Path) -> bool:
    """Whether the folder is as the fixture made it."""
    return [path.name for path in data.iterdir()] == ["texts.toml"] and (
        data / "texts.toml"
    ).read_text() == LIST


def add(source: Path | str, name: str, **options: Any) -> Text:
    return add_text(source, name, **options).text


def entry(data: Path, name: str) -> dict[str, object]:
    return dict(tomllib.loads((data / "texts.toml").read_text(encoding="utf-8"))[name])


def test_a_file_is_copied_and_recorded_with_its_hash(data: Path, source: Path, story: str) -> None:
    text = add(
        source, "my-book", title='The "Book"', author="Me\\You", licence="CC0-1.0", folder=data
    )
    assert text.content == story == (data / "my-book.txt").read_text(encoding="utf-8")
    assert text.sha256 == hashlib.sha256(story.encode()).hexdigest()
    assert load_text("my-book", data) == text
    assert entry(data, "my-book") == {
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
    add(source, "my-book", folder=data)
    after = (data / "texts.toml").read_bytes()
    assert after.startswith(before)
    assert list(tomllib.loads(after.decode())) == ["foundation", "other", "my-book"]
    assert sorted(path.name for path in data.iterdir()) == ["my-book.txt", "texts.toml"]


@pytest.mark.parametrize("name", ["my-book", "foundation"])
def test_a_text_that_nobody_names_is_your_text_by_no_author(
    data: Path, source: Path, name: str
) -> None:
    text = add(source, name, folder=data)
    assert (text.title, text.author) == ("your text", "")
    assert text.licence == "not stated; check before you share it"


@pytest.mark.parametrize("name", ["small", "foundation"])
def test_a_gutenberg_book_loses_header_and_footer_and_gives_its_title(
    data: Path, source: Path, book: str, story: str, name: str
) -> None:
    source.write_text(book, encoding="utf-8", newline="")
    text = add(source, name, folder=data)
    assert (text.title, text.author, text.content) == ("A Small Book", "Somebody Once", story)


def test_a_header_without_an_end_line_goes_too(
    data: Path, source: Path, book: str, story: str
) -> None:
    source.write_text(book.removesuffix(FOOTER), encoding="utf-8", newline="")
    assert add(source, "small", folder=data).content == story


def test_what_is_not_given_and_in_no_header_is_asked_for(
    data: Path, source: Path, book: str
) -> None:
    asked: list[tuple[str, str]] = []

    def ask(field: str, default: str) -> str:
        asked.append((field, default))
        return f"  my\t{field} " if field == "title" else ""

    text = add(source, "one", ask=ask, folder=data)
    assert (text.title, text.author) == ("my title", "")
    assert asked == [("title", "your text"), ("author", "")]
    add(source, "two", title="T", ask=ask, folder=data)
    assert asked[2:] == [("author", "")]
    source.write_text(book, encoding="utf-8", newline="")
    add(source, "three", ask=ask, folder=data)
    assert asked[3:] == []


def test_what_is_given_comes_before_the_header(data: Path, source: Path, book: str) -> None:
    source.write_text(book, encoding="utf-8", newline="")
    text = add(source, "small", title="Mine", folder=data)
    assert (text.title, text.author) == ("Mine", "Somebody Once")


# an entry that is there already


def test_an_entry_without_a_hash_gets_new_fields_and_every_other_byte_stays(
    data: Path, source: Path
) -> None:
    text = add(source, "foundation", title="Foundation", author="Isaac Asimov", folder=data)
    assert (text.title, text.author) == ("Foundation", "Isaac Asimov")
    after = (data / "texts.toml").read_text(encoding="utf-8")
    assert after.startswith(BEFORE) and after.endswith(AFTER)
    assert entry(data, "foundation") == {
        "title": "Foundation",
        "author": "Isaac Asimov",
        "licence": "not stated; check before you share it",
        "source": "a file named My Book.txt",
    }
    (data / "foundation.txt").unlink()
    # another text: what was said of the first is not said of it
    text = add(source, "foundation", folder=data)
    assert (text.title, text.author) == ("your text", "")
    assert list(tomllib.loads((data / "texts.toml").read_text(encoding="utf-8"))) == [
        "foundation",
        "other",
    ]


@pytest.mark.parametrize(
    ("before", "written", "after"),
    [
        ("", '["foundation"] # mine\n{}', ""),
        ("# [foundation]\n", " [ foundation ]\n{}", "\n\n# above\n\n# the other\n[z]\nx = 1\n"),
        ('[a]\nx = """\n[foundation]\ntitle = "no"\n"""\n', "[foundation]\n{}", "[[b]]\ny = 2"),
        ("[a]\nx = 1\r\n", "[foundation]\r\n{}z = [\n[1],\n[2]]\n", "\r\n[c]\nx=1"),
    ],
)
def test_an_entry_is_found_however_it_is_written(
    tmp_path: Path, before: str, written: str, after: str
) -> None:
    path = tmp_path / "texts.toml"
    fields = 'title = "t"\nauthor = "a"\n'
    path.write_bytes((before + written.format(fields) + after).encode())
    tables = tomllib.loads(path.read_bytes().decode().replace("\r\n", "\n"))
    write_entry(path, "foundation", {"title": "New", "plain_marks": 3})
    found = path.read_bytes().decode()
    assert found == before + '[foundation]\ntitle = "New"\nplain_marks = 3\n' + after
    assert tomllib.loads(found) == {**tables, "foundation": {"title": "New", "plain_marks": 3}}


@pytest.mark.parametrize(
    "listing", ['foundation = {title = "t"}\n', "[foundation]\nx = 1\n[b]\n[foundation.c]\n"]
)
def test_an_entry_that_cannot_be_replaced_is_left_to_the_learner(
    tmp_path: Path, listing: str
) -> None:
    path = tmp_path / "texts.toml"
    path.write_text(listing, encoding="utf-8")
    with pytest.raises(
        TextError,
        match=r"the entry 'foundation' cannot be written there; write it as \[foundation\]",
    ):
        write_entry(path, "foundation", {"title": "New"})
    assert path.read_text(encoding="utf-8") == listing and list(tmp_path.iterdir()) == [path]


def test_a_listed_text_with_a_hash_takes_no_other_file_and_no_other_title(
    data: Path, source: Path, story: str
) -> None:
    add(source, "my-book", folder=data)
    (data / "my-book.txt").unlink()
    listed = (data / "texts.toml").read_bytes()
    with pytest.raises(
        TextError, match=r"listed in texts\.toml with its title, author and hash; leave them out"
    ):
        add(source, "my-book", title="Mine", folder=data)
    source.write_text(story + "Another.", encoding="utf-8")
    with pytest.raises(TextError, match=r"is another text than 'my-book'"):
        add(source, "my-book", folder=data)
    assert not (data / "my-book.txt").exists()
    source.write_text(story, encoding="utf-8")
    add(source, "my-book", folder=data)
    assert (data / "texts.toml").read_bytes() == listed


# plain marks


def test_plain_marks_are_stored_counted_and_recorded_with_the_hash_of_what_was(
    data: Path, source: Path, enough: Enough
) -> None:
    curly = enough("“It’s late”—so…")
    source.write_text(curly, encoding="utf-8")
    added = add_text(source, "foundation", plain=True, folder=data)
    assert (
        added.text.content
        == enough('"It\'s late"--so...')
        == (data / "foundation.txt").read_text(encoding="utf-8")
    )
    assert added.replaced == {"“": 1, "’": 1, "”": 1, "—": 1, "…": 1}
    assert entry(data, "foundation")["plain_marks"] == 5
    assert (
        entry(data, "foundation")["original_sha256"] == hashlib.sha256(curly.encode()).hexdigest()
    )
    assert report(added, data)[1] == "Marks made plain: 5, of — 1, ’ 1, “ 1, ” 1, … 1."
    (data / "foundation.txt").unlink()
    add(source, "foundation", folder=data)  # as it is
    assert "plain_marks" not in entry(data, "foundation") and "original_sha256" not in entry(
        data, "foundation"
    )


def test_a_plain_text_stays_as_it_is_and_says_that_nothing_was_replaced(
    data: Path, source: Path, story: str
) -> None:
    added = add_text(source, "one", plain=True, folder=data)
    assert added.text.content == story
    assert (entry(data, "one")["plain_marks"], entry(data, "one")["sha256"]) == (
        0,
        added.text.sha256,
    )


# what is said


def test_what_was_added_is_told_with_what_to_do_next(
    data: Path, source: Path, enough: Enough
) -> None:
    source.write_text(HEADER[HEADER.index("***") :] + enough("“so” a\u00a0b") + FOOTER, "utf-8")
    lines = report(add_text(source, "one", folder=data), data)
    assert lines[0].startswith("one: your text, 1,") and "by" not in lines[0]
    assert lines[1].startswith("Project Gutenberg's header and licence were taken off: ")
    assert (
        lines[2].startswith("It has 2 typographic marks, of “ 1, ” 1.")
        and "--plain-marks" in lines[2]
    )
    assert lines[3] == "The pages call it 'your text'; to name it, edit [one] in data/texts.toml."
    assert len(lines) == 4  # the pages run on it
    source.write_text(enough(""), encoding="utf-8")
    lines = report(add_text(source, "two", title="T", author="A", folder=data), data)
    assert lines[0].startswith("two: T by A, 1,")
    assert lines[1].startswith("The pages run on one;") and len(lines) == 2


def test_nothing_is_overwritten(data: Path, source: Path) -> None:
    (data / "my-book.txt").write_text("dear to me", encoding="utf-8")
    with pytest.raises(
        TextError, match=r"my-book\.txt is there already, and nothing is overwritten"
    ):
        add_text(source, "my-book", folder=data)
    assert (data / "my-book.txt").read_text(encoding="utf-8") == "dear to me"


@pytest.mark.parametrize(
    "name", ["", "My-Book", "a b", "../up", "a--b", "-a", "a-", "a/b", "ä", "a.txt", "a\n"]
)
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
        ((HEADER + FOOTER).encode(), "has 0 words; the journal needs 200 or more"),
        (b"one word", "has 2 words; the journal needs 200 or more"),
        (b"na " * 999, "has 1 distinct word, over and over"),
        (b"x" * 9999, "characters from one space to the next on average"),
        (b"*** " * 999, "is 0% letters and digits"),
    ],
)
def test_a_source_that_is_no_text_leaves_nothing_behind(
    data: Path, source: Path, content: bytes, message: str
) -> None:
    source.write_bytes(content)
    with pytest.raises(TextError, match=message):
        add_text(source, "my-book", folder=data)
    assert is_untouched(data)


def test_a_field_with_a_line_break_leaves_nothing_behind(data: Path, source: Path) -> None:
    with pytest.raises(TextError, match=r"the title 'a\\nb' has a character"):
        add_text(source, "my-book", title="a\nb", folder=data)
    assert is_untouched(data)


def test_a_missing_file_a_folder_and_a_device_are_no_source(data: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none.txt", tmp_path, Path("/dev/zero")):
        with pytest.raises(TextError, match="cannot be read"):
            add_text(path, "my-book", folder=data)
    assert is_untouched(data)


def test_of_adds_at_once_each_is_recorded(
    data: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads stand for processes; each is slow between reading the list and writing it."""
    make = text_list._with_entry

    def slow(*arguments: Any) -> bytes:
        time.sleep(0.05)
        return make(*arguments)

    monkeypatch.setattr(text_list, "_with_entry", slow)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: add(source, name, folder=data), ["a", "b", "c", "d"]))
    listed = tomllib.loads((data / "texts.toml").read_text(encoding="utf-8"))
    assert sorted(listed) == ["a", "b", "c", "d", "foundation", "other"]


def test_the_listing_says_what_is_here_and_on_what_the_pages_run(
    data: Path, source: Path, book: str, story: str
) -> None:
    add(source, "one", folder=data)
    add(source, "two", folder=data)
    (data / "two.txt").write_text("damaged", encoding="utf-8")
    foundation, other, one, two = listing(data)
    assert (foundation.state, foundation.characters, foundation.default) == (
        "not here",
        None,
        False,
    )
    assert (one.state, one.characters, one.default) == ("here", len(story), True)
    assert two.state.startswith(f"{data / 'two.txt'} has SHA-256") and not two.default
    (data / "other.txt").write_text("Too short.", encoding="utf-8")
    (data / "foundation.txt").write_text(book, encoding="utf-8", newline="")
    foundation, other, *_ = listing(data)
    assert (foundation.default, foundation.entry.title, foundation.characters) == (
        True,
        "A Small Book",
        len(story),
    )
    assert (
        other.state
        == f"{data / 'other.txt'} has 2 words; the journal needs 200 or more: give a longer text"
    )


# the command


@pytest.fixture
def press(data: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("JOURNAL_DATA", str(data))
    return lambda *arguments, **options: CliRunner().invoke(
        main, ["texts", *map(str, arguments)], **options
    )


def test_the_command_tells_what_it_added_and_lists_it_as_it_is(
    press: Callable[..., Result], source: Path
) -> None:
    said = press("add", source, "--name", "foundation", "--title", "[/b] A [red]", "--author", "Me")
    assert said.exit_code == 0 and said.output.startswith("foundation: [/b] A [red] by Me, 1,"), (
        said.output
    )
    said = press(env={"COLUMNS": "200"})
    assert said.exit_code == 0 and "[/b] A [red]" in said.output, said.output


@pytest.mark.parametrize("wrong", ["/dev/zero", "http://[bad", "nowhere", "."])
def test_a_source_that_cannot_be_is_a_line_and_no_traceback(
    press: Callable[..., Result], data: Path, wrong: str
) -> None:
    said = press("add", wrong, "--name", "one")
    assert (said.exit_code, len(said.stderr.splitlines())) == (1, 1) and said.stderr.startswith(
        "press: "
    )
    assert is_untouched(data)


def test_on_a_terminal_title_and_author_are_asked_for_and_elsewhere_not(
    press: Callable[..., Result], data: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert press("add", source, "--name", "one", input="Never asked\n").exit_code == 0
    assert (entry(data, "one")["title"], entry(data, "one")["author"]) == ("your text", "")
    monkeypatch.setattr("press.cli.workbench.is_terminal", lambda: True)
    said = press("add", source, "--name", "two", input="A Title\nAn Author\n")
    assert (entry(data, "two")["title"], entry(data, "two")["author"]) == (
        "A Title",
        "An Author",
    ), said.output
    assert press("add", source, "--name", "three", input="").exit_code == 1  # the learner goes away
    assert not (data / "three.txt").exists()


def test_plain_marks_are_an_option_of_the_command(
    press: Callable[..., Result], source: Path, enough: Enough
) -> None:
    source.write_text(enough("“so”"), encoding="utf-8")
    assert (
        "Marks made plain: 2, of “ 1, ” 1."
        in press("add", source, "--name", "one", "--plain-marks").output
    )


def test_a_file_that_may_not_be_read_says_so(
    data: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*arguments: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("workbench.texts.read_file", refused)
    with pytest.raises(
        TextError,
        match=r"My Book\.txt cannot be read \(Permission denied\); give a plain-text file",
    ):
        add(source, "one", folder=data)


# the network: a server on this machine


class Library(http.server.BaseHTTPRequestHandler):
    """Serves a book, a book that breaks off, one that moved, a web page, and an endless one."""

    book: bytes

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name not in ("book.txt", "short.txt", "moved.txt", "page.html", "endless.txt"):
            self.send_error(404)
            return
        body = b"<!DOCTYPE html><html>" if name == "page.html" else self.book
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
def library(monkeypatch: pytest.MonkeyPatch, book: str) -> Iterator[str]:
    Library.book = book.encode()
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Library) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ["book.txt", "moved.txt"])
def test_an_address_is_downloaded_stripped_and_recorded(
    data: Path, library: str, story: str, name: str
) -> None:
    text = add(f"{library}/{name}", "small", folder=data)
    assert text.content == story
    assert text.source == f"{library}/{name}"
    assert sorted(path.name for path in data.iterdir()) == ["small.txt", "texts.toml"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.txt", "cannot be downloaded .*Not Found"),
        ("short.txt", r"sent ([\d,]+) of ([\d,]+) bytes; try again"),
        ("page.html", "is a web page; give the address of the book's plain text"),
        ("endless.txt", "sends more than 4,000 bytes"),
    ],
)
def test_a_bad_answer_is_named_and_leaves_nothing_behind(
    data: Path, library: str, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.setattr(download, "LARGEST", 4_000)
    with pytest.raises(TextError, match=rf"/{name} {message}"):
        add_text(f"{library}/{name}", "small", folder=data)
    assert is_untouched(data)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/book.txt",
        "http://127.0.0.1:x/book.txt",
        "http:///book.txt",
        "http://[bad/book.txt",
        "http://a b/[/b]book.txt",
    ],
)
def test_an_address_that_nobody_answers_is_named(
    data: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(TextError, match=r"book\.txt cannot be downloaded"):
        add_text(address, "small", folder=data)
    assert is_untouched(data)


@pytest.mark.parametrize("address", ["ftp://host/book.txt", "file:///etc/hosts"])
def test_only_http_and_https_are_addresses(data: Path, address: str) -> None:
    with pytest.raises(TextError, match="is no URL of http or https"):
        add_text(address, "small", folder=data)
    assert is_untouched(data)
