"""That a release is built only if tag, pom.xml, template.yaml and CHANGELOG.md name one version."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "build"))

from release_notes import Disagreement, maven_version, notes

POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><version>7</version></parent>
  <version>{}</version>
  <dependencies><dependency><version>3.0</version></dependency></dependencies>
</project>
"""
CHANGELOG = """# Changelog

## {}

- New in this one.
  - And this.

## 1.0.0

- Old.
"""


class ReleaseNotesTest(unittest.TestCase):

    def notes(self, pom: str, template: str, entry: str, tag: str | None) -> str:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "pom.xml").write_text(POM.format(pom))
            (folder / "template.yaml").write_text(f"    This: {{ Version: {template} }}\n")
            (folder / "CHANGELOG.md").write_text(CHANGELOG.format(entry))
            return notes(folder, tag)

    def test_the_notes_of_a_release_are_those_of_its_version_only(self):
        text = self.notes("1.1.0", "1.1.0", "1.1.0", "v1.1.0")
        self.assertEqual("- New in this one.\n  - And this.", text)

    def test_between_releases_the_notes_are_the_unreleased_ones(self):
        text = self.notes("1.1.0-SNAPSHOT", "1.1.0-SNAPSHOT", "Unreleased", None)
        self.assertIn("New in this one", text)

    def test_what_disagrees_is_refused(self):
        snapshot = "1.1.0-SNAPSHOT"
        for pom, template, entry, tag, reason in (
            ("1.1.0", "1.1.0", "1.1.0", "v1.1.1", "tag is v1.1.1"),
            ("1.1.0", "1.1.0", "1.1.0", "1.1.0", "tag is 1.1.0"),
            ("1.1.0", "1.0.0", "1.1.0", "v1.1.0", "that of template.yaml"),
            (snapshot, "1.1.0", "Unreleased", None, "that of template.yaml"),
            (snapshot, snapshot, "1.1.0", "v1.1.0", "is a snapshot"),
            ("1.1.0", "1.1.0", "1.1.0", None, "give its tag"),
            ("1.1.0", "1.1.0", "Unreleased", "v1.1.0", 'must be "1.1.0"'),
        ):
            with self.assertRaisesRegex(Disagreement, reason):
                self.notes(pom, template, entry, tag)

    def test_this_repository_is_between_releases_or_at_one(self):
        version = maven_version((ROOT / "pom.xml").read_text(encoding="utf-8"))
        self.assertTrue(notes(ROOT, None if "SNAPSHOT" in version else f"v{version}"))


if __name__ == "__main__":
    unittest.main()
