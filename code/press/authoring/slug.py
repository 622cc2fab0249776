"""Name the file of a page by its title."""

import re
import unicodedata

# bytes of a slug: file systems allow 255 for a name, and `DATE-` and `.receipt.json` join it
LONGEST = 150


def slug(title: str) -> str:
    """Return a file name for a title: small letters of any script, digits and hyphens.

    >>> slug("Attention at last!"), slug("Überraschung: 50 % mehr"), slug("கழுதை"), slug("🎉")
    ('attention-at-last', 'uberraschung-50-mehr', 'கழுதை', 'entry')
    """
    plain = unicodedata.normalize("NFKD", title).lower()
    plain = re.sub(r"(?<=[A-Za-z])[\u0300-\u036f]+", "", plain)
    plain = unicodedata.normalize("NFC", plain)
    words = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in plain)
    short = re.sub("-+", "-", words).strip("-")[:60].encode()[:LONGEST].decode(errors="ignore")
    return short.rstrip("-") or "entry"
