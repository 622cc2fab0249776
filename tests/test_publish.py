"""`press publish` puts the site on a branch of a remote, and leaves the author's repository alone."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """git has no settings of a user or a machine, so no user.name either."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=A", "-c", "user.email=a@b", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def remote(journal: Any, tmp_path: Path) -> Path:
    """The journal is a repository with one commit, and `origin` a bare one on this disk."""
    journal.page("Words.\n")
    journal.write(".gitignore", "_site/\n.press/\nassets/\n*.xml\n")
    journal.write(".gitattributes", "* text eol=crlf\n")
    git(journal.root, "init", "--quiet", "-b", "main")
    git(journal.root, "add", "-A")
    git(journal.root, "commit", "--quiet", "-m", "first")
    bare = tmp_path / "a bare.git"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    git(journal.root, "remote", "add", "origin", "../a bare.git")
    return bare


def repository(root: Path) -> dict[str, bytes]:
    """Every file of the author's repository, and of its working tree that git follows."""
    followed = git(root, "ls-files").split()
    files = [file for file in (root / ".git").rglob("*") if file.is_file()]
    return {str(file): file.read_bytes() for file in [*files, *(root / name for name in followed)]}


def test_the_site_goes_to_the_branch_byte_for_byte_and_keeps_its_history(
    journal: Any, remote: Path, tree: Any
) -> None:
    before = repository(journal.root)
    said = journal.press("publish", "--remote", "origin")
    assert said.status == 0, said.err
    assert "gh-pages of origin would get " in said.out and "Nothing is pushed" in said.out
    assert git(remote, "for-each-ref") == ""
    said = journal.press("publish", "--remote", "origin", "--push")
    assert said.status == 0 and "gh-pages of origin has now " in said.out, said.err
    site = tree(journal.site)
    assert (
        f" {len(site)} files, {sum(map(len, site.values())):,} bytes; {len(site)} differ"
        in said.out
    )
    assert before == repository(journal.root)
    checked = remote.parent / "checked"
    git(remote.parent, "clone", "--quiet", "-b", "gh-pages", str(remote), str(checked))
    assert {
        name: data for name, data in tree(checked).items() if not name.startswith(".git/")
    } == site
    assert ".nojekyll" in site and "index.xml" in site
    author = git(checked, "log", "-1", "--format=%an <%ae> %s").strip()
    assert author.startswith("journal <journal@localhost> Publish the site of ")
    # again: nothing to do
    said = journal.press("publish", "--remote", "origin", "--push")
    assert said.status == 0 and "gh-pages of origin has this site already: " in said.out
    # a site that is older than its sources is built; what is on the branch alone goes, but CNAME
    for name in ("CNAME", "old.html"):
        (checked / name).write_text("my.domain\n")
    git(checked, "add", "-A")
    git(checked, "commit", "--quiet", "-m", "by hand")
    git(checked, "push", "--quiet")
    journal.page("Other words.\n")
    said = journal.press("publish", "--remote", str(remote), "--push", "--dirty")
    assert said.status == 0, said.err
    git(checked, "pull", "--quiet")
    assert "Other words." in (checked / "journal/2025-07-02-a.html").read_text()
    assert (checked / "CNAME").read_text() == "my.domain\n" and not (checked / "old.html").exists()
    assert git(checked, "rev-list", "--count", "HEAD").strip() == "3"


def test_a_dirty_tree_is_refused_unless_told(journal: Any, remote: Path) -> None:
    journal.page("Other words.\n")
    journal.write("new.txt", "x")
    said = journal.press("publish", "--remote", "origin", "--push")
    assert said.status == 1 and not journal.site.exists() and git(remote, "for-each-ref") == ""
    assert said.err == (
        "publish: no commit has what you changed (journal/2025-07-02-a.qmd and 1 more);"
        " commit it, or give --dirty\n"
    )


def test_a_site_that_cannot_be_built_is_not_pushed(journal: Any, remote: Path) -> None:
    journal.page("[x](nowhere.qmd)\n")
    said = journal.press("publish", "--remote", "origin", "--push", "--dirty")
    assert said.status == 1 and "nowhere" in said.err and git(remote, "for-each-ref") == ""


@pytest.mark.parametrize(
    "arguments, what",
    [
        ((), "publish: no remote is named; give --remote NAME or an address; yours: origin"),
        (("--remote", "--upload-pack=x"), "publish: '--upload-pack=x' is no remote"),
        (
            ("--remote", "origin", "--branch", "a..b"),
            "publish: 'a..b' is no name of a branch; mend it",
        ),
        (("--remote", "nobody"), "does not appear to be a git repository; mend the address"),
        (("--remote", "/no/such.git"), "does not appear to be a git repository; mend the address"),
    ],
)
def test_what_cannot_be_pushed_to_is_said_in_one_line(
    journal: Any, remote: Path, arguments: tuple[str, ...], what: str
) -> None:
    said = journal.press("publish", *arguments)
    assert said.status == 1 and what in said.err and len(said.err.splitlines()) == 1, said.err


def test_a_remote_that_refuses_is_said_in_one_line(journal: Any, remote: Path) -> None:
    hook = remote / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    said = journal.press("publish", "--remote", "origin", "--push")
    assert said.status == 1 and len(said.err.splitlines()) == 1
    assert "publish: origin: [remote rejected]" in said.err and "hook declined" in said.err


def test_a_push_that_someone_was_ahead_of_names_the_remedy(
    journal: Any, remote: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from press.publish.site_branch import SiteBranch

    push = SiteBranch.push

    def late(self: SiteBranch, commit: Any) -> None:
        blank = git(remote, "commit-tree", "-m", "theirs", git(remote, "mktree").strip()).strip()
        git(remote, "update-ref", "refs/heads/gh-pages", blank)
        push(self, commit)

    monkeypatch.setattr(SiteBranch, "push", late)
    said = journal.press("publish", "--remote", "origin", "--push")
    assert said.status == 1 and len(said.err.splitlines()) == 1
    assert "someone else pushed meanwhile: publish again" in said.err


def test_without_git_or_a_repository_it_is_said(
    journal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = journal.press("publish", "--remote", "origin")
    assert (
        said.status == 1 and "the journal is in no git repository; make one: git init" in said.err
    )
    monkeypatch.setenv("PATH", "/nowhere")
    said = journal.press("publish", "--remote", "origin")
    assert said.err == "git: is not installed; install git\n"
