"""The documentation for contributors: each name of the code exists, and the picture is true."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[2]
SOURCES = [ROOT / "src" / name / "java" for name in ("main", "test", "test-support")]
PAGES = ["docs/architecture.md", "docs/design.md", "docs/testing.md"]

# A name in code, such as `Difference`, `ProviderTags.MANAGED` or `IamProviders.send`.
NAME = re.compile(r"`([A-Z][a-z]+[A-Za-z]*)(?:\.([A-Za-z_]+))?`")
TEST = re.compile(r"`([A-Z][A-Za-z]+(?:Test|IT))`")
# A node of the picture: a package and classes of it.
NODE = re.compile(r'\["<b>([a-z]+)</b><br/>([^"]+)"\]')
ARROWS = re.compile(r"^  ([a-z& ]+(?: --> [a-z& ]+)+)$", re.M)

# Names of other projects, of AWS and of the template.
OTHERS = {"BackoffStrategy", "Create", "Delete", "PartitionMetadata", "Ref", "Release", "Update"}
TEMPLATE = set(re.findall(r"^  ([A-Z][A-Za-z]+):$", (ROOT / "template.yaml").read_text(), re.M))


def classes() -> dict[str, list[pathlib.Path]]:
    """The files of the top-level classes, by the name of the class."""
    found: dict[str, list[pathlib.Path]] = {}
    for folder in SOURCES:
        for file in folder.rglob("*.java"):
            found.setdefault(file.stem, []).append(file)
    return found


class ClassNamesTest(unittest.TestCase):

    def setUp(self) -> None:
        self.classes = classes()

    def missing(self, text: str) -> list[str]:
        """The names in a text that are neither a class nor a known other name."""
        missing = []
        for name, member in NAME.findall(text):
            if name not in self.classes:
                if name not in OTHERS | TEMPLATE:
                    missing.append(name)
            elif member and not any(
                re.search(rf"\b{member}( =|[(,;])", file.read_text(encoding="utf-8"))
                for file in self.classes[name]
            ):
                missing.append(f"{name}.{member}")
        return missing

    def test_each_class_on_the_pages_for_contributors_exists(self):
        count = 0
        for page in PAGES:
            text = (ROOT / page).read_text(encoding="utf-8")
            count += len(NAME.findall(text))
            with self.subTest(page=page):
                self.assertEqual([], self.missing(text))
        self.assertGreater(count, 80)

    def test_each_test_that_a_page_names_exists(self):
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
            with self.subTest(page=page.name):
                names = set(TEST.findall(page.read_text(encoding="utf-8")))
                self.assertEqual(set(), names - set(self.classes))

    def test_the_picture_names_each_package_and_its_classes(self):
        nodes = NODE.findall((ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"))
        main = ROOT / "src" / "main" / "java" / "io" / "github" / "eksoidc"
        packages = {folder.name for folder in main.iterdir() if folder.is_dir()}
        self.assertEqual(packages, {package for package, _ in nodes})
        for package, names in nodes:
            for name in re.findall(r"[A-Z][A-Za-z]+", names):
                with self.subTest(package=package, name=name):
                    self.assertTrue((main / package / f"{name}.java").is_file())

    def test_the_arrows_of_the_picture_are_the_imports(self):
        main = ROOT / "src" / "main" / "java" / "io" / "github" / "eksoidc"
        imports = {
            (file.parent.name, used)
            for file in main.rglob("*.java")
            for used in re.findall(r"io\.github\.eksoidc\.([a-z]+)\.", file.read_text("utf-8"))
            if used != file.parent.name
        }
        arrows = set()
        for line in ARROWS.findall((ROOT / "docs" / "architecture.md").read_text("utf-8")):
            groups = [re.findall("[a-z]+", group) for group in line.split("-->")]
            for users, used in zip(groups, groups[1:]):
                arrows |= {(one, other) for one in users for other in used}
        self.assertEqual(set(), arrows - imports)
        # An import that other arrows lead to has none of its own.
        reached = set(arrows)
        while more := {(a, d) for a, b in reached for c, d in arrows if b == c} - reached:
            reached |= more
        self.assertEqual(set(), imports - reached)

    def test_a_name_that_does_not_exist_is_found(self):
        text = "`Claim`, `Nothing` and `Difference.nothing`, but `Difference.exact`"
        self.assertEqual(["Nothing", "Difference.nothing"], self.missing(text))


if __name__ == "__main__":
    unittest.main()
