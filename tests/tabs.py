"""Pages of a browser that tests use one after another, each as good as new.

A page in a context of its own costs a second of a core, and one that is there already a third of it.
"""

from collections.abc import Callable
from typing import Any


class Tabs:
    """The pages of a browser, each in a context of its own; `prepare` has each of them once."""

    def __init__(self, browser: Any, prepare: Callable[[Any], None] = lambda page: None) -> None:
        self.browser = browser
        self.prepare = prepare
        self.free: dict[str, list[Any]] = {}

    def take(self, script: str = "", **options: Any) -> Any:
        """Return a blank page; options are those of a context, each of whose pages begins with the
        script.
        """
        options = {name: value for name, value in sorted(options.items())}
        kind = repr((script, options))
        if self.free.get(kind):
            return self.free[kind].pop()
        context = self.browser.new_context(**options)
        context.set_default_timeout(60_000)
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.kind = kind
        self.prepare(page)
        return page

    def give_back(self, page: Any) -> None:
        """Take back what a test may have done to a page and its context, for the next `take`."""
        if page.is_closed():
            page.context.close()
            return
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all()
        page.emulate_media(media="null")
        if page.url.startswith("http"):
            page.evaluate("localStorage.clear(); sessionStorage.clear()")
        page.goto("about:blank")
        self.free.setdefault(page.kind, []).append(page)


def note_errors(page: Any) -> None:
    """Let a page have `errors`: exceptions, and errors of its console but for a refused file."""
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))

    def note(message: Any) -> None:
        if message.type == "error" and "503" not in message.text:
            page.errors.append(message.text)

    page.on("console", note)
