"""`press preview` serves its own copy of the site on this machine and follows the author's edits."""

import asyncio
import json
import os
import re
import socket
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from press.preview import Preview, preview
from press.problems import PressError

NAME = "journal/2025-07-02-a.qmd"
BODY = """
Some words.

```{python}
n = 2
print(n)
```

In all `{python} n * 10`.
"""
PATIENCE = 60_000  # milliseconds that a slow machine is given; nothing waits for it to pass


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


def problems(state: Preview) -> list[str]:
    return list(json.loads(state.message())["problems"])


def test_pages_files_the_404_page_and_the_script_are_served(journal: Any) -> None:
    journal.page("Plain words.\n")

    async def story(state: Preview) -> None:
        client = TestClient(state.app())
        page = client.get("/journal/2025-07-02-a.html")
        assert page.status_code == 200 and "Plain words." in page.text
        assert page.headers["cache-control"] == "no-store"
        script = re.search(
            r'<script defer src="(/_preview/preview.js)" data-page="([^"]+)" data-mark="([^"]+)">', page.text
        )
        assert script and script[2] == "journal/2025-07-02-a.html"
        assert json.loads(state.message())["printings"][script[2]] == script[3]
        assert "EventSource" in client.get(script[1]).text
        assert client.get("/").text == client.get("/index.html").text
        assert client.get("/press.css").headers["content-type"].startswith("text/css")
        missing = client.get("/journal/nothing.html")
        assert missing.status_code == 404 and "Nothing stands under this address" in missing.text

    follow(journal, story)


@pytest.mark.parametrize("path", ["/../_quarto.yml", "/%2e%2e/_quarto.yml", "/..%2f..%2f_quarto.yml", "//etc/passwd"])
def test_nothing_outside_the_site_is_served(journal: Any, path: str) -> None:
    async def story(state: Preview) -> None:
        answer = TestClient(state.app()).get(path)
        assert answer.status_code == 404
        assert "output-dir" not in answer.text and "root:" not in answer.text

    follow(journal, story)


def test_edits_of_prose_cells_modules_and_data_reach_the_page(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(journal.root / "code"))
    journal.write("code/followed.py", "N = 2\n")
    journal.write("data/one.txt", "first")
    body = BODY.replace("n = 2\n", 'from followed import N as n\ntext = open("../data/one.txt").read()\nprint(text)\n')
    journal.page(body)

    async def story(state: Preview) -> None:
        assert '<span class="computed">20</span>' in shown(state) and "first" in shown(state)
        assert problems(state) == []
        mark = state.mark("journal/2025-07-02-a.html")
        journal.page(body.replace("Some words", "Other words"))
        await state.changed({NAME})
        assert "Other words" in shown(state)
        assert state.mark("journal/2025-07-02-a.html") != mark
        assert state.sessions[NAME].kernel is None  # nothing had to run again; but it may be a cell's turn next
        await state.settled()
        assert len(state.sessions[NAME].kernel.times) == 2
        journal.page(body.replace("print(n)", "print(n + 5)"))
        await state.changed({NAME})
        assert "7</code>" in shown(state)
        assert len(state.sessions[NAME].kernel.times) == 4
        journal.write("code/followed.py", "N = 300\n")
        await state.changed({"code/followed.py"})
        await state.settled()
        assert '<span class="computed">3000</span>' in shown(state)
        journal.write("data/one.txt", "second")
        await state.changed({"data/one.txt"})
        await state.settled()
        assert "second" in shown(state) and "first" not in shown(state)

    follow(journal, story)


def test_an_error_keeps_the_page_and_names_file_and_line_until_it_is_mended(journal: Any) -> None:
    journal.page(BODY)

    async def story(state: Preview) -> None:
        queue: asyncio.Queue[str] = asyncio.Queue()
        state.listeners[queue] = ""
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


def test_a_page_that_failed_from_the_start_has_a_place_and_appears_when_mended(journal: Any) -> None:
    journal.page("```{python}\n1 / 0\n```\n")

    async def story(state: Preview) -> None:
        assert "did not run yet" in shown(state)
        assert "2025-07-02-a.qmd:6" in problems(state)[0]
        journal.page("```{python}\n1 / 1\n```\n")
        await state.changed({NAME})
        assert "1.0" in shown(state)

    follow(journal, story)


def test_a_typed_number_and_a_claim_without_a_verdict_are_shown_as_a_printing_would(journal: Any) -> None:
    journal.page(BODY.replace("Some words", "Some 20 words"))

    async def story(state: Preview) -> None:
        assert "the number 20 is typed here" in problems(state)[0]

    follow(journal, story)


def claims(journal: Any, limit: int) -> None:
    journal.write("journal/claims.toml", '[many]\ndate = 2025-07-02\nclaim = "Many."\nkind = "exact"\n')
    body = f"""
    ```{{python}}
    from exhibits import claim
    from scratch import load_text
    n = 3
    claim("many", n > {limit}, value=n)
    ```
    """
    journal.page(body)
    verdicts = "```{python}\nfrom exhibits import verdicts\nverdicts()\n```\n"
    journal.page(verdicts, "journal/claims.qmd", "press: {gathers: true}\n")


