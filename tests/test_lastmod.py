"""The days in the sitemap: those of git, or of the file where that is newer, or none; never a wrong
one.
"""

import datetime
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from press.publish.feeds import last_changes

DAY = datetime.date


def git(root: Path, *arguments: str, day: str = "2025-07-10") -> None:
    if not shutil.which("git"):
        pytest.skip("there is no git here")
    moment = f"{day}T12:00:00+00:00"
    who = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@b"), ("DATE", moment))
    }
    environment = {
        **os.environ,
        **who,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }
    subprocess.run(["git", *arguments], cwd=root, env=environment, check=True, capture_output=True)


def commit(root: Path, day: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-qm", "A day", day=day)


@pytest.fixture
def kept(journal: Any) -> Any:
    """A journal in git: two entries of one commit, the second changed in a later one."""
    git(journal.root, "init", "-q", "-b", "main")
    journal.page("Text.", "journal/2025-07-02-a.qmd")
    journal.page("Text.", "journal/2025-07-03-größe.qmd")
    journal.page("Text.", "journal/about.qmd")
    commit(journal.root, "2025-07-11")
    journal.page("More text.", "journal/2025-07-03-größe.qmd")
    commit(journal.root, "2025-07-12")
    return journal


def days(journal: Any) -> dict[str, DAY]:
    return last_changes(journal.root, journal.project().published)


def test_a_page_has_the_day_of_its_newest_commit_and_the_front_page_that_of_its_newest_entry(
    kept: Any,
) -> None:
    assert days(kept) == {
        "index.qmd": DAY(2025, 7, 12),
        "journal/2025-07-02-a.qmd": DAY(2025, 7, 11),
        "journal/2025-07-03-größe.qmd": DAY(2025, 7, 12),
        "journal/about.qmd": DAY(2025, 7, 11),
    }


def test_an_edit_that_is_not_committed_has_the_day_of_the_file(kept: Any) -> None:
    file = kept.page("Edited.", "journal/about.qmd")
    new = kept.page("New.", "journal/new.qmd")
    for edited, day in ((file, 20), (new, 21)):
        moment = datetime.datetime(2025, 7, day, tzinfo=datetime.UTC).timestamp()
        os.utime(edited, (moment, moment))
    found = days(kept)
    assert (found["journal/about.qmd"], found["journal/new.qmd"]) == (
        DAY(2025, 7, 20),
        DAY(2025, 7, 21),
    )
    assert found["journal/2025-07-02-a.qmd"] == DAY(2025, 7, 11)


def test_a_file_that_is_only_touched_did_not_change(kept: Any) -> None:
    os.utime(kept.root / "journal/about.qmd")
    assert days(kept)["journal/about.qmd"] == DAY(2025, 7, 11)


def test_what_a_merge_brought_has_the_day_of_the_merge(kept: Any) -> None:
    git(kept.root, "checkout", "-qb", "side")
    kept.page("Of the side.", "journal/about.qmd")
    commit(kept.root, "2025-07-13")
    git(kept.root, "checkout", "-q", "main")
    git(kept.root, "merge", "-q", "--no-ff", "-m", "Merge", "side", day="2025-07-14")
    assert days(kept)["journal/about.qmd"] == DAY(2025, 7, 14)


def test_a_journal_in_a_folder_of_a_repository_is_found_there(
    tmp_path: Path, journal_in: Any
) -> None:
    journal = journal_in(tmp_path)
    git(tmp_path, "init", "-q")
    journal.page("Text.", "journal/about.qmd")
    commit(tmp_path, "2025-07-11")
    assert days(journal)["journal/about.qmd"] == DAY(2025, 7, 11)
    edited = journal.page("Edited.", "journal/about.qmd")
    os.utime(edited, (0, 0))
    assert days(journal)["journal/about.qmd"] == DAY(1970, 1, 1)


def test_without_git_an_entry_has_its_own_day_and_another_page_none(journal: Any) -> None:
    journal.page("Text.", "journal/2025-07-02-a.qmd")
    journal.page("Text.", "journal/about.qmd")
    assert days(journal) == {"journal/2025-07-02-a.qmd": DAY(2025, 7, 2)}


def test_a_shallow_clone_says_nothing_of_what_it_does_not_reach(kept: Any, tmp_path: Path) -> None:
    """Its last commit seems to add every file, on its own day."""
    git(tmp_path, "clone", "-q", "--depth", "1", kept.root.as_uri(), "clone")
    assert last_changes(tmp_path / "clone", kept.project().published) == {
        "journal/2025-07-02-a.qmd": DAY(2025, 7, 2),
        "journal/2025-07-03-größe.qmd": DAY(2025, 7, 3),
    }


def test_the_number_of_calls_of_git_does_not_grow_with_the_pages(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        kept.page("Text.", f"journal/page-{number}.qmd")
    pages, run, calls = kept.project().published, subprocess.run, []
    monkeypatch.setattr(
        subprocess, "run", lambda *given, **more: calls.append(given) or run(*given, **more)
    )
    last_changes(kept.root, pages)
    assert len(calls) == 3


def test_the_sitemap_carries_these_days(kept: Any) -> None:
    text = (kept.render() / "sitemap.xml").read_text(encoding="utf-8")
    assert (
        "<loc>https://journal.example/small/journal/2025-07-02-a.html</loc>\n   "
        " <lastmod>2025-07-11</lastmod>" in text
    )
