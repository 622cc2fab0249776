"""Project Gutenberg's header and licence are taken off, whichever is there; no other word is."""

import pytest

from scratch.text.gutenberg import strip_gutenberg

BOOK = "Once there was a cat.\n\nAnd a dog.\n"
MODERN = """The Project Gutenberg eBook of A Small Book

This ebook is for the use of anyone anywhere in the United States under
the terms of the Project Gutenberg License at www.gutenberg.org.

Title: A Small Book
        or, the Cat

Author: Somebody Once

Release date: June 27, 2008 [eBook #11]
                Most recently updated: June 26, 2025

Language: English

"""
START = "*** START OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***"
END = "*** END OF THE PROJECT GUTENBERG EBOOK A SMALL BOOK ***"
LICENCE_OF_TODAY = f"""Updated editions will replace the previous one—the old editions will
be renamed.

START: FULL LICENSE

THE FULL PROJECT GUTENBERG LICENSE

PLEASE READ THIS BEFORE YOU DISTRIBUTE OR USE THIS WORK

Section 1. General Terms of Use and Redistributing Project Gutenberg™
electronic works

{"1.A. By reading or using any part of this Project Gutenberg work. " * 280}
"""
SMALL_PRINT = f"""***START**THE SMALL PRINT!**FOR PUBLIC DOMAIN ETEXTS**START***
Why is this "Small Print!" statement here?  {"You know: lawyers. " * 500}
*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*
"""
OLD = f"""*****The Project Gutenberg Etext of A Small Book, by Somebody Once*****
#3 in our series by Somebody Once

Copyright laws are changing all over the world.

{SMALL_PRINT}"""
GIVEN = {"title": "A Small Book or, the Cat", "author": "Somebody Once"}
ON_ONE_LINE = {"title": "A Small Book", "author": "Somebody Once"}


@pytest.mark.parametrize(
    ("whole", "fields"),
    [
        (f"{MODERN}{START}\n\n{BOOK}\n{END}\n{LICENCE_OF_TODAY}", GIVEN),
        (f"{MODERN}{START}\n\n{BOOK}", GIVEN),
        (f"{BOOK}\n{END}\n{LICENCE_OF_TODAY}", {}),
        (f"{BOOK}\n{END}", {}),
        (f"{BOOK}\n{LICENCE_OF_TODAY}", {}),
        (f"{BOOK}\n{LICENCE_OF_TODAY[LICENCE_OF_TODAY.index('START: FULL') :]}", {}),
        (f"{BOOK}\n{LICENCE_OF_TODAY[LICENCE_OF_TODAY.index('THE FULL') :]}", {}),
        (f"{BOOK}\n{LICENCE_OF_TODAY[LICENCE_OF_TODAY.index('Section 1') :]}", {}),
        (f"{MODERN}{BOOK}", GIVEN),
        (f"{MODERN}{BOOK}\n{END}\n{LICENCE_OF_TODAY}", GIVEN),
        (f"{START}\n{BOOK}", {}),
        (
            (
                f"{OLD}\n\n{BOOK}\n\nEnd of The Project Gutenberg Etext of A Small Book, by"
                " Somebody Once\n"
            ),
            ON_ONE_LINE,
        ),
        (f"{OLD}\n\n{BOOK}", ON_ONE_LINE),
        (f"{MODERN}{START}\n{BOOK}\n{END}\n\n{SMALL_PRINT}", GIVEN),
        (f"{MODERN}{START}\n{BOOK}\n{SMALL_PRINT}", GIVEN),
        (f"{SMALL_PRINT.replace('Why', 'Project Gutenberg asks why')}\n{BOOK}", {}),
    ],
)
def test_the_book_stays_whatever_of_header_and_licence_is_there(
    whole: str, fields: dict[str, str]
) -> None:
    assert strip_gutenberg(whole) == (BOOK, fields)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (START, END),
        (
            "***START OF THE PROJECT GUTENBERG EBOOK X***",
            "***END OF THE PROJECT GUTENBERG EBOOK X***",
        ),
        (
            "*** START OF THIS PROJECT GUTENBERG EBOOK A VERY\nLONG TITLE ***",
            "*** END OF THIS PROJECT GUTENBERG EBOOK X ***",
        ),
        (
            "  *** Start  of the Project Gutenberg eBook, X  ***",
            "End of the Project Gutenberg EBook of X, by Y",
        ),
        ("START OF THE PROJECT GUTENBERG ETEXT X", "END OF THE PROJECT GUTENBERG EBOOK X"),
        ("*** START OF PROJECT GUTENBERG'S EBOOK X ***", "End of Project Gutenberg's X, by Y"),
        (
            START,
            "End of Project Gutenberg’s X, by Y\n\n*** END OF THIS PROJECT GUTENBERG EBOOK X ***",
        ),
        (START, "The End of the Project Gutenberg Etext of X"),
        (START, "End of this Project Gutenberg-tm EBook"),
        (
            START,
            (
                "***** This file should be named 11-0.txt or 11-0.zip *****\nThis and all"
                " associated files"
            ),
        ),
    ],
)
def test_the_lines_of_several_decades_are_known(start: str, end: str) -> None:
    assert (
        strip_gutenberg(f"Head of Project Gutenberg\n{start}\n\n  Text.\n\n{end}\nFoot")[0]
        == "Text.\n"
    )


