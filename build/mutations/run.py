#!/usr/bin/env python3
"""Checks that the tests notice careless changes.

    build/mutations/run.py [NAME...]

Applies the changes of changes.toml one by one to a copy of the tree, and runs the tests that must
notice each. Without names, it takes all changes. A change is noticed if each of its tests fails, and
if the changed code compiles. The tests must pass without any change, too, which is checked first. The
last line says how many changes were noticed; if it is not each of them, the exit code is 1.

Needs what the build needs: Maven, a JDK 25, and Python 3.11.
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parents[2]
CHANGES = ROOT / "build" / "mutations" / "changes.toml"
WORK = ROOT / "target" / "mutations"
TREE = WORK / "tree"
CLASSES = TREE / "target" / "classes"
UNCHANGED_CLASSES = WORK / "classes"
CLASS_PATH = WORK / "classpath.txt"
# The path of the compiler; there if the copy is built.
JAVAC = WORK / "javac"
LINT = ROOT / "target" / "python" / "lint"
MAVEN = ["mvn", "-B", "-ntp", "-q", "-Djacoco.skip"]
FIND_JDK = "toolchains:select-jdk-toolchain@find-jdk"

# The beginnings of the names of what the package and the test classes are built from.
BUILT = ("src/", "pom.xml", "build/dependencies.xml", "build/function.xml")

BUILD_SECONDS = 600
TEST_SECONDS = 240

# A test that ends with one of these shows that the change does not fit the rest of the code.
LINKAGE = ("NoClassDefFoundError", "NoSuchMethodError", "NoSuchFieldError", "IncompatibleClassChange")


@dataclasses.dataclass(frozen=True)
class Test:
    """A test class, one of its methods, or a Python file in build/tests."""

    name: str

    @property
    def class_name(self) -> str:
        return self.name.split("#")[0]

    @property
    def method(self) -> str:
        return self.name.partition("#")[2]

    @property
    def kind(self) -> str:
        if self.name.endswith(".py"):
            return "python"
        return "wire" if self.class_name.endswith("IT") else "unit"

    def includes(self, class_name: str, method: str) -> bool:
        if class_name.rsplit(".", 1)[-1] != self.class_name:
            return False
        return not self.method or re.match(re.escape(self.method) + r"\b", method) is not None

    def problem(self) -> str | None:
        """Why there is no such test, if there is none."""
        if self.kind == "python":
            found = (ROOT / "build" / "tests" / self.name).is_file()
            return None if found else f"no file build/tests/{self.name}"
        files = list((ROOT / "src" / "test" / "java").rglob(f"{self.class_name}.java"))
        if len(files) != 1:
            return f"{len(files)} classes {self.class_name}"
        if self.method and f"void {self.method}(" not in files[0].read_text(encoding="utf-8"):
            return f"no method {self.method} in {self.class_name}"
        return None


@dataclasses.dataclass(frozen=True)
class Change:
    """Another text in the place of one that a file has once."""

    name: str
    why: str
    file: str
    find: str
    replace: str
    tests: tuple[Test, ...]

    def problems(self, root: pathlib.Path = ROOT) -> list[str]:
        """Why the change can't be applied, or would not be noticed whatever the tests do."""
        path = root / self.file
        if not path.is_file():
            return [f"no file {self.file}"]
        problems = []
        times = path.read_text(encoding="utf-8").count(self.find)
        if not self.find or times != 1:
            problems.append(f"{self.file} has the text {times} times instead of once: {self.find!r}")
        if self.find == self.replace:
            problems.append("nothing changes")
        if not self.tests:
            problems.append("no tests")
        problems += [p for p in (test.problem() for test in self.tests) if p]
        return problems


def read_changes() -> list[Change]:
    with CHANGES.open("rb") as file:
        entries = tomllib.load(file)["change"]
    changes = [
        Change(**(entry | {"tests": tuple(Test(name) for name in entry["tests"])}))
        for entry in entries
    ]
    names = [change.name for change in changes]
    if len(names) != len(set(names)):
        raise ValueError("two changes have the same name")
    return changes


class Failed(Exception):
    """A command or the build failed; says what it printed."""


