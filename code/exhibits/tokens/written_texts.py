"""Show texts that a model wrote, one below another, each under a name such as its setting.

What: prose in the voice of the pages, so that it is read as a text and not as output; the prompt is
paler. Left out: the tokens, which chips show.
"""

from __future__ import annotations

from collections.abc import Sequence

from exhibits.base.exhibit import Exhibit, escape, one_line


def written_texts(
    texts: Sequence[tuple[str, str, str]], notes: Sequence[str] = (), label: str = "Texts"
) -> Exhibit:
    """Show texts, each under its name.

    texts: (name, prompt, what was written after it); a prompt may be empty
    notes: a line below each text, or none at all
    label: the name of the exhibit, for a screen reader

    Raises: ValueError if there is no text, or the notes differ from the texts in number.

    >>> print(written_texts([("greedy", "The cat", " sat.")], ["dull"]).text)
    greedy: The cat sat. (dull)
    """
    if not texts or len(notes) not in (0, len(texts)):
        raise ValueError(
            f"there are {len(texts)} texts and {len(notes)} notes; give one text or more, and a"
            " note for each or none"
        )
    items, lines = [], []
    for at, (name, prompt, written) in enumerate(texts):
        note = notes[at] if notes else ""
        shown = escape(_flowing(written))
        given = f'<span class="ex-texts-given">{escape(_flowing(prompt))}</span>' if prompt else ""
        below = f'<span class="ex-texts-note">{escape(one_line(note))}</span>' if note else ""
        items.append(f'<dt>{escape(one_line(name))}</dt><dd dir="auto">{given}{shown}{below}</dd>')
        line = f"{name}: {_flowing(prompt)}{_flowing(written)}"
        lines.append(f"{line} ({note})" if note else line)
    return Exhibit(
        f'<div class="ex-texts" role="group" aria-label="{escape(one_line(label))}"'
        f" data-pagefind-ignore><dl>{''.join(items)}</dl></div>",
        "\n".join(lines),
    )


def _flowing(text: str) -> str:
    """Return a text on one line, a space at its ends kept, since prompt and text meet there."""
    before = " " if text[:1].isspace() else ""
    after = " " if text[-1:].isspace() and text.strip() else ""
    return f"{before}{one_line(text)}{after}"
