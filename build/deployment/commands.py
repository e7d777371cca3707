"""The commands of the pages: which there are, which run here, and a shell that runs them."""

import dataclasses
import pathlib
import re
import subprocess
import tempfile
import threading

from emulator import ROOT

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
# README first, then what it links to.
PAGES = (
    "README.md",
    "examples/README.md",
    *sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md")),
    "CONTRIBUTING.md",
)
# Why a block does not run: the first line whose pattern is found in it. A block that no pattern is
# found in runs.
SKIPPED = {
    r"^mvn -q -Plocal package( |$)": "needs the sources: .ci/run runs the local run in the checkout",
    r"^(JAVA_HOME=\S+ ?.*)?mvn ": "needs the sources: builds or tests this repository",
    r"^(\.ci|build|benchmark)/": "needs the sources: builds, tests or measures this repository",
    r"^kubectl ": "needs a cluster with nodes",
    r"^python build/": "needs the sources: writes a policy from the template",
    r"^sam deploy --template examples/serverless": (
        "MiniStack does not transform nested templates: test_deployment.py deploys it transformed"
    ),
    r"^\$ ": "shows what a command prints",
}


@dataclasses.dataclass(frozen=True)
class Block:
    page: str
    line: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def summary(self) -> str:
        return self.text.splitlines()[0]

    @property
    def reason(self) -> str | None:
        """Why it does not run; None if it runs."""
        found = (r for p, r in SKIPPED.items() if re.search(p, self.text, re.MULTILINE))
        return next(found, None)


def blocks(page: str, text: str) -> list[Block]:
    """The blocks of shell commands of a page, in order."""
    found = []
    for match in BLOCK.finditer(text):
        indent, language, body = match.groups()
        if language in ("sh", "console"):
            line = text.count("\n", 0, match.start()) + 2
            body = re.sub(f"^{indent}", "", body, flags=re.MULTILINE)
            found.append(Block(page, line, body))
    return found


def all_blocks() -> list[Block]:
    return [
        block
        for page in PAGES
        for block in blocks(page, (ROOT / page).read_text(encoding="utf-8"))
    ]


class Shell:
    """One terminal: variables and the folder stay from one block to the next."""

    END = "end-of-block-7d1c"

    def __init__(self, folder: pathlib.Path, environment: dict[str, str]) -> None:
        self.files = tempfile.TemporaryDirectory()
        self.answers = pathlib.Path(self.files.name, "answers")
        self.answers.write_text("y\n" * 20)
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._send("set -eu\n")

    def _send(self, text: str) -> None:
        self.process.stdin.write(text)
        self.process.stdin.flush()

    def run(self, text: str, seconds: int = 600) -> str:
        """Runs commands, answering yes to each question; what they print. Fails if one fails."""
        script = pathlib.Path(self.files.name, "block.sh")
        script.write_text(text)
        self._send(f". '{script}' < '{self.answers}'\necho\necho {self.END}\n")
        timer = threading.Timer(seconds, self.process.kill)
        timer.start()
        printed = []
        try:
            for line in self.process.stdout:
                if line.strip() == self.END:
                    return "".join(printed)
                printed.append(line)
        finally:
            timer.cancel()
        self.process.wait(10)
        raise AssertionError(f"{text}\n---- printed, and failed or ran for too long:\n{''.join(printed)}")

    def close(self) -> None:
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # It has ended by itself.
        self.process.stdout.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.files.cleanup()
