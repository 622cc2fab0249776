"""`press preview` serves its own copy of the site on this machine and follows the author's edits."""

import asyncio
import contextlib
import io
import json
import os
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from PIL import Image
from starlette.testclient import TestClient

from press.base.errors import PressError
from press.preview.app import Preview
from press.preview.runs import WARM, Session
from press.preview.server import app, preview

NAME = "journal/2025-07-02-a.qmd"
BODY = """
Some words.

```{python}
n = 2
print(n)
```

In all `{python} n * 10`.
"""
_drawn = io.BytesIO()
Image.new("RGB", (2, 2)).save(_drawn, "PNG")
PICTURE = _drawn.getvalue()
PATIENCE = 300_000  # milliseconds that a slow machine is given; nothing waits for it to pass


def follow(journal: Any, story: Callable[[Preview], Coroutine[Any, Any, None]]) -> None:
    """Start a preview, live through a story, and close it."""

    async def live() -> None:
        state = Preview(journal.root)
        await state.start()
        try:
            await story(state)
        finally:
            await state.close()

    asyncio.run(live())


def shown(state: Preview, path: str = "journal/2025-07-02-a.html") -> str:
    return (state.folder / path).read_text(encoding="utf-8")


def follows(state: Preview, path: str) -> bool:
    return state.prints.is_watched(path)


async def settled(state: Preview) -> None:
    """Wait until nothing goes on behind."""
    while state.behind:
        await asyncio.sleep(0.01)


def problems(state: Preview) -> list[str]:
    return list(json.loads(state.news.message())["problems"])


def test_pages_files_the_404_page_and_the_script_are_served(journal: Any) -> None:
    journal.page("Plain words.\n")

    async def story(state: Preview) -> None:
        client = TestClient(app(state))
        page = client.get("/journal/2025-07-02-a.html")
        assert page.status_code == 200 and "Plain words." in page.text
        assert page.headers["cache-control"] == "no-store"
        script = re.search(
            r'<script defer src="(/_preview/preview.js)" data-page="([^"]+)" data-mark="([^"]+)">',
            page.text,
        )
        assert script and script[2] == "journal/2025-07-02-a.html"
        assert json.loads(state.news.message())["printings"][script[2]] == script[3]
        assert "EventSource" in client.get(script[1]).text
        assert client.get("/").text == client.get("/index.html").text
        assert client.get("/press.css").headers["content-type"].startswith("text/css")
        missing = client.get("/journal/nothing.html")
        assert missing.status_code == 404 and "Nothing stands under this address" in missing.text

    follow(journal, story)


def test_nothing_outside_the_site_is_served_and_no_name_that_no_file_can_have(
    journal: Any, serving: Callable[..., Any]
) -> None:
    outside = ["/../_quarto.yml", "/%2e%2e/_quarto.yml", "/..%2f..%2f_quarto.yml", "//etc/passwd"]
    names = ["/%00", f"/{'a' * 5_000}", "/journal/%00.html"]

    async def story(state: Preview) -> None:
        client = TestClient(app(state), raise_server_exceptions=False)
        for path in (*outside, *names):
            answer = client.get(path)
            assert answer.status_code == 404, path
            assert "output-dir" not in answer.text and "root:" not in answer.text

    follow(journal, story)
    journal.write("_site/index.html", "Welcome.")
    with serving(journal.site) as address:
        for path in names:
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"{address}{path[1:]}")


