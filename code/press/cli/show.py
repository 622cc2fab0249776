"""Define the commands that show the journal: `press serve`, `press preview`, and `press publish`,
which pushes the site to a branch of a remote.
"""

import contextlib

import click

from press.base.errors import PressError
from press.cli.look import check
from press.cli.options import PORT, PRINTER, command
from press.cli.render import render
from press.source.quarto_yml import find_root, read_config


@command
@PORT
def serve(port: int) -> None:
    """Show the built site on this machine, below the path of its site-url.

    Example: press serve --port 8001
    """
    from press.publish.static_server import listen, server, site_app

    config = read_config(find_root())
    app = site_app(config.output, config.base_path)
    with listen(port, "serve") as listener, contextlib.suppress(KeyboardInterrupt):
        address = f"http://localhost:{listener.getsockname()[1]}{config.base_path}"
        click.echo(f"{address}   (stop with Ctrl+C)")
        server(app).run(sockets=[listener])


@command
@PORT
def preview(port: int) -> None:
    """Show the journal on this machine and follow every edit; only changed cells are run again.

    Example: press preview --port 8002
    """
    import asyncio

    from press.preview.server import preview as follow

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(follow(find_root(), port, click.echo))


@command
@click.option(
    "--remote", default="", help="Name or address of the repository; there is no default."
)
@click.option("--branch", default="gh-pages", show_default=True, help="Branch that holds the site.")
@click.option("--push", is_flag=True, help="Push it; without, it is only said what would be.")
@click.option("--dirty", is_flag=True, help="Even with changes that no commit has.")
@PRINTER
def publish(remote: str, branch: str, push: bool, dirty: bool, printer: str) -> None:
    """Build the site, check it, and push it to a branch that a host of pages serves.

    Your own files, branches and index stay as they are.

    Example: press publish --remote origin --push
    """
    from press.publish.atomic_publish import lock
    from press.publish.site_branch import SiteBranch

    config = read_config(find_root())
    target = SiteBranch(config.root, config.work, remote, branch)
    if not dirty and (changed := target.dirt()):
        more = f" and {len(changed) - 1} more" if changed[1:] else ""
        what = f"no commit has what you changed ({changed[0]}{more})"
        raise PressError.at("publish", 0, what, "commit it, or give --dirty")
    if config.site_url.endswith(".example/"):
        click.echo(f"note  site-url is {config.site_url}: put the site's address into _quarto.yml")
    context = click.get_current_context()
    context.invoke(check)
    context.invoke(render, printer=printer)
    state = target.head() or "no commit"
    with lock(config.work):
        commit = target.commit(config.output.resolve(), f"Publish the site of {state}")
        where = f"{branch} of {remote}"
        if commit.parent and not commit.changed:
            click.echo(f"{where} has this site already: {commit.parent[:10]}")
            return
        size = f"{commit.files:,} files, {commit.bytes:,} bytes"
        about = f"{commit.id[:10]} of {state}: {size}; {commit.changed:,} differ from the branch"
        if push:
            target.push(commit)
        click.echo(f"{where} has now" if push else f"{where} would get", nl=False)
    click.echo(f" {about}")
    if not push:
        click.echo("Nothing is pushed. To push it: --push")
