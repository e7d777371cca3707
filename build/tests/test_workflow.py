"""What the workflow promises: pinned actions, two kinds of jobs, one build of a release, a list of checks."""

import pathlib
import re
import subprocess
import unittest

import yaml

ROOT = pathlib.Path(__file__).parents[2]
FILES = sorted((ROOT / ".github").rglob("*.yaml")) + sorted((ROOT / ".github").rglob("*.yml"))
WORKFLOW = ROOT / ".github" / "workflows" / "build.yaml"
NIGHTLY = ROOT / ".github" / "workflows" / "nightly.yaml"


class WorkflowTest(unittest.TestCase):

    def setUp(self) -> None:
        self.jobs = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]

    def commands(self, job: str) -> str:
        return "\n".join(step.get("run", "") for step in self.jobs[job]["steps"])

    def actions(self, job: str) -> list[str]:
        return [s["uses"].split("@")[0] for s in self.jobs[job]["steps"] if "uses" in s]

    def test_every_action_is_pinned_by_commit_and_says_its_version(self):
        uses = [
            line.strip()
            for path in FILES
            for line in path.read_text(encoding="utf-8").splitlines()
            if "uses:" in line
        ]
        self.assertTrue(uses)
        for line in uses:
            self.assertRegex(line, r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")

    def test_a_fast_job_and_a_thorough_one_on_both_processors(self):
        self.assertIn(".ci/fast", self.commands("fast"))
        self.assertIn(".ci/run", self.commands("thorough"))
        matrix = self.jobs["thorough"]["strategy"]["matrix"]["include"]
        self.assertEqual({"x86_64", "arm64"}, {entry["architecture"] for entry in matrix})
        self.assertTrue(next(e for e in matrix if e["architecture"] == "arm64")["runner"].endswith("-arm"))

    def test_the_release_is_what_was_tested_and_is_attested(self):
        release = self.jobs["release"]
        self.assertEqual({"fast", "thorough"}, set(release["needs"]))
        self.assertNotRegex(self.commands("release"), re.compile("mvn|build/release"))
        self.assertNotIn("actions/checkout", self.actions("release"))
        self.assertIn("actions/attest-build-provenance", self.actions("release"))
        self.assertIn("release-notes.md", self.commands("release"))
        self.assertEqual("write", release["permissions"]["attestations"])

    def test_the_release_waits_for_the_rules_of_its_environment(self):
        self.assertEqual("release", self.jobs["release"]["environment"])
        self.assertNotIn("environment", self.jobs["thorough"])

    def test_the_changes_that_tests_must_notice_are_applied_each_night(self):
        nightly = yaml.safe_load(NIGHTLY.read_text(encoding="utf-8"))
        # YAML 1.1 reads the key "on" as true.
        self.assertIn("schedule", nightly[True])
        job = nightly["jobs"]["mutations"]
        self.assertEqual({"contents": "read"}, job["permissions"])
        self.assertIn("build/mutations/run.py", [step.get("run") for step in job["steps"]])

    def test_the_list_of_checks_says_at_least_what_their_commands_need(self):
        run = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
        text = run.replace(". .ci/lint\n", (ROOT / ".ci" / "lint").read_text(encoding="utf-8"))
        steps = re.findall(r'^step "([^"]+)" "([^"]+)"\n(.*?)(?=^step |\Z)', text, re.M | re.S)
        listed = subprocess.run(
            [ROOT / ".ci" / "run", "--list"], check=True, capture_output=True, text=True
        ).stdout.splitlines()
        nightly = len(listed) - len(steps)
        self.assertEqual(["Each night: build/mutations/run.py"], listed[-nightly:])
        self.assertEqual(len(re.findall(r"^\s*step ", text, re.M)), len(steps))
        for line, (needs, check, commands) in zip(listed, steps):
            with self.subTest(check):
                self.assertEqual(f"{needs:24} {check}", line)
                for script in re.findall(r"^build/[\w-]+(?= |$)", commands, re.M):
                    commands += (ROOT / script).read_text(encoding="utf-8")
                for program, need in (("mvn", "Maven"), ("npm", "Node.js"), ("python3?|venv", "Python")):
                    if re.search(rf"\b({program})\b", commands):
                        self.assertIn(need, needs.split(", "))

    def test_only_the_release_may_write(self):
        for name in ("fast", "thorough"):
            self.assertEqual({"contents": "read"}, self.jobs[name]["permissions"])


if __name__ == "__main__":
    unittest.main()
