"""The built site on this machine, as the server that publishes it shows it."""

import http.client
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

Ask = Callable[..., tuple[int, str, str]]  # status, body, where it leads


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of three pages."""
    for name in ("index.html", "404.html", "small/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name, encoding="utf-8")
    return tmp_path


@pytest.fixture
def below(site: Path, serving: Any) -> Iterator[Callable[[str], Ask]]:
    """Serve the site below a path; what asks it."""
    opened = []

    def serve(base: str) -> Ask:
        service = serving(site, base)
        address = urlsplit(service.__enter__()).netloc
        opened.append(service)

        def ask(path: str, host: str = "localhost") -> tuple[int, str, str]:
            connection = http.client.HTTPConnection(address, timeout=10)
            connection.request("GET", path, headers={"Host": host})
            answer = connection.getresponse()
            said = (
                answer.status,
                answer.read().decode(),
                urlsplit(answer.headers.get("Location", "")).path,
            )
            connection.close()
            return said

        return ask

    yield serve
    for service in opened:
        service.__exit__(None, None, None)


@pytest.mark.parametrize("base", ["/small/", "/a/b/", "/gr%C3%B6%C3%9Fe/", "/a%20b/"])
def test_the_site_stands_below_the_path_of_its_address_and_nowhere_else(
    below: Callable[[str], Ask], base: str
) -> None:
    ask = below(base)
    assert ask(base) == ask(f"{base}index.html?a=/") == (200, "index.html", "")
    assert ask(f"{base}small/")[:2] == (200, "small/index.html")
    assert ask(f"{base}small") == (307, "", f"{base}small/")
    assert ask("/") == ask(base.rstrip("/")) == (307, "", base)
    for elsewhere in (
        "/index.html",
        f"{base}{base[1:]}none",
        f"{base}../x",
        f"/x{base}",
        "/404.html",
    ):
        assert ask(elsewhere)[:2] == (404, "404.html")


def test_a_site_of_a_whole_host_stands_at_its_root(below: Callable[[str], Ask]) -> None:
    ask = below("/")
    assert ask("/") == ask("/index.html") == (200, "index.html", "")
    assert ask("/small/")[1] == "small/index.html"
    assert ask("/none")[:2] == ask("/a%00b")[:2] == (404, "404.html")


@pytest.mark.parametrize("host", ["journal.example", "localhost.example:8000", "[", ""])
def test_a_name_of_another_host_is_refused(below: Callable[[str], Ask], host: str) -> None:
    ask = below("/")
    assert ask("/", "127.0.0.1:8000")[0] == ask("/", "localhost")[0] == 200
    assert ask("/", host)[0] == 400 and ask("/", host)[1] != "index.html"


def test_the_command_serves_below_the_path_of_the_site_url(journal: Any) -> None:
    journal.write("_site/index.html", "the front page")
    process = journal.command("serve", "--port", "0", PYTHONUNBUFFERED="1")
    try:
        address = process.stdout.readline().split()[0]
        assert address.endswith("/small/")
        with urllib.request.urlopen(
            address.replace("localhost", "127.0.0.1"), timeout=10
        ) as answer:
            assert answer.read() == b"the front page"
    finally:
        process.kill()
        process.communicate()