def run(command: list[str], seconds: int, cwd: pathlib.Path = TREE) -> tuple[int, str]:
    """Runs a command and ends it, with what it started, when its time is up."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failed(f"took longer than {seconds} seconds: {' '.join(command)}") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode, printed


def checked(command: list[str], seconds: int, cwd: pathlib.Path = TREE) -> str:
    code, printed = run(command, seconds, cwd)
    if code != 0:
        raise Failed(f"exit code {code}: {' '.join(command)}\n{printed}")
    return printed


def copy_tree() -> bool:
    """Makes the copy the same as the tree; whether what is built was not."""
    differed = False
    TREE.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")
    wanted = {name for name in listed if name and (ROOT / name).is_file()}
    for path in [p for p in TREE.rglob("*") if p.is_file()]:
        name = path.relative_to(TREE).as_posix()
        if not name.startswith("target/") and name not in wanted:
            path.unlink()
            differed |= name.startswith(BUILT)
    for name in wanted:
        source, copy = ROOT / name, TREE / name
        if not copy.is_file() or copy.read_bytes() != source.read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, copy)
            differed |= name.startswith(BUILT)
    return differed


class Java:
    """The build of the copy, which is kept for the next run if the tree does not change."""

    def __init__(self) -> None:
        if not JAVAC.is_file():
            JAVAC.write_text(self.build(), encoding="utf-8")
        self.javac = JAVAC.read_text(encoding="utf-8")
        self.restore()

    @staticmethod
    def build() -> str:
        """Builds the copy without its tests, and returns the path of the compiler."""
        checked([*MAVEN, "package", "-DskipTests", "-Denforcer.skip"], BUILD_SECONDS)
        shutil.rmtree(UNCHANGED_CLASSES, ignore_errors=True)
        shutil.copytree(CLASSES, UNCHANGED_CLASSES)
        printed = checked(
            [
                *MAVEN, FIND_JDK, "dependency:build-classpath", "exec:exec",
                f"-Dmdep.outputFile={CLASS_PATH}",
                "-Dexec.executable=java", "-Dexec.args=-XshowSettings:properties -version",
            ],
            TEST_SECONDS,
        )  # fmt: skip
        home = re.search(r"^\s*java\.home = (.+)$", printed, re.MULTILINE)
        if home is None:
            raise Failed(f"no java.home in:\n{printed}")
        return str(pathlib.Path(home.group(1).strip(), "bin", "javac"))

    def compile(self) -> str | None:
        """Compiles all classes, without the checks of the build; returns the compiler's errors."""
        self.restore()
        sources = [str(p) for p in sorted((TREE / "src" / "main" / "java").rglob("*.java"))]
        class_path = CLASS_PATH.read_text(encoding="utf-8").strip()
        code, printed = run(
            [
                self.javac, "-proc:none", "-nowarn", "-parameters", "-XDstringConcat=inline",
                "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC",
                "-d", str(CLASSES), "-cp", class_path, *sources,
            ],
            TEST_SECONDS,
        )  # fmt: skip
        return printed if code != 0 else None

    @staticmethod
    def restore() -> None:
        shutil.rmtree(CLASSES)
        shutil.copytree(UNCHANGED_CLASSES, CLASSES)


@dataclasses.dataclass(frozen=True)
class Case:
    """One test case that ran."""

    class_name: str
    method: str
    failure: str | None


def java_cases(kind: str, tests: list[Test]) -> list[Case]:
    """Runs unit tests or wire tests, as the build does."""
    reports = TREE / "target" / ("surefire-reports" if kind == "unit" else "failsafe-reports")
    shutil.rmtree(reports, ignore_errors=True)
    names = ",".join(sorted({test.name for test in tests}))
    if kind == "unit":
        goals = ["surefire:test", f"-Dtest={names}"]
    else:
        goals = ["assembly:single@function", "failsafe:integration-test@integration"]
        goals.append(f"-Dit.test={names}")
    # The reports say which tests failed; the exit code would not.
    _, printed = run([*MAVEN, FIND_JDK, *goals], TEST_SECONDS)
    cases = []
    for report in sorted(reports.glob("TEST-*.xml")):
        for case in xml.parse(report).iter("testcase"):
            failure = case.find("failure")
            failure = case.find("error") if failure is None else failure
            text = None
            if failure is not None:
                kind_of = failure.get("type", "").rsplit(".", 1)[-1]
                text = f"{kind_of}: {failure.get('message') or failure.text or ''}"
            if case.find("skipped") is None:
                cases.append(Case(case.get("classname", ""), case.get("name", ""), text))
    if not cases:
        raise Failed(f"no test ran: {names}\n{printed}")
    return cases


