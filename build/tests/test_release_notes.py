"""That a release is built only if tag, pom.xml, template.yaml and CHANGELOG.md name one version."""

import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "build"))

from release_notes import Disagreement, notes

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

    def assert_refused(self, reason: str, *arguments) -> None:
        with self.assertRaisesRegex(Disagreement, reason):
            self.notes(*arguments)

    def test_the_notes_of_a_release_are_those_of_its_version_only(self):
        text = self.notes("1.1.0", "1.1.0", "1.1.0", "v1.1.0")
        self.assertEqual("- New in this one.\n  - And this.", text)

    def test_between_releases_the_notes_are_the_unreleased_ones(self):
        text = self.notes("1.1.0-SNAPSHOT", "1.1.0-SNAPSHOT", "Unreleased", None)
        self.assertIn("New in this one", text)

    def test_a_tag_of_another_version_is_refused(self):
        self.assert_refused("tag is v1.1.1", "1.1.0", "1.1.0", "1.1.0", "v1.1.1")
        self.assert_refused("tag is 1.1.0", "1.1.0", "1.1.0", "1.1.0", "1.1.0")

    def test_a_template_of_another_version_is_refused(self):
        self.assert_refused("that of template.yaml", "1.1.0", "1.0.0", "1.1.0", "v1.1.0")
        self.assert_refused("that of template.yaml", "1.1.0-SNAPSHOT", "1.1.0", "Unreleased", None)

    def test_a_snapshot_is_not_released(self):
        snapshot = "1.1.0-SNAPSHOT"
        self.assert_refused("is a snapshot", snapshot, snapshot, "1.1.0", "v1.1.0")

    def test_a_release_is_not_built_without_its_tag(self):
        self.assert_refused("give its tag", "1.1.0", "1.1.0", "1.1.0", None)

    def test_a_changelog_without_the_version_is_refused(self):
        self.assert_refused('must be "1.1.0"', "1.1.0", "1.1.0", "Unreleased", "v1.1.0")

    def test_this_repository_is_between_releases_or_at_one(self):
        pom = (ROOT / "pom.xml").read_text(encoding="utf-8")
        version = pom.split("<version>")[1].split("<")[0]
        self.assertTrue(notes(ROOT, None if "SNAPSHOT" in version else f"v{version}"))


if __name__ == "__main__":
    unittest.main()
