"""Serve a preview on the loopback address until interrupted."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.middleware.trustedhost import TrustedHostMiddleware

from press.base.errors import PressError
from press.preview.app import Preview
from press.preview.server import app
from press.publish.atomic_publish import lock
from press.publish.server import LOCAL


async def preview(root: Path, port: int, say: Callable[[str], None]) -> None:
    """Print the pages, serve them, and follow the author's edits until interrupted.

    Raises: PressError if the port is taken, another preview is open, or the project cannot be read
    at all.
    """
    with contextlib.ExitStack() as held, listen(port) as listener:
        state = Preview(root)
        held.enter_context(lock(state.project.config.work / "previewing"))
        say("Printing the pages...")
        watching = asyncio.create_task(state.follow())
        try:
            await asyncio.sleep(0)  # it watches from here on, so that no edit is lost meanwhile
            await state.start()
            address = f"http://localhost:{listener.getsockname()[1]}/"
            say(f"{address}   follows your edits (stop with Ctrl+C)")
            local = TrustedHostMiddleware(app(state), allowed_hosts=list(LOCAL))
            server = uvicorn.Server(
                uvicorn.Config(local, log_level="warning", timeout_graceful_shutdown=1)
            )
            # it ends when it cannot watch
            watching.add_done_callback(lambda _: setattr(server, "should_exit", True))
            await server.serve(sockets=[listener])
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await state.close()


def listen(port: int) -> socket.socket:
    """Bind a port of the loopback address; 0 takes any free one.

    Raises: PressError if the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        what = f"port {port} cannot be used: {error.strerror}"
        remedy = "name another: press preview --port 8002"
        raise PressError.at("preview", 0, what, remedy) from None
    return listener
