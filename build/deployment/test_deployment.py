"""The contents of target/release and the examples, deployed to MiniStack as their users do.

    target/python/emulators/bin/python build/deployment/test_deployment.py

Needs build/release, and the virtual environments emulators and sam under target/.
"""

import json
import pathlib
import re
import shutil
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parent / "tests")]

from emulator import (
    BUCKET,
    ROOT,
    Emulator,
    other_code,
    stand_in_code,
    unpacked_release,
    with_stand_in,
)
from plain_template import code_sha256, translate
from release_notes import maven_version
from test_links import LINK, prose
from samtranslator.yaml_helper import yaml_parse

FUNCTION = "eks-oidc-provider"
VERSION = maven_version((ROOT / "pom.xml").read_text(encoding="utf-8"))
# For each parameter that the function sees, another value than the one before.
CHANGES = [
    {"MemorySize": "1024"},
    {"Timeout": "600"},
    {"Architecture": "x86_64"},
    {"SnapStart": "PublishedVersions"},
    {"Tracing": "Active"},
    {"MemorySize": "512"},
]
# Parameters that it does not see.
UNSEEN = [
    {"Audit": "rate(1 day)"},
    {"ProviderQuota": "500"},
    {"LogRetentionInDays": "30"},
    {"AlarmTopicArn": "arn:aws:sns:eu-west-1:000000000000:alarms"},
    {"PermissionsBoundary": "arn:aws:iam::000000000000:policy/boundary"},
]


class DeploymentTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = unpacked_release()
        cls.addClassCleanup(shutil.rmtree, cls.folder.parent)
        cls.aws = Emulator()
        cls.addClassCleanup(cls.aws.close)

    def package(self, template: str = "template.yaml", folder=None) -> str:
        """What sam package makes of a template."""
        folder = folder or self.folder
        packaged = folder / "packaged.yaml"
        arguments = ["--s3-bucket", BUCKET, "--output-template-file", str(packaged)]
        self.aws.sam("package", "--template-file", template, *arguments, folder=folder)
        return packaged.read_text(encoding="utf-8")

    def assert_status(self, expected: str, result) -> None:
        self.assertEqual(expected, result.status, result.reasons)

    def create(self, name: str, template: str, **more):
        self.addCleanup(self.aws.delete, name)
        result = self.aws.create(name, template, **more)
        self.assert_status("CREATE_COMPLETE", result)
        return result


class ReleaseTest(DeploymentTest):

    def test_sam_validates_and_packages_it_and_finds_every_file_that_it_names(self):
        template = "template.yaml"
        self.aws.sam("validate", "--lint", "--template-file", template, folder=self.folder)
        packaged = self.package()
        for name in ("CodeUri", "LicenseUrl", "ReadmeUrl"):
            self.assertRegex(packaged, f"{name}: s3://{BUCKET}/")

    def test_each_link_of_its_pages_leads_to_a_file_of_it(self):
        broken = []
        for page in self.folder.rglob("*.md"):
            for target in LINK.findall("\n".join(prose(page))):
                path = target.partition("#")[0]
                if path and ":" not in path and not (page.parent / path).exists():
                    broken.append(f"{page.relative_to(self.folder)}: {target}")
        self.assertEqual([], broken)

    def test_its_readme_needs_no_sources(self):
        readme = (self.folder / "README.md").read_text(encoding="utf-8")
        self.assertNotIn("mvn", readme)
        self.assertIn(f"# eks-oidc-provider {VERSION}\n", readme)

    def test_lambda_can_read_each_file_of_it(self):
        for path in [self.folder, *self.folder.rglob("*")]:
            expected = 0o755 if path.is_dir() else 0o644
            self.assertEqual(expected, path.stat().st_mode & 0o777, path)


