"""Links inside the documentation: each file and each heading that a link names exists."""

import pathlib
import re
import subprocess
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).parents[2]
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^()\s<>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HEADING = re.compile(r"#{1,6} +(.*?)(?: +#+)? *")
MAX_README_LINES = 200


def documents() -> list[pathlib.Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return [ROOT / line for line in listed.splitlines() if (ROOT / line).is_file()]


def prose(document: pathlib.Path) -> list[str]:
    """The lines outside of code blocks."""
    lines = []
    fence = ""
    for line in document.read_text(encoding="utf-8").splitlines():
        match = re.match(r" *(```+|~~~+)", line)
        if match and not fence:
            fence = match.group(1)
        elif match and line.strip() == fence:
            fence = ""
        elif not fence:
            lines.append(line)
    return lines


def anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    text = re.sub(r"[*`]", "", text).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors(document: pathlib.Path) -> set[str]:
    found: dict[str, int] = {}
    result = set()
    for line in prose(document):
        match = HEADING.fullmatch(line)
        if match:
            name = anchor(match.group(1))
            count = found.get(name, 0)
            found[name] = count + 1
            result.add(f"{name}-{count}" if count else name)
    return result


def problem(document: pathlib.Path, target: str) -> str | None:
    """What is wrong with a link of a document; None if nothing is."""
    if re.match(r"[a-z]+:", target):
        return None
    path, _, fragment = target.partition("#")
    file = (document.parent / urllib.parse.unquote(path)).resolve() if path else document
    if not file.is_relative_to(ROOT):
        return "is outside of the repository"
    if not file.exists():
        return "no such file"
    if fragment and file.suffix == ".md" and fragment not in anchors(file):
        return "no such heading"
    return None


class LinksTest(unittest.TestCase):

    def test_each_link_leads_to_a_file_or_a_heading(self):
        broken = []
        count = 0
        for document in documents():
            # Code in the text is no link.
            text = re.sub(r"`[^`\n]*`", lambda code: re.sub(r"[()]", "", code.group()), "\n".join(prose(document)))
            for target in LINK.findall(text):
                count += 1
                found = problem(document, target)
                if found:
                    broken.append(f"{document.relative_to(ROOT)}: {target}: {found}")
        self.assertEqual([], broken)
        self.assertGreater(count, 50)

    def test_each_page_can_be_reached_from_the_readme(self):
        reached = set()
        left = [ROOT / "README.md"]
        while left:
            document = left.pop()
            if document in reached:
                continue
            reached.add(document)
            for target in LINK.findall("\n".join(prose(document))):
                path = target.partition("#")[0]
                file = (document.parent / urllib.parse.unquote(path)).resolve()
                if path and not re.match(r"[a-z]+:", target) and file.suffix == ".md":
                    left.append(file)
        pages = {ROOT / "docs" / file.name for file in (ROOT / "docs").glob("*.md")}
        self.assertEqual(set(), pages - reached)

    def test_a_broken_link_is_found(self):
        readme = ROOT / "README.md"
        self.assertEqual("no such file", problem(readme, "docs/nothing.md"))
        self.assertEqual("no such heading", problem(readme, "docs/architecture.md#nothing"))
        self.assertEqual("is outside of the repository", problem(readme, "../other.md"))
        self.assertIsNone(problem(readme, "docs/architecture.md#vocabulary"))
        self.assertIsNone(problem(readme, "https://example.com"))

    def test_the_readme_is_short(self):
        lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
        self.assertLess(len(lines), MAX_README_LINES)


if __name__ == "__main__":
    unittest.main()
