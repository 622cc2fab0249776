"""Define the commands that change pages: `press new`, `press note`, `press import`, `press remove`.

What an author types as a note is held in a file until a page has it: no fault loses a word.
"""

import contextlib
import datetime
import os
import shlex
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import click

from press.base.errors import PressError, Problem
from press.base.files import read_utf8, write_atomically
from press.cli.options import command, is_terminal, says_what_is_wrong, select
from press.cli.render import render
from press.source.project import read_project
from press.source.quarto_yml import find_root, read_config

TYPED = "typed"  # the folder in .press
HINT = "<!-- One bullet a line, then save and close. Without a bullet nothing is written. -->"
BLANK = f"- \n\n{HINT}\n"
PRINT = click.option("--print", "prints", is_flag=True, help="Then print it into the site.")


@command
@click.argument("title")
@click.option("--date", type=click.DateTime(["%Y-%m-%d"]), help="Day of the entry; default today.")
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Entry whose categories and loading of the text it takes.",
)
def new(title: str, date: datetime.datetime | None, source: Path | None) -> None:
    """Begin an entry: a dated page that runs at once, with a claim.

    Its placeholders are yours to replace: no site is printed with them.

    Example: press new "Attention at last" --date 2025-07-08
    """
    from press.authoring.new_entry import new_entry

    project = read_project(find_root())
    day = date.date() if date else datetime.date.today()
    model = select(project, (source,))[0] if source else None
    click.echo(new_entry(project, title, day, model).relative_to(project.root))
    click.echo("Next: make preview, and write.")


@command
@click.argument("title", default="")
@click.option("--date", help="Day of the note, as 2025-07-05 or 5 July 2025; default today.")
@click.option("--bullet", "-b", "bullets", multiple=True, help="A line of the note; repeat it.")
@PRINT
def note(title: str, date: str | None, bullets: tuple[str, ...], prints: bool) -> None:
    """Write bullets down: a dated page without code, or more lines for the one of that title.

    Without --bullet they come from standard input, or from the editor that EDITOR names. Without
    TITLE the note is called by its day.

    Example: press note "More cool stuff" -b "Attention is a weighted mean."
    """
    from press.authoring.bullets import MARK, read_bullets
    from press.authoring.notes import write_note

    root = find_root()
    work, day = read_config(root).work, _day(date)
    typed = None
    if bullets:
        marked = (one if MARK.match(one) else f"- {one}" for one in bullets)
        typed = "\n".join(marked).encode(errors="surrogateescape")
    elif not is_terminal():
        typed = sys.stdin.buffer.read()
    with buffer(work, typed) as file:
        if typed is None:
            edit(file)
        text = read_utf8(file, os.path.relpath(file)).replace(HINT, "")
        done = write_note(root, day, " ".join(title.split()), read_bullets(text))
    click.echo(f"{done.path} {'has them' if done.word == 'added' else 'is written'}")
    if day > datetime.date.today():
        click.echo(f"Its day is still to come: {day}.")
    for other in [os.path.relpath(one) for one in sorted((work / TYPED).glob("*.md"))]:
        click.echo(f"{other} has what you typed earlier, for no page yet: press note ... < {other}")
    _print(prints)


@click.command("import")
@click.argument("log", type=click.Path(path_type=Path))
@PRINT
@says_what_is_wrong
def import_log(log: Path, prints: bool) -> None:
    """Turn a log into dated pages: headings such as ### 05-Jul-2025 ###, and bullets.

    Again, when the log has grown, it adds what is new. A page that you edited stays as it is.

    Example: press import LOG.md
    """
    from press.authoring.log import read_log
    from press.authoring.notes import import_summary, write_log

    root = find_root()
    if not log.is_file():
        raise PressError.at(
            str(log), 0, "there is no such log", "give its path: press import LOG.md"
        )
    days, outside = read_log(read_utf8(log, str(log)).removeprefix("\ufeff"), str(log))
    for line in import_summary(write_log(root, days)):
        click.echo(line)
    for problem in outside:
        click.echo(problem)
    _print(prints)


