"""Checks that the versions of a release agree, and prints its notes.

    python3 build/release_notes.py [TAG]

With a tag, v<version>, for a release: pom.xml, template.yaml (Mappings, Release) and the tag name one
version, which is no snapshot and has the first entry of CHANGELOG.md. Without one, for a build
between releases: the version is a snapshot, and the first entry is "Unreleased". The notes are the
first entry.
"""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

UNRELEASED = "Unreleased"
SNAPSHOT = "-SNAPSHOT"


class Disagreement(Exception):
    """What does not agree, and how to mend it."""


def notes(folder: pathlib.Path, tag: str | None) -> str:
    version = maven_version((folder / "pom.xml").read_text(encoding="utf-8"))
    of_template = template_version((folder / "template.yaml").read_text(encoding="utf-8"))
    title, text = first_entry((folder / "CHANGELOG.md").read_text(encoding="utf-8"))
    if of_template != version:
        raise Disagreement(
            f"The version of pom.xml is {version}, that of template.yaml {of_template}."
        )
    if tag is None:
        if not version.endswith(SNAPSHOT):
            raise Disagreement(f"{version} is a release: give its tag, v{version}.")
        expected = UNRELEASED
    else:
        if version.endswith(SNAPSHOT):
            raise Disagreement(f"{version} in pom.xml is a snapshot, and the tag is {tag}.")
        if tag != f"v{version}":
            raise Disagreement(f"The tag is {tag}, and the version of pom.xml {version}.")
        expected = version
    if title != expected:
        raise Disagreement(
            f'The first entry of CHANGELOG.md is "{title}", and must be "{expected}".'
        )
    if not text:
        raise Disagreement(f'The entry "{title}" of CHANGELOG.md is empty.')
    return text


def maven_version(pom: str) -> str:
    element = ElementTree.fromstring(pom).find("{http://maven.apache.org/POM/4.0.0}version")
    return element.text


def template_version(template: str) -> str:
    return re.search(r"^    This: { Version: (\S+) }$", template, re.MULTILINE).group(1)


def first_entry(changelog: str) -> tuple[str, str]:
    """Title and text of the first entry: up to the next title of the same level."""
    match = re.search(r"^## (.+?)\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    return match.group(1).strip(), match.group(2).strip()


if __name__ == "__main__":
    try:
        print(notes(pathlib.Path(), sys.argv[1] if len(sys.argv) > 1 else None))
    except Disagreement as e:
        sys.exit(str(e))