def test_the_page_of_claims_follows_an_edit_and_what_is_printed_does_not(journal: Any, tree: Any) -> None:
    """The preview keeps the verdicts of its runs to itself, and `press render` its own."""
    claims(journal, 2)
    printed = tree(journal.render())

    async def story(state: Preview) -> None:
        assert "1 holds" in shown(state, "journal/claims.html")
        claims(journal, 7)
        await state.changed({NAME})
        await state.settled()
        assert "1 does not hold" in shown(state, "journal/claims.html")
        claims(journal, 2)  # the author changes his mind, and prints while the preview is open
        assert tree(await asyncio.to_thread(journal.render)) == printed
        assert "1 does not hold" in shown(state, "journal/claims.html")

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
    journal.page("```{python}\nfrom awaited import WAITS\nprint(WAITS and open('fifo').read())\n```\n", "journal/b.qmd")
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

        await asyncio.gather(asyncio.to_thread(let_it), state.settled())
        assert "It went on." in shown(state, "journal/b.html")

    follow(journal, story)


def test_a_run_that_ends_after_the_page_was_edited_again_does_not_print_the_old_page(journal: Any) -> None:
    journal.page(BODY)

    async def story(state: Preview) -> None:
        old = next(page for page in state.project.published if page.path == NAME)
        journal.page(BODY.replace("Some words", "Other words"))
        await state.changed({NAME})
        await state.refresh(old)  # as it may come in from behind
        assert "Other words" in shown(state)

    follow(journal, story)


def test_only_the_kernels_of_the_pages_edited_last_are_kept(journal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("press.preview.WARM", 1)
    for name in "ab":
        journal.page("```{python}\nprint(1)\n```\n", f"journal/{name}.qmd")

    async def story(state: Preview) -> None:
        for name in "ab":
            journal.page("```{python}\nprint(2)\n```\n", f"journal/{name}.qmd")
            await state.changed({f"journal/{name}.qmd"})
            await state.settled()
        assert [path for path, session in state.sessions.items() if session.kernel] == ["journal/b.qmd"]

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
        await state.settled()
        assert problems(state) == []
        assert "1 holds" in shown(state, "journal/claims.html")

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
        assert TestClient(state.app()).get("/journal/2025-07-03-b.html").status_code == 404
        assert "journal/2025-07-03-b.html" not in json.loads(state.message())["printings"]

    follow(journal, story)


def test_the_sites_own_folder_is_left_alone(journal: Any) -> None:
    journal.page("One.\n")
    follow(journal, lambda state: asyncio.sleep(0))
    assert not journal.site.exists()


@pytest.mark.parametrize(
    ("path", "watched"),
    [
        ("journal/a.qmd", True), ("index.qmd", True), ("_quarto.yml", True), ("code/scratch/words.py", True),
        ("data/x.txt", True), ("journal/claims.toml", True), ("code/exhibits/assets/exhibits.css", True),
        ("journal/.a.qmd.swp", False), ("journal/a.qmd~", False), ("code/x/__pycache__/m.pyc", False),
        (".press/preview/index.html", False), ("_site/index.html", False), (".git/index", False), ("README.md", False),
    ],
)  # fmt: skip
def test_only_the_sources_are_watched(journal: Any, path: str, watched: bool) -> None:
    state = Preview(journal.root)
    assert state._watched(None, str(journal.root / path)) is watched


def test_a_file_that_goes_away_while_it_is_read_does_not_end_the_watching(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor that saves by renaming takes the page away for a moment."""
    journal.page("One.\n")

    async def story(state: Preview) -> None:
        def vanish(root: Path) -> None:
            raise FileNotFoundError(2, "No such file or directory", NAME)

        with monkeypatch.context() as patch:
            patch.setattr("press.preview.read_project", vanish)
            await state.changed({NAME})
        assert NAME in problems(state)[0]
        await state.changed({NAME})
        assert problems(state) == []

    follow(journal, story)


def test_a_taken_port_is_said_in_one_line_with_the_remedy(journal: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PressError, match=f"port {port} cannot be used: .*; name another: press preview --port"):
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
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.mark.browser
def test_the_browser_follows_the_author(journal: Any, address: str, chromium: str, until: Callable[..., None]) -> None:
    from playwright.sync_api import expect, sync_playwright

    file = journal.root / NAME
    text = file.read_text(encoding="utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
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
        expect(page.locator("#preview-problems")).to_contain_text(f"{NAME}:9: the cell raised ZeroDivisionError")
        assert page.locator(".computed").text_content() == "40"  # the page as it last was stays
        file.write_text(text, encoding="utf-8")
        expect(page.locator("#preview-problems")).to_be_hidden()
        expect(page.locator(".computed")).to_have_text("20")
        browser.close()