class VersionsTest(DeploymentTest):

    def check_versions(self, update, token: str) -> None:
        """Each change publishes a version and moves the alias; no version is deleted."""
        before = self.aws.versions(FUNCTION)
        for changed in [*CHANGES, *UNSEEN]:
            with self.subTest(changed):
                self.assert_status("UPDATE_COMPLETE", update(changed))
                after = self.aws.versions(FUNCTION)
                published = len(after) - len(before)
                self.assertEqual(1 if changed in CHANGES else 0, published)
                numbers = [v["Version"] for v in after]
                self.assertEqual([v["Version"] for v in before], numbers[: len(before)])
                live = self.aws.live(FUNCTION)
                self.assertEqual(numbers[-1], live["FunctionVersion"])
                self.assertEqual(token, live["AliasArn"])
                before = after
        configuration = before[-1]
        self.assertEqual(512, configuration["MemorySize"])
        self.assertEqual(600, configuration["Timeout"])
        self.assertEqual(["x86_64"], configuration["Architectures"])
        self.assertEqual("PublishedVersions", configuration["SnapStart"]["ApplyOn"])
        self.assertEqual("Active", configuration["TracingConfig"]["Mode"])

    def test_sam_template(self):
        template = self.package()
        token = self.create("sam", template, capabilities=CAN_EXPAND).outputs["ServiceToken"]
        parameters: dict[str, str] = {}

        def update(changed: dict[str, str]):
            parameters.update(changed)
            return self.aws.update("sam", template, capabilities=CAN_EXPAND, **parameters)

        self.check_versions(update, token)

        count = len(self.aws.versions(FUNCTION))
        code = self.folder / "function.zip"
        other_code(ROOT / "target" / "function.zip", code)
        self.addCleanup(shutil.copyfile, ROOT / "target" / "function.zip", code)
        updated = self.aws.update("sam", self.package(), capabilities=CAN_EXPAND, **parameters)
        self.assert_status("UPDATE_COMPLETE", updated)
        versions = self.aws.versions(FUNCTION)
        self.assertEqual(count + 1, len(versions))
        self.assertEqual(versions[-1]["Version"], self.aws.live(FUNCTION)["FunctionVersion"])
        self.assertNotEqual(versions[-2]["CodeSha256"], versions[-1]["CodeSha256"])

    def plain(self, code: pathlib.Path | None = None) -> str:
        """The plain template of the release, or of one with other code."""
        text = (self.folder / "eks-oidc-provider-plain.yaml").read_text(encoding="utf-8")
        if code is None:
            return text
        ours = code_sha256((self.folder / "function.zip").read_bytes())
        self.assertEqual(1, text.count(ours))
        return text.replace(ours, code_sha256(code.read_bytes()))

    def test_plain_template(self):
        code = self.folder / "function.zip"
        self.aws.upload(code, "1/function.zip")
        parameters = {"CodeBucketPrefix": "code", "CodeKey": "1/function.zip"}
        token = self.create("plain", self.plain(), **parameters).outputs["ServiceToken"]

        def update(changed: dict[str, str]):
            parameters.update(changed)
            return self.aws.update("plain", self.plain(), **parameters)

        self.check_versions(update, token)

        # Another key: with other code, and with the same, which Lambda alone would not publish.
        with tempfile.TemporaryDirectory() as name:
            other = other_code(code, pathlib.Path(name) / "function.zip")
            self.aws.upload(other, "2/function.zip")
            self.aws.upload(other, "3/function.zip")
            plain = self.plain(other)
        for key in ("2/function.zip", "3/function.zip"):
            count = len(self.aws.versions(FUNCTION))
            parameters["CodeKey"] = key
            self.assert_status("UPDATE_COMPLETE", self.aws.update("plain", plain, **parameters))
            versions = self.aws.versions(FUNCTION)
            self.assertEqual(count + 1, len(versions))
            self.assertEqual(versions[-1]["Version"], self.aws.live(FUNCTION)["FunctionVersion"])

    def test_other_code_than_that_of_the_release_is_rolled_back(self):
        template = json.loads(self.plain())
        expected = template["Resources"]["FunctionVersion"]["Properties"]["CodeSha256"]
        self.aws.upload(self.folder / "function.zip", "1/function.zip")
        with tempfile.TemporaryDirectory() as name:
            other = other_code(self.folder / "function.zip", pathlib.Path(name) / "function.zip")
            self.aws.upload(other, "2/function.zip")
        ours = {"CodeBucketPrefix": "code", "CodeKey": "1/function.zip"}
        theirs = ours | {"CodeKey": "2/function.zip"}

        first = self.aws.create("foreign", self.plain(), **theirs)
        self.assert_status("ROLLBACK_COMPLETE", first)
        self.assertIn("is different from current CodeSHA256", " ".join(first.reasons))
        self.aws.delete("foreign")

        self.create("hash", self.plain(), **ours)
        (version,) = self.aws.versions(FUNCTION)
        self.assertEqual(expected, version["CodeSha256"])
        updated = self.aws.update("hash", self.plain(), **theirs)
        self.assert_status("UPDATE_ROLLBACK_COMPLETE", updated)
        self.assertEqual(version["Version"], self.aws.live(FUNCTION)["FunctionVersion"])
        self.assertEqual([version], self.aws.versions(FUNCTION))

    def test_an_upgrade_that_failed_once_can_be_tried_again(self):
        code = stand_in_code(self.folder / "stand-in.zip")
        self.addCleanup(code.unlink)
        for key in ("old", "new"):
            self.aws.upload(code, f"{key}/stand-in.zip")
        template = json.loads(self.plain(code))
        function = template["Resources"]["Function"]["Properties"]
        function |= {"Handler": "stand_in.handler", "Runtime": "python3.11"}
        parameters = {"CodeBucketPrefix": "code", "Architecture": "x86_64"}
        old = parameters | {"CodeKey": "old/stand-in.zip"}
        self.create("again", json.dumps(template), **old)
        live = self.aws.live(FUNCTION)["FunctionVersion"]

        failing = json.loads(json.dumps(template))
        failing["Resources"]["Failing"] = {
            "Type": "Custom::EksOidcProvider",
            "Properties": {"ServiceToken": {"Ref": "FunctionAliaslive"}, "Fail": "yes"},
        }
        new = parameters | {"CodeKey": "new/stand-in.zip"}
        failed = self.aws.update("again", json.dumps(failing), **new)
        self.assert_status("UPDATE_ROLLBACK_COMPLETE", failed)
        self.assertEqual(live, self.aws.live(FUNCTION)["FunctionVersion"])
        self.assertEqual([live], [v["Version"] for v in self.aws.versions(FUNCTION)])

        repeated = self.aws.update("again", json.dumps(template), **new)
        self.assert_status("UPDATE_COMPLETE", repeated)
        self.assertNotEqual(live, self.aws.live(FUNCTION)["FunctionVersion"])

    def test_the_log_group_survives_the_stack_and_the_next_stack_does_not_collide(self):
        self.aws.upload(self.folder / "function.zip", "1/function.zip")
        groups = []
        for _ in range(2):
            parameters = {"CodeBucketPrefix": "code", "CodeKey": "1/function.zip"}
            created = self.aws.create("log", self.plain(), **parameters)
            self.assert_status("CREATE_COMPLETE", created)
            groups.append(created.outputs["LogGroupName"])
            self.assertTrue(groups[-1].startswith(f"/aws/lambda/{FUNCTION}-"))
            self.aws.delete("log")
        logs = self.aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")
        self.assertLessEqual(set(groups), {g["logGroupName"] for g in logs["logGroups"]})
        self.assertNotEqual(*groups)
        with self.assertRaises(self.aws.aws_lambda.exceptions.ResourceNotFoundException):
            self.aws.aws_lambda.get_function(FunctionName=FUNCTION)


