"""The commands that show the journal on this machine: `press serve`, `press preview`."""

import contextlib

import click

from press.cli.options import PORT, command
from press.source.config import find_root


@command
@PORT
def serve(port: int) -> None:
    """Show the built site on this machine, below the path of its site-url.

    Example: press serve --port 8001
    """
    from press.publish.server import listen, server, site_app
    from press.source.config import read_config

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