def python_case(test: Test) -> Case:
    """Runs a file of build/tests with the linters' Python."""
    checked(["build/venv", "lint"], BUILD_SECONDS, ROOT)
    command = [str(LINT / "bin" / "python"), "-m", "unittest", "discover", "--start-directory", "build/tests"]
    code, printed = run([*command, "--pattern", test.name], TEST_SECONDS)
    if re.search(r"^Ran 0 tests", printed, re.MULTILINE):
        raise Failed(f"no test ran: {test.name}")
    failures = re.search(r"^FAILED \(.*?failures=(\d+)", printed, re.MULTILINE)
    if code == 0:
        return Case(test.name, "", None)
    if failures is None:
        raise Failed(f"{test.name} does not run:\n{printed}")
    return Case(test.name, "", f"AssertionError: {failures.group(1)} failures")


def results(tests: list[Test]) -> dict[Test, list[Case]]:
    """Runs tests; the cases of each."""
    found: dict[Test, list[Case]] = {}
    for kind in ("unit", "wire"):
        of_kind = [test for test in tests if test.kind == kind]
        cases = java_cases(kind, of_kind) if of_kind else []
        for test in of_kind:
            found[test] = [c for c in cases if test.includes(c.class_name, c.method)]
            if not found[test]:
                raise Failed(f"{test.name} did not run")
    for test in tests:
        if test.kind == "python":
            found[test] = [python_case(test)]
    return found


def check_unchanged(tests: list[Test]) -> None:
    for test, cases in results(tests).items():
        for case in cases:
            if case.failure:
                raise Failed(f"{case.class_name}.{case.method} fails without a change: {case.failure}")


def missed(change: Change, java: Java | None) -> tuple[str | None, str]:
    """Applies a change; why it was not noticed, or nothing, and the first failure."""
    path = TREE / change.file
    before = path.read_text(encoding="utf-8")
    is_code = change.file.endswith(".java")
    try:
        path.write_text(before.replace(change.find, change.replace), encoding="utf-8")
        if is_code:
            errors = java.compile()
            if errors:
                return f"it does not compile:\n{errors}", ""
        first = ""
        for test, cases in results(list(change.tests)).items():
            failures = [case for case in cases if case.failure]
            if not failures:
                return f"{test.name} passes", ""
            if any(name in case.failure for case in failures for name in LINKAGE):
                return f"{test.name} fails for another cause: {failures[0].failure}", ""
            first = first or f"{failures[0].method or test.name}: {failures[0].failure}"
        return None, first
    except Failed as e:
        return str(e), ""
    finally:
        path.write_text(before, encoding="utf-8")
        if is_code:
            java.restore()


def main(names: list[str]) -> int:
    all_changes = read_changes()
    unknown = set(names) - {change.name for change in all_changes}
    if unknown:
        print(f"No such changes: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    changes = [change for change in all_changes if not names or change.name in names]
    problems = [f"{change.name}: {p}" for change in changes for p in change.problems()]
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 2

    tests = list(dict.fromkeys(test for change in changes for test in change.tests))
    WORK.mkdir(parents=True, exist_ok=True)
    lock = (WORK / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"Another run uses {WORK}", file=sys.stderr)
        return 2
    print(f"Without a change: {len(tests)} tests", flush=True)
    start = time.monotonic()
    try:
        differs = copy_tree()
        if differs:
            JAVAC.unlink(missing_ok=True)
        needs_java = any(test.kind != "python" for test in tests)
        java = Java() if needs_java else None
        check_unchanged(tests)
    except Failed as e:
        print(e, file=sys.stderr)
        return 2
    print(f"          pass, {time.monotonic() - start:.0f} s with the build", flush=True)

    noticed = 0
    for change in changes:
        start = time.monotonic()
        cause, first = missed(change, java)
        seconds = f"{time.monotonic() - start:.0f} s"
        if cause is None:
            noticed += 1
            line = " ".join(first.split())
            print(f"noticed   {change.name}, {seconds}\n          {line[:110]}", flush=True)
        else:
            print(f"MISSED    {change.name}, {seconds}\n          {cause}", flush=True)
    print(f"{noticed} of {len(changes)} changes noticed")
    return 0 if noticed == len(changes) else 1


if __name__ == "__main__":
    # So that a run that is stopped also ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
