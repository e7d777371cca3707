"""Makes the README of a release from that of the repository.

    python3 build/release_readme.py VERSION < README.md > release/README.md

Without what needs the sources: the parts between the comments <!-- sources --> and <!-- /sources -->.
"""

import re
import sys

SOURCES = re.compile(r"<!-- sources -->\n.*?<!-- /sources -->\n\n?", re.DOTALL)


def release_readme(text: str, version: str) -> str:
    text, count = SOURCES.subn("", text)
    if count == 0 or "sources -->" in text:
        raise ValueError("A comment <!-- sources --> or <!-- /sources --> is missing.")
    title, newline, rest = text.partition("\n")
    return f"{title} {version}{newline}{rest}"


if __name__ == "__main__":
    sys.stdout.write(release_readme(sys.stdin.read(), sys.argv[1]))
