"""The tests of the site know which printer made it, and skip what only the other one has."""

from pathlib import Path

import pytest
from printers import SELECTORS, printer_of

QUARTO = '<head><meta name="generator" content="quarto-1.7.34"><link href="site_libs/x.css"></head>'
BUILTIN = '<head><link rel="stylesheet" href="press.css"></head>'


@pytest.mark.parametrize(("page", "printer"), [(QUARTO, "quarto"), (BUILTIN, "builtin")])
def test_a_site_tells_its_printer(tmp_path: Path, page: str, printer: str) -> None:
    (tmp_path / "index.html").write_text(page)
    assert printer_of(tmp_path) == printer and printer in SELECTORS


def test_a_site_of_a_third_printer_is_refused(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<head></head>")
    with pytest.raises(ValueError, match="neither Quarto nor the built-in printer"):
        printer_of(tmp_path)


ONE_OF_EACH = """
import pytest

@pytest.mark.printer("builtin", "of the one")
def test_builtin(): pass

@pytest.mark.printer("quarto", "of the other")
def test_quarto(): pass

def test_both(): pass
"""


@pytest.mark.parametrize(("page", "other"), [(QUARTO, "builtin"), (BUILTIN, "quarto")])
def test_what_only_the_other_printer_has_is_skipped_by_name(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, page: str, other: str
) -> None:
    (pytester.path / "index.html").write_text(page)
    monkeypatch.setenv("JOURNAL_SITE", str(pytester.path))
    pytester.makeconftest((Path(__file__).parent / "conftest.py").read_text(encoding="utf-8"))
    pytester.makepyfile(ONE_OF_EACH)
    done = pytester.runpytest_inprocess("-rs", "--import-mode=importlib")
    done.assert_outcomes(passed=2, skipped=1)
    done.stdout.fnmatch_lines([f"*only of the {other} printer: of the *"])