def test_edits_of_prose_cells_modules_and_data_reach_the_page(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    journal.write("code/followed.py", "N = 2\n")
    journal.write("data/one.txt", "first")
    body = BODY.replace(
        "n = 2\n",
        'from followed import N as n\ntext = open("../data/one.txt").read()\nprint(text)\n',
    )
    journal.page(body)

    async def story(state: Preview) -> None:
        assert '<span class="computed">20</span>' in shown(state) and "first" in shown(state)
        assert problems(state) == []
        mark = state.prints.printings["journal/2025-07-02-a.html"]
        journal.page(body.replace("Some words", "Other words"))
        await state.changed({NAME})
        assert "Other words" in shown(state)
        assert state.prints.printings["journal/2025-07-02-a.html"] != mark
        # nothing ran again; but it may be a cell's turn next
        assert not state.kernels.is_warm(NAME)
        await settled(state)
        assert len(state.kernels.sessions[NAME].kernel.times) == 2
        journal.page(body.replace("print(n)", "print(n + 5)"))
        await state.changed({NAME})
        assert "7</code>" in shown(state)
        assert len(state.kernels.sessions[NAME].kernel.times) == 4
        journal.write("code/followed.py", "N = 300\n")
        await state.changed({"code/followed.py"})
        await settled(state)
        assert '<span class="computed">3000</span>' in shown(state)
        journal.write("data/one.txt", "second")
        await state.changed({"data/one.txt"})
        await settled(state)
        assert "second" in shown(state) and "first" not in shown(state)

    follow(journal, story)


def test_an_error_keeps_the_page_and_names_file_and_line_until_it_is_mended(journal: Any) -> None:
    journal.page(BODY)

    async def story(state: Preview) -> None:
        queue: asyncio.Queue[str] = asyncio.Queue()
        state.news.listeners[queue] = ""
        journal.page(BODY.replace("print(n)", "1 / 0"))
        await state.changed({NAME})
        assert len(problems(state)) == 1
        assert f"{NAME}:9: the cell raised ZeroDivisionError" in problems(state)[0]
        assert '<span class="computed">20</span>' in shown(state)
        assert json.loads(queue.get_nowait())["problems"] == problems(state)
        journal.page("::: {.callout-note}\nnever closed\n")
        await state.changed({NAME})
        assert any("the ::: block is never closed" in line for line in problems(state))
        journal.page(BODY)
        await state.changed({NAME})
        assert problems(state) == []

    follow(journal, story)


def test_a_page_that_failed_from_the_start_has_a_place_and_appears_when_mended(
    journal: Any,
) -> None:
    journal.page("```{python}\n1 / 0\n```\n")

    async def story(state: Preview) -> None:
        assert "did not run yet" in shown(state)
        assert "2025-07-02-a.qmd:6" in problems(state)[0]
        journal.page("```{python}\n1 / 1\n```\n")
        await state.changed({NAME})
        assert "1.0" in shown(state)

    follow(journal, story)


def test_a_typed_number_and_a_claim_without_a_verdict_are_shown_as_a_printing_would(
    journal: Any,
) -> None:
    journal.page(BODY.replace("Some words", "Some 20 words"))

    async def story(state: Preview) -> None:
        assert "the number 20 is typed here" in problems(state)[0]

    follow(journal, story)


def other(state: Preview, path: str = "/journal/b.html") -> str:
    """A page as a browser gets it that asks for it now."""
    return str(TestClient(app(state)).get(path).text)


def test_an_edit_made_while_the_pages_are_printed_is_shown_after_it(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One before the first page is printed, of a page; one after the last, of a file that a page
    reads.
    """
    journal.write("journal/words.txt", "first")
    journal.page("Some words.\n\n```{python}\nprint(open('words.txt').read())\n```\n")
    start = Preview.start

    async def late(state: Preview) -> None:
        await start(state)
        journal.write("journal/words.txt", "second")
        journal.page(
            "Other words.\n\n```{python}\nprint(open('words.txt').read())\n```\n", "journal/b.qmd"
        )

    def say(said: str) -> None:
        if said.startswith("Printing"):
            journal.page("Other words.\n\n```{python}\nprint(open('words.txt').read())\n```\n")

    monkeypatch.setattr(Preview, "start", late)

    async def live() -> None:
        folder = journal.root / ".press/preview/journal"
        serving = asyncio.create_task(preview(journal.root, 0, say))
        end = time.monotonic() + PATIENCE / 1000
        file = folder / "2025-07-02-a.html"
        while not (
            file.is_file() and "Other words" in file.read_text() and (folder / "b.html").is_file()
        ):
            assert time.monotonic() < end and not serving.done(), "the edits were lost"
            await asyncio.sleep(0.05)
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    asyncio.run(live())


@pytest.mark.parametrize(
    ("contents", "said"),
    [
        ("[nowhere.qmd]", "the navigation names 'nowhere.qmd', which is no page"),
        ('["journal/**.qmd"]', "**"),
    ],
)
def test_a_mistake_in_the_configuration_is_shown_until_it_is_mended(
    journal: Any, contents: str, said: str
) -> None:
    """The second is a glob that Python refuses; what is edited meanwhile is not lost."""
    journal.page(BODY)
    file = journal.root / "_quarto.yml"
    text = file.read_text(encoding="utf-8")

    async def story(state: Preview) -> None:
        file.write_text(text.replace('[index.qmd, "journal/2*.qmd"]', contents), encoding="utf-8")
        await state.changed({"_quarto.yml"})
        if state.news.problems:  # a later Python takes that glob
            assert said in problems(state)[0]
        journal.page(BODY.replace("Some words", "Other words"))
        await state.changed({NAME})
        file.write_text(text, encoding="utf-8")
        await state.changed({"_quarto.yml"})
        assert problems(state) == []
        assert "Other words" in shown(state)

    follow(journal, story)


def test_what_a_broken_page_kept_from_being_read_is_done_when_it_is_mended(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    journal.write("code/meanwhile.py", "N = 2\n")
    journal.page("```{python}\nfrom meanwhile import N\nprint(N * 1000)\n```\n", "journal/b.qmd")
    journal.page(BODY)

    async def story(state: Preview) -> None:
        journal.page("::: {.callout-note}\nnever closed\n")
        await state.changed({NAME})
        journal.write("code/meanwhile.py", "N = 30\n")
        await state.changed({"code/meanwhile.py"})
        journal.page(BODY)
        await state.changed({NAME})
        await settled(state)
        assert "30000" in shown(state, "journal/b.html")

    follow(journal, story)


def test_the_following_survives_whatever_goes_wrong(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.page(BODY)

    async def bursts(*arguments: Any, **options: Any) -> AsyncIterator[set[tuple[int, str]]]:
        yield {(1, str(journal.root / NAME))}
        monkeypatch.undo()
        journal.page(BODY.replace("Some words", "Other words"))
        yield {(1, str(journal.root / NAME))}

    async def wrong(state: Preview, paths: set[str]) -> None:
        monkeypatch.undo()
        raise KeyError("a mistake of ours")

    async def story(state: Preview) -> None:
        monkeypatch.setattr("press.preview.app.awatch", bursts)
        monkeypatch.setattr(Preview, "changed", wrong)
        queue: asyncio.Queue[str] = asyncio.Queue()
        state.news.listeners[queue] = ""
        await state.follow()
        assert "KeyError: 'a mistake of ours'" in queue.get_nowait()
        assert problems(state) == [] and "Other words" in shown(state)

    follow(journal, story)


def test_whatever_a_run_raises_is_the_pages_problem(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.page(BODY)

    async def story(state: Preview) -> None:
        def wrong(session: Session, page: Any) -> None:
            raise ValueError("5 is no text\n\nand a long explanation")

        with monkeypatch.context() as patch:
            patch.setattr(Session, "run", wrong)
            journal.page(BODY.replace("print(n)", "print(n + 1)"))
            await state.changed({NAME})
            await settled(state)
        assert problems(state) == [f"{NAME}: ValueError: 5 is no text"]
        assert '<span class="computed">20</span>' in shown(state)
        journal.page(BODY.replace("print(n)", "print(n + 5)"))
        await state.changed({NAME})
        assert problems(state) == [] and "7</code>" in shown(state)

    follow(journal, story)


def test_a_display_that_no_notebook_can_hold_is_the_pages_problem(journal: Any) -> None:
    journal.page(BODY)

    async def story(state: Preview) -> None:
        journal.page(BODY.replace("print(n)", "display({'text/html': 5}, raw=True)"))
        await state.changed({NAME})
        assert len(problems(state)) == 1 and problems(state)[0].startswith(NAME)
        journal.page(BODY.replace("print(n)", "print(n + 5)"))
        await state.changed({NAME})
        assert problems(state) == [] and "7</code>" in shown(state)

    follow(journal, story)


def test_what_stands_around_a_page_is_new_when_the_page_is_asked_for(journal: Any) -> None:
    """A page that a browser shows is told at once; the others are printed again when somebody wants
    them.
    """
    journal.page("One.\n")
    journal.page("Two.\n", "journal/b.qmd")
    journal.page("Three.\n", "journal/c.qmd")

    async def story(state: Preview) -> None:
        state.news.listeners[asyncio.Queue()] = "journal/c.html"
        mark = state.prints.printings["journal/c.html"]
        file = journal.page("New.\n", "journal/2025-07-03-new.qmd")
        await state.changed({"journal/2025-07-03-new.qmd"})
        assert (
            "2025-07-03-new.html" in shown(state, "journal/c.html")
            and state.prints.printings["journal/c.html"] != mark
        )
        assert "2025-07-03-new.html" not in shown(state, "journal/b.html")
        assert "2025-07-03-new.html" in other(state)
        assert "Page journal/2025-07-03-new" in shown(state, "journal/b.html")
        assert 'rel="next"' in other(state, "/journal/2025-07-02-a.html")
        await settled(state)
        assert "2025-07-03-new.html" in other(state, "/404.html")
        text = file.read_text(encoding="utf-8").replace(
            "title: Page journal/2025-07-03-new", "title: Another"
        )
        file.write_text(text, encoding="utf-8")
        await state.changed({"journal/2025-07-03-new.qmd"})
        assert "Another" in other(state) and "Page journal/2025-07-03-new" not in other(state)
        file.unlink()
        await state.changed({"journal/2025-07-03-new.qmd"})
        for path in ("/journal/b.html", "/journal/c.html", "/journal/2025-07-02-a.html"):
            assert "2025-07-03-new.html" not in other(state, path)
        assert not list(state.folder.glob("journal/2025-07-03-new.*"))
        await settled(state)
        assert problems(state) == []

    follow(journal, story)


def test_a_page_that_never_ran_follows_what_stands_around_it(journal: Any) -> None:
    journal.page("```{python}\n1 / 0\n```\n", "journal/b.qmd")

    async def story(state: Preview) -> None:
        journal.page("New.\n")
        await state.changed({NAME})
        assert "did not run yet" in other(state) and "2025-07-02-a.html" in other(state)
        assert len(problems(state)) == 1

    follow(journal, story)


@pytest.mark.parametrize("picture", ["pictures/pic.png", "journal/pic.png", "data/pic.png"])
def test_a_picture_that_comes_changes_and_goes_is_followed_without_running_the_page(
    journal: Any, picture: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """But for data/, in which a new name may mean another run."""
    journal.page(f"```{{python}}\nprint(2)\n```\n\n![A picture](../{picture})\n")
    missing = f"{NAME}:9: the link '../{picture}' leads to no file of the site"

    async def story(state: Preview) -> None:
        client, seen = TestClient(app(state)), []

        async def after() -> tuple[int, bytes]:
            assert follows(state, str(journal.root / picture))
            await state.changed({picture})
            await settled(state)
            seen.append(state.prints.printings["journal/2025-07-02-a.html"])
            answer = client.get(f"/{picture}")
            return answer.status_code, answer.content

        if not picture.startswith("data/"):
            monkeypatch.setattr("press.preview.runs.run_page", None)
            monkeypatch.setattr("press.preview.runs.Kernel", None)
        assert len(problems(state)) == 1 and problems(state)[0].startswith(missing)
        journal.write(picture, b"first")
        assert await after() == (200, b"first")
        assert problems(state) == []
        journal.write(picture, b"second")
        assert await after() == (200, b"second")
        (journal.root / picture).unlink()
        assert (await after())[0] == 404
        assert problems(state)[0].startswith(missing)
        assert len(set(seen)) == 3
        await state.changed({picture})
        assert state.prints.printings["journal/2025-07-02-a.html"] == seen[-1]

    follow(journal, story)


def test_a_folder_of_pictures_that_is_moved_into_place_is_followed(journal: Any) -> None:
    journal.page("![A picture](../pictures/pic.png)\n")
    journal.write("elsewhere/pic.png", b"first")

    async def story(state: Preview) -> None:
        assert not follows(state, str(journal.root / "elsewhere"))
        (journal.root / "elsewhere").rename(journal.root / "pictures")
        assert follows(state, str(journal.root / "pictures"))
        await state.changed({"pictures"})
        await settled(state)
        assert problems(state) == []

    follow(journal, story)


def test_a_picture_of_the_front_matter_is_waited_for(journal: Any) -> None:
    journal.page("Some words.\n", front="image: pic.png\n")

    async def story(state: Preview) -> None:
        assert "the image 'pic.png' is no file of the project" in problems(state)[0]
        assert "did not run yet" in shown(state)
        journal.write("journal/pic.png", PICTURE)
        await state.changed({"journal/pic.png"})
        assert problems(state) == [] and "Some words" in shown(state)

    follow(journal, story)


def test_a_dead_link_is_shown_with_its_line_until_it_is_mended(journal: Any) -> None:
    journal.page("```{python}\n1 / 0\n```\n", "journal/c.qmd")
    text = "See [there](b.qmd#part), and [what did not run](c.qmd#part).\n"
    journal.page(text)
    journal.page("## A part {#part}\n", "journal/b.qmd")

    async def story(state: Preview) -> None:
        assert len(problems(state)) == 1 and "c.qmd:5" in problems(state)[0]
        journal.page("## A part {#another}\n", "journal/b.qmd")
        await state.changed({"journal/b.qmd"})
        await settled(state)
        assert (
            f"{NAME}:5: the link 'b.html#part' leads to no anchor there; mend it in the page"
            in problems(state)
        )
        (journal.root / "journal/b.qmd").unlink()
        await state.changed({"journal/b.qmd"})
        await settled(state)
        assert any("leads to no file of the site" in line for line in problems(state))
        journal.page("See nothing.\n")
        await state.changed({NAME})
        await settled(state)
        assert len(problems(state)) == 1 and "c.qmd:5" in problems(state)[0]

    follow(journal, story)


def claims(journal: Any, limit: int) -> None:
    body = f"""
    ```{{python}}
    from exhibits import claim
    from scratch import load_text
    n = 3
    claim("many", n > {limit}, value=n, says="Many.")
    ```
    """
    journal.page(body)
    verdicts = "```{python}\nfrom exhibits import verdicts\nverdicts()\n```\n"
    journal.page(verdicts, "journal/claims.qmd", "press: {gathers: true}\n")


def test_the_page_of_claims_follows_an_edit_and_what_is_printed_does_not(
    journal: Any, tree: Any
) -> None:
    """The preview keeps the verdicts of its runs to itself, and `press render` its own."""
    claims(journal, 2)
    printed = tree(journal.render())

    async def story(state: Preview) -> None:
        assert "1 holds" in shown(state, "journal/claims.md")
        claims(journal, 7)
        await state.changed({NAME})
        await settled(state)
        assert "1 does not hold" in shown(state, "journal/claims.md")
        claims(journal, 2)  # the author changes his mind, and prints while the preview is open
        assert tree(await asyncio.to_thread(journal.render)) == printed
        assert "1 does not hold" in shown(state, "journal/claims.md")

    follow(journal, story)
    assert tree(journal.render()) == printed


def test_what_the_preview_ran_at_its_start_need_not_run_again(journal: Any) -> None:
    journal.page(BODY)
    follow(journal, lambda state: asyncio.sleep(0))
    said = journal.press("render", "--with", "builtin")
    assert f"kept  {NAME}" in said.out


def test_an_edit_of_prose_does_not_wait_for_the_pages_that_a_module_makes_stale(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other page runs until the test lets it: it reads a pipe."""
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    journal.write("code/awaited.py", "WAITS = False\n")
    journal.page(
        "```{python}\nfrom awaited import WAITS\nprint(WAITS and open('fifo').read())\n```\n",
        "journal/b.qmd",
    )
    journal.page(BODY)
    os.mkfifo(journal.root / "journal/fifo")

    async def story(state: Preview) -> None:
        journal.write("code/awaited.py", "WAITS = True\n")
        await state.changed({"code/awaited.py"})
        journal.page(BODY.replace("Some words", "Other words"))
        await state.changed({NAME})
        assert "Other words" in shown(state)
        assert "False" in shown(state, "journal/b.html")

        def let_it() -> None:
            with open(journal.root / "journal/fifo", "w", encoding="utf-8") as pipe:
                pipe.write("It went on.")

        await asyncio.gather(asyncio.to_thread(let_it), settled(state))
        assert "It went on." in shown(state, "journal/b.html")

    follow(journal, story)


def test_a_run_that_ends_after_the_page_was_edited_again_does_not_print_the_old_page(
    journal: Any,
) -> None:
    journal.page(BODY)

    async def story(state: Preview) -> None:
        old = next(page for page in state.project.published if page.path == NAME)
        journal.page(BODY.replace("Some words", "Other words"))
        await state.changed({NAME})
        await state.refresh(old)  # as it may come in from behind
        assert "Other words" in shown(state)

    follow(journal, story)


def test_only_the_kernels_of_the_pages_edited_last_are_kept(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("press.preview.runs.WARM", 1)
    for name in "ab":
        journal.page("```{python}\nprint(1)\n```\n", f"journal/{name}.qmd")

    async def story(state: Preview) -> None:
        for name in "ab":
            journal.page("```{python}\nprint(2)\n```\n", f"journal/{name}.qmd")
            await state.changed({f"journal/{name}.qmd"})
            await settled(state)
        assert [path for path, session in state.kernels.sessions.items() if session.kernel] == [
            "journal/b.qmd"
        ]

    follow(journal, story)


def test_a_claim_that_gave_no_verdict_is_shown_as_a_printing_would(journal: Any) -> None:
    claims(journal, 2)
    file = journal.root / NAME
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('claim("many"', 'if n > 5: claim("many"'), encoding="utf-8")

    async def story(state: Preview) -> None:
        assert any("the claim 'many' gave no verdict" in line for line in problems(state))
        file.write_text(text, encoding="utf-8")
        await state.changed({NAME})
        await settled(state)
        assert problems(state) == []
        assert "1 holds" in shown(state, "journal/claims.md")

    follow(journal, story)


def test_a_new_page_joins_the_front_page_and_a_removed_one_leaves_it(journal: Any) -> None:
    journal.page("One.\n")

    async def story(state: Preview) -> None:
        other = journal.page("Two.\n", "journal/2025-07-03-b.qmd")
        await state.changed({"journal/2025-07-03-b.qmd"})
        assert "2025-07-03-b.html" in shown(state, "index.html")
        assert "Two." in shown(state, "journal/2025-07-03-b.html")
        other.unlink()
        await state.changed({"journal/2025-07-03-b.qmd"})
        assert "2025-07-03-b.html" not in shown(state, "index.html")
        assert TestClient(app(state)).get("/journal/2025-07-03-b.html").status_code == 404
        assert "journal/2025-07-03-b.html" not in json.loads(state.news.message())["printings"]

    follow(journal, story)


def test_the_sites_own_folder_is_left_alone(journal: Any) -> None:
    journal.page("One.\n")
    follow(journal, lambda state: asyncio.sleep(0))
    assert not journal.site.exists()


def test_a_draft_is_shown_and_called_one_and_is_nowhere_in_a_printing(journal: Any) -> None:
    journal.page(BODY, front="draft: true\n")

    async def story(state: Preview) -> None:
        assert '<span class="computed">20</span>' in shown(state)
        assert "Page journal/2025-07-02-a (draft)" in shown(state, "index.html")
        assert problems(state) == []
        journal.page(BODY.replace("Some words", "Other words"), front="draft: true\n")
        await state.changed({NAME})
        assert "Other words" in shown(state)
        journal.page(BODY)
        await state.changed({NAME})
        assert "(draft)" not in shown(state)
        await settled(state)
        assert "(draft)" not in shown(state, "index.html")
        journal.page(BODY, front="draft: true\n")
        await state.changed({NAME})

    follow(journal, story)
    journal.render()
    assert not (journal.site / "journal/2025-07-02-a.html").exists()
    assert "2025-07-02-a" not in journal.body("index.html")


@pytest.mark.parametrize("css", ["own.css", "assets/own.css", "styles/deep/own.css"])
def test_an_edit_of_a_stylesheet_reaches_the_browser_and_runs_nothing(
    journal: Any, css: str
) -> None:
    config = (journal.root / "_quarto.yml").read_text(encoding="utf-8")
    journal.write(css, "p { color: red }")
    resources = f"output-dir: _site, resources: ['{css.rpartition('/')[0] or css}']"
    resources = resources.replace("['assets']", "['assets/**']").replace(
        "['styles/deep']", "['styles/*/*']"
    )
    journal.write(
        "_quarto.yml",
        f"{config.replace('output-dir: _site', resources)}format: {{html: {{css: {css}}}}}\n",
    )
    journal.page(BODY)

    async def story(state: Preview) -> None:
        href = "journal/2025-07-02-a.html"
        queue: asyncio.Queue[str] = asyncio.Queue()
        state.news.listeners[queue] = href
        before, other, run = (
            state.prints.printings[href],
            state.prints.printings["index.html"],
            state.prints.runs[NAME],
        )
        assert follows(state, str(journal.root / css))
        journal.write(css, "p { color: blue }")
        await state.changed({css})
        assert "blue" in shown(state, css)
        assert (
            json.loads(queue.get_nowait())["printings"][href]
            == state.prints.printings[href]
            != before
        )
        assert state.prints.printings["index.html"] == other and state.prints.runs[NAME] is run

    follow(journal, story)


def test_a_preview_ends_although_a_cell_still_runs(journal: Any) -> None:
    journal.page("Words.\n")

    async def story(state: Preview) -> None:
        journal.page(
            "```{python}\nimport time\nopen('begun', 'w').close()\ntime.sleep(300)\n```\n",
            front="press: {timeout: 300}\n",
        )
        edit = asyncio.create_task(state.changed({NAME}))
        while not (journal.root / "journal/begun").exists():
            await asyncio.sleep(0.05)
        started = time.monotonic()
        edit.cancel()
        await state.close()
        assert time.monotonic() - started < 100

    follow(journal, story)


@pytest.mark.soak
def test_pages_that_nobody_edits_take_no_thread(journal: Any) -> None:
    """Neither while they are printed, nor when many change at once, as by git, nor at the end."""
    paths = [f"journal/2025-07-{number % 28 + 1:02}-p{number}.qmd" for number in range(60)]
    for path in paths:
        journal.page("Words.\n", path)
    before = threading.active_count()
    # of asyncio's own pool, and of the pages edited last
    room = min(32, (os.cpu_count() or 1) + 4) + 2 * WARM

    async def story(state: Preview) -> None:
        assert state.kernels.sessions == {}
        for path in paths:
            journal.page("Other words.\n", path)
        await state.changed(set(paths))
        await settled(state)
        assert all("Other words" in shown(state, path.replace(".qmd", ".html")) for path in paths)
        assert len(state.kernels.sessions) <= WARM and threading.active_count() - before <= room
        for path in paths[30:]:
            (journal.root / path).unlink()
        await state.changed(set(paths[30:]))
        await settled(state)
        await state.close()
        assert state.kernels.sessions == {} and threading.active_count() - before <= room

    follow(journal, story)


def test_only_the_sources_and_what_is_copied_into_the_site_are_watched(journal: Any) -> None:
    watched = """journal/a.qmd index.qmd _quarto.yml code/scratch/text/words.py data/x.txt
        journal/words.toml code/exhibits/assets/exhibits.css styles/own.css styles/deep/own.woff
        assets/own.css""".split()
    others = """journal/.a.qmd.swp journal/a.qmd~ code/x/__pycache__/m.pyc .press/preview/index.html
        _site/index.html .git/index README.md styles/.own.css.swp style.css assets/exhibits.css
        assets/cards/index.png .venv/x.css .press/preview/styles/own.css""".split()
    config = (journal.root / "_quarto.yml").read_text(encoding="utf-8")
    for globs in ('["styles/**", "assets/**"]', '["styles/**", "assets/**", "**/*.css"]'):
        resources = f"output-dir: _site, resources: {globs}"
        journal.write("_quarto.yml", config.replace("output-dir: _site", resources))
        state = Preview(journal.root)
        every = "**/*.css" in globs  # which style.css fits, too
        for path in (*watched, *others):
            wanted = path in watched or (every and path == "style.css")
            assert follows(state, str(journal.root / path)) is wanted, path


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "No such file or directory", NAME),
        ValueError(f"Invalid pattern: {NAME}"),
    ],
)
def test_a_project_that_cannot_be_read_does_not_end_the_watching(
    journal: Any, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """An editor that saves by renaming takes the page away for a moment; Python refuses some globs."""
    journal.page("One.\n")

    async def story(state: Preview) -> None:
        def vanish(root: Path) -> None:
            raise error

        with monkeypatch.context() as patch:
            patch.setattr("press.preview.prints.read_project", vanish)
            await state.changed({NAME})
        assert NAME in problems(state)[0]
        await state.changed({NAME})
        assert problems(state) == []

    follow(journal, story)


def test_a_taken_port_is_said_in_one_line_with_the_remedy(journal: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            PressError, match=f"port {port} cannot be used: .*; name another: press preview --port"
        ):
            asyncio.run(preview(journal.root, port, print))


@pytest.fixture
def address(journal: Any) -> Iterator[str]:
    """A preview of the journal as a process of its own, as the author starts it."""
    filler = "\n\n".join(f"Paragraph {number}." for number in "abcdefghijklmnopqrstuvwxyz" * 4)
    journal.page(BODY + filler)
    process = journal.command("preview", "--port", "0", PYTHONUNBUFFERED="1")
    try:
        said = [process.stdout.readline(), process.stdout.readline()]
        found = re.match(r"(http://localhost:\d+/)", said[1])
        assert found, said
        while not process.stdout.readline().startswith("All pages are ready."):
            assert process.poll() is None
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE / 1000)