CAN_EXPAND = ("CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")


class WithStandIn(DeploymentTest):
    """The release with code that MiniStack can run."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        stand_in_code(cls.folder / "function.zip")
        template = cls.folder / "template.yaml"
        template.write_text(with_stand_in(template.read_text(encoding="utf-8")), encoding="utf-8")
        cls.examples = cls.folder / "examples"


class ExamplesTest(WithStandIn):

    def upload_translated(self, template: str, key: str) -> str:
        """MiniStack expands the transform of a stack, but not that of a nested one."""
        file = self.folder / "translated.json"
        file.write_text(json.dumps(translate(yaml_parse(template))), encoding="utf-8")
        return self.aws.upload(file, key)

    def test_serverless_application(self):
        template = self.package("serverless-application.yaml", self.examples)
        (key,) = re.findall(f"Location: .*/{BUCKET}/(\\S+)", template)
        body = self.aws.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        url = self.upload_translated(body, "application.json")
        template = re.sub("Location: .*/" + BUCKET + ".*", f"Location: {url}", template)
        parameters = {"ClusterName": "payments", "BucketName": "bucket"}
        created = self.create("application", template, capabilities=CAN_EXPAND, **parameters)
        self.assertIn(":role/", created.outputs["RoleArn"])
        self.assertEqual(1, len(self.aws.versions("application-eks-oidc")))

    def test_nested(self):
        url = self.upload_translated(self.package(), "nested.json")
        template = yaml_parse((self.examples / "nested.yaml").read_text(encoding="utf-8"))
        # MiniStack has no add-ons.
        del template["Resources"]["VpcCni"]
        parameters = {"FunctionTemplateUrl": url, "ClusterName": "payments"}
        created = self.create(
            "nested", json.dumps(template), capabilities=CAN_EXPAND, **parameters
        )
        self.assertIn(":role/", created.outputs["VpcCniRoleArn"])
        self.assertEqual(1, len(self.aws.versions("nested-eks-oidc")))


class OperationsTest(WithStandIn):
    def test_sam_shows_the_log(self):
        outputs = self.create(FUNCTION, self.package(), capabilities=CAN_EXPAND).outputs
        logs = self.aws.client("logs")
        group = {"logGroupName": outputs["LogGroupName"], "logStreamName": "stream"}
        logs.create_log_stream(**group)
        event = {"timestamp": int(time.time() * 1000), "message": "no such cluster"}
        logs.put_log_events(**group, logEvents=[event])

        shown = self.aws.sam(
            "logs", "--stack-name", FUNCTION, "--name", "Function", folder=self.folder
        )
        self.assertIn("no such cluster", shown)


def load_tests(loader, tests, pattern):
    """Without the classes that only others extend."""
    cases = (ReleaseTest, VersionsTest, ExamplesTest, OperationsTest)
    return unittest.TestSuite(loader.loadTestsFromTestCase(case) for case in cases)


if __name__ == "__main__":
    unittest.main()
