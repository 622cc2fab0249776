"""The files of assets/ that press itself puts there, and where each comes from."""

from importlib import resources
from pathlib import Path


def sources() -> dict[str, Path]:
    """Return, by its name in assets/, where each file comes from."""
    own = Path(str(resources.files("exhibits"))) / "assets"
    plotly = Path(str(resources.files("plotly"))) / "package_data" / "plotly.min.js"
    files = {file.name: file for file in sorted(own.iterdir()) if file.suffix in (".css", ".js")}
    return {**files, "plotly.min.js": plotly}