@pytest.mark.browser
def test_the_browser_follows_the_author(
    journal: Any, address: str, chromium: str, until: Callable[..., None]
) -> None:
    from playwright.sync_api import expect, sync_playwright

    file = journal.root / NAME
    text = file.read_text(encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 900, "height": 600})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(f"{address}journal/2025-07-02-a.html")
        expect(page.locator("#preview-problems")).to_be_attached()
        page.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
        at = page.evaluate("scrollY")
        assert at > 300
        file.write_text(text.replace("In all", "In sum"), encoding="utf-8")
        expect(page.get_by_text("In sum")).to_be_attached()
        until(page, "at => Math.abs(scrollY - at) < 2", at)
        file.write_text(text.replace("n = 2", "n = 4"), encoding="utf-8")
        expect(page.locator(".computed")).to_have_text("40")
        file.write_text(text.replace("print(n)", "1 / 0"), encoding="utf-8")
        expect(page.locator("#preview-problems")).to_contain_text(
            f"{NAME}:9: the cell raised ZeroDivisionError"
        )
        assert page.locator(".computed").text_content() == "40"  # the page as it last was stays
        file.write_text(text, encoding="utf-8")
        expect(page.locator("#preview-problems")).to_be_hidden()
        expect(page.locator(".computed")).to_have_text("20")
        browser.close()