@command
@click.argument("entry", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
def remove(entry: Path, yes: bool) -> None:
    """Take an entry out of the journal, with all that press made of it.

    The links to it are named, and it asks. The page is moved into .press/removed/, and can be moved
    back until `make clean`.

    Example: press remove journal/2025-07-08-attention-at-last.qmd
    """
    from press.cli.remove_entry import plan_removal, take_away
    from press.publish.atomic_publish import lock

    config = read_config(find_root())
    removal = plan_removal(config, entry)
    for link in removal.links:
        click.echo(str(link))
    if removal.links:
        click.echo("Take these links away, too: no site is printed with a link to nowhere.")
    if not yes:
        click.confirm(f"Remove {removal.path}?", abort=True)
    with lock(config.work):
        folder = take_away(config, plan_removal(config, entry))
    page = folder / Path(removal.path).name
    click.echo(f"removed  {removal.path}; it is in {page.relative_to(config.root)}")


def _print(asked: bool) -> None:
    """Print the site, unless other pages have to run first: a note is there in seconds, or waits.

    asked: whether to print at all.
    """
    stale = _stale() if asked else []
    if asked and not stale:
        click.get_current_context().invoke(render)
    elif stale:
        pages = f"{len(stale)} other pages have" if len(stale) > 1 else f"{stale[0]} has"
        click.echo(f"Not printed: {pages} to run first (press status). With all of them: make site")
    else:
        click.echo("In the site with the next: make site")


def _stale() -> list[str]:
    """Return the pages whose cells would run."""
    from press.execute.run_cache import Cache

    project = read_project(find_root())
    cache = Cache(project.config, still=True)
    own = [page for page in project.published if page.cells and not page.gathers]
    return [page.path for page in own if cache.why_stale(page)]


def _day(text: str | None) -> datetime.date:
    """Return the day of an option, or today. Raises: PressError for what is no date."""
    from press.authoring.log import REMEDY, read_date

    if not text:
        return datetime.date.today()
    try:
        date = read_date(text.strip())
    except ValueError as error:
        raise PressError.at("--date", 0, str(error), REMEDY) from None
    if date is None or date[1]:
        raise PressError.at("--date", 0, f"{text!r} is no date", REMEDY)
    return date[0]


@contextlib.contextmanager
def buffer(work: Path, typed: bytes | None) -> Iterator[Path]:
    """Yield a file with what was typed, or for an editor; it goes when the block ends well.

    Raises: PressError as the block does, and with the file's name if there is a word in it.
    """
    now = datetime.datetime.now()
    file = work / TYPED / f"{now:%Y-%m-%d-%H%M%S}-{uuid.uuid4().hex[:6]}.md"
    write_atomically(file, BLANK if typed is None else typed)
    name = os.path.relpath(file)
    try:
        yield file
    except (PressError, OSError, KeyboardInterrupt) as error:
        problems = [Problem("note", 0, str(error) or "interrupted")]
        problems = error.problems if isinstance(error, PressError) else problems
        if file.read_bytes().strip() in (b"", BLANK.strip().encode()):
            file.unlink()
        else:
            remedy = f"mend it, then: press note ... < {name}"
            problems = [*problems, Problem(name, 0, "this file has what you typed", remedy)]
        raise PressError(problems) from None
    file.unlink()


def edit(file: Path) -> None:
    """Let the author edit a file in $VISUAL or $EDITOR.

    Raises: PressError if neither is set, or the editor fails.
    """
    command = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    ways = 'set EDITOR=nano, or give bullets: -b "More cool stuff.", or on standard input'
    if not command.strip():
        raise PressError.at("EDITOR", 0, "no editor is named", ways)
    try:
        status = subprocess.run([*shlex.split(command), str(file)]).returncode
    except (OSError, ValueError) as error:
        raise PressError.at("EDITOR", 0, f"{command!r} does not start: {error}", ways) from None
    if status:
        raise PressError.at("EDITOR", 0, f"{command!r} ended with status {status}", ways)