def test_a_start_line_ends_with_its_paragraph_whatever_stars_come_after() -> None:
    line = "START OF THE PROJECT GUTENBERG EBOOK X"
    assert strip_gutenberg(f"{line}\n\nA note.** More.")[0] == "A note.** More.\n"


@pytest.mark.parametrize(
    ("line", "title", "author"),
    [
        (
            "The Project Gutenberg eBook, The Verdict, by Edith Wharton",
            "The Verdict",
            "Edith Wharton",
        ),
        (
            "Project Gutenberg's Alice's\nAdventures, by Lewis Carroll",
            "Alice's Adventures",
            "Lewis Carroll",
        ),
        (
            "The Project Gutenberg EBook of Moby Dick, by Herman Melville",
            "Moby Dick",
            "Herman Melville",
        ),
        ("***The Project Gutenberg Etext of Emma by Jane Austen***", "Emma", "Jane Austen"),
    ],
)
def test_a_header_without_fields_names_the_book_in_its_first_line(
    line: str, title: str, author: str
) -> None:
    assert strip_gutenberg(f"{line}\n\n{START}\n{BOOK}") == (
        BOOK,
        {"title": title, "author": author},
    )


def test_of_several_books_in_one_file_each_stays() -> None:
    one = f"{MODERN}{START}\n{BOOK}\n{END}\n{LICENCE_OF_TODAY}"
    two = f"{OLD}\nA second book.\n\nEnd of the Project Gutenberg Etext of Two\n"
    assert strip_gutenberg(f"{one}\n{two}") == (f"{BOOK}\nA second book.\n", GIVEN)


@pytest.mark.parametrize(
    "text",
    [
        "Any other text.\n",
        "Project Gutenberg was founded in 1971.\n\nProject Gutenberg has a licence.\n",
        "I read a Project Gutenberg eBook.\n\nThe end of Project Gutenberg's day.\n",
        (
            "It was the\nend of Project Gutenberg's day, and the start of the\nProject Gutenberg"
            " eBook.\n"
        ),
        "  Spaces of a Gutenberg book stay. \n\n",
    ],
)
def test_a_text_that_only_speaks_of_it_comes_back_as_it_is(text: str) -> None:
    assert strip_gutenberg(text) == (text, {})


def test_what_is_too_long_for_a_header_or_a_licence_is_a_book() -> None:
    long = "word " * 10_000
    assert strip_gutenberg(f"{long}\n{START}\n{BOOK}")[0] == f"{long.strip()}\n\n{BOOK}"
    assert strip_gutenberg(f"{BOOK}\n{END}\n{long}")[0] == f"{BOOK}\n{long.strip()}\n"


@pytest.mark.parametrize(
    "text", [MODERN + START, LICENCE_OF_TODAY, f"{MODERN}{START}\n{END}\n{LICENCE_OF_TODAY}"]
)
def test_of_a_header_or_a_licence_alone_nothing_stays(text: str) -> None:
    assert strip_gutenberg(text)[0].strip() == ""