def test_a_preview_shows_at_once_and_runs_first_what_is_asked_for(journal: Any) -> None:
    """Pages wait for the test, which writes into the pipe that they read."""
    for name in "abc":
        os.makedirs(journal.root / "journal", exist_ok=True)
        os.mkfifo(journal.root / f"journal/{name}")
        journal.page(f"```{{python}}\nprint(open('{name}').read())\n```\n", f"journal/{name}.qmd")
    said: list[str] = []

    def let(name: str) -> None:
        with open(journal.root / f"journal/{name}", "w", encoding="utf-8") as pipe:
            pipe.write(f"It is {name}.")

    async def ready(state: Preview, name: str) -> None:
        end = time.monotonic() + PATIENCE / 1000
        while "did not run yet" in shown(state, f"{name}.html"):
            assert time.monotonic() < end
            await asyncio.sleep(0.02)

    async def live() -> None:
        state = Preview(journal.root, said.append)
        state.jobs, state.room = 1, asyncio.Semaphore(1)
        await state.open()
        assert "did not run yet" in shown(state, "journal/c.html") and not state.behind
        assert "font-family" in shown(state, "press.css")
        begun = asyncio.create_task(state.start())
        await ready(state, "index")  # the front page, before the others
        state.ask("journal/c.html")  # while a runs
        await asyncio.gather(asyncio.to_thread(let, "c"), ready(state, "journal/c"))
        assert "It is c." in shown(state, "journal/c.html")
        assert json.loads(state.news.message())["progress"]["total"] == 4
        await asyncio.gather(*(asyncio.to_thread(let, name) for name in "ab"), begun)
        assert json.loads(state.news.message())["progress"] == {}
        await state.close()

    asyncio.run(live())
    first = [line.partition(",")[0] for line in said[:2]]
    assert first == ["  index.qmd  (1 of 4", "  journal/c.qmd  (2 of 4"] and len(said) == 5
    assert said[4] == "All pages are ready."


def test_status_agrees_with_what_the_preview_ran(journal: Any) -> None:
    claims(journal, 2)

    async def story(state: Preview) -> None:
        said = journal.press("status").out
        assert "stale" not in said and said.count("fresh") == 3, said
        claims(journal, 7)
        await state.changed({NAME})
        await settled(state)
        said = journal.press("status").out
        assert f"stale  {NAME}: " in said  # a printing runs it once more, in a fresh kernel

    follow(journal, story)


def test_a_table_in_any_folder_that_a_page_reads_is_followed(journal: Any) -> None:
    table = journal.write("tables/deep/t.csv", "first")
    journal.page("```{python}\nprint(open('../tables/deep/t.csv').read())\n```\n")

    async def story(state: Preview) -> None:
        assert follows(state, str(table))
        table.write_text("second")
        await state.changed({"tables/deep/t.csv"})
        await settled(state)
        assert "second" in shown(state)

    follow(journal, story)
