"""Each change in build/mutations/changes.toml still applies. build/mutations/run.py runs their tests."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "build" / "mutations")]

import run
from run import Change, Test


class ChangesTest(unittest.TestCase):

    def test_each_applies_and_names_tests_that_exist(self):
        changes = run.read_changes()
        self.assertTrue(changes)
        for change in changes:
            with self.subTest(change.name):
                self.assertEqual([], change.problems())
                self.assertRegex(change.name, r"^[a-z0-9-]+$")
                self.assertTrue(change.why)

    def test_what_does_not_apply_is_reported(self):
        def problems(**other) -> str:
            values = {
                "name": "x", "why": "x", "file": "build/mutations/run.py",
                "find": "def read_changes()", "replace": "", "tests": (Test("test_mutations.py"),),
            }  # fmt: skip
            return "\n".join(Change(**(values | other)).problems())

        self.assertEqual("", problems())
        self.assertIn("no file", problems(file="build/none"))
        self.assertIn("0 times", problems(find="no such " + "text"))
        self.assertRegex(problems(find="def "), r"\d\d times")
        self.assertIn("nothing changes", problems(replace="def read_changes()"))
        self.assertIn("no tests", problems(tests=()))
        self.assertIn("no file", problems(tests=(Test("test_none.py"),)))
        self.assertIn("0 classes", problems(tests=(Test("NoneTest"),)))
        self.assertIn("no method none", problems(tests=(Test("ArnTest#none"),)))

    def test_a_test_includes_its_cases(self):
        self.assertTrue(Test("ATest").includes("x.y.ATest", "m(String)[1]"))
        self.assertTrue(Test("ATest#m").includes("x.y.ATest", "m(String)[1]"))
        self.assertFalse(Test("ATest#m").includes("x.y.ATest", "more()"))
        self.assertFalse(Test("ATest").includes("x.y.AnotherATest", "m()"))
        self.assertEqual(
            ["unit", "wire", "python"],
            [Test(n).kind for n in ("ATest", "AIT#m", "test_a.py")],
        )


if __name__ == "__main__":
    unittest.main()
