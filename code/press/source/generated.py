"""Name the files that press itself puts into assets/."""

from importlib import resources
from pathlib import Path


def sources() -> dict[str, Path]:
    """Return the file to copy for each name in assets/."""
    own = Path(str(resources.files("exhibits"))) / "assets"
    plotly = Path(str(resources.files("plotly"))) / "package_data" / "plotly.min.js"
    files = {file.name: file for file in sorted(own.iterdir()) if file.suffix in (".css", ".js")}
    icon = Path(str(resources.files("press"))) / "render" / "theme" / "favicon.svg"
    return {**files, "favicon.svg": icon, "plotly.min.js": plotly}
