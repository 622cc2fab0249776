"""The site on the author's machine, following every edit."""
