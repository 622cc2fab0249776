"""The command `press weights`: read GPT-2's published weights and print their sizes.

The work itself is in `workbench.weights`.
"""

from pathlib import Path

import click

from press.cli.console import console, errors_as_lines
from press.source.config import find_root


@click.command()
@click.argument("source")
@click.option(
    "--heads",
    type=click.IntRange(min=1),
    help="In each block; default as many as are 64 wide, as GPT-2 has.",
)
@errors_as_lines(ValueError, "what was downloaded before stays as it was")
def weights(source: str, heads: int | None) -> None:
    """Read GPT-2's weights from SOURCE: a safetensors file, a URL, or OWNER/NAME of Hugging Face.

    Downloaded ones are kept in .press/weights/.

    Example: press weights openai-community/gpt2
    """
    from workbench.weights import get_weights

    path, model = get_weights(source, find_root() / ".press", heads)
    config = model.config
    console.print(
        f"{path}: {sum(config.parameters().values()):,} parameters, {config.n_layers} blocks of"
        f" {config.n_heads} heads, {config.emb_dim} wide, {config.vocab_size:,} entries,"
        f" {config.context_length:,} tokens of context."
    )
    heads_given = f", n_heads={heads}" if heads else ""
    console.print(
        f"To use them: scratch.model.pretrained.load_gpt2_weights({str(Path(path))!r}{heads_given})"
    )
