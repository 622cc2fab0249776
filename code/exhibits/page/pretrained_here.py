"""Tell whether the pretrained model is available, for pages that can do without it."""

from __future__ import annotations

from pathlib import Path

from exhibits.base.site_paths import MARKER, root


def left_out(base: Path | None = None) -> bool:
    """Return whether the site's `_quarto.yml` says that it has no pretrained model."""
    import yaml  # slow to import

    settings = yaml.safe_load(((base or root()) / MARKER).read_text(encoding="utf-8")) or {}
    return (settings.get("press") or {}).get("pretrained") is False


def pretrained_missing(base: Path | None = None) -> str:
    """Return why the pretrained model is missing, as a sentence; "" if it is available."""
    if left_out(base):
        return "This site is printed without the pretrained model."
    from scratch.model.smollm import NoPretrained, pretrained_file

    try:
        pretrained_file()
    except NoPretrained as missing:
        return f"The pretrained model is missing: {missing}."
    return ""
