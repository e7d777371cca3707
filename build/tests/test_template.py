"""Which changes publish a version of the function, by the pinned translator, in both templates.

CloudFormation publishes a version if the resource AWS::Lambda::Version has another logical id, or
another value of a property whose update requires a replacement, which all of its properties do.
build/deployment/test_deployment.py has what happens to versions and alias.
"""

import json
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "build"))

from evaluation import Evaluation
from plain_template import code_sha256, plain, translate
from release_notes import maven_version
from samtranslator.yaml_helper import yaml_parse

TEXT = (ROOT / "template.yaml").read_text(encoding="utf-8")


OTHERS = (
    "arn:aws:kms:eu-west-1:111122223333:key/other",
    "arn:aws:iam::111122223333:role/other",
    "arn:aws:iam::111122223333:policy/other",
    "subnet-0123456789abcdef0",
    "sg-0123456789abcdef0",
    "rate(1 day)",
    "200",
)

# One has no effect without the other, and CloudFormation rejects it.
TOGETHER = {
    "Dashboard": {"Audit": "rate(1 day)"},
    "SubnetIds": {"SecurityGroupIds": "sg-11111111111111111"},
    "SecurityGroupIds": {"SubnetIds": "subnet-11111111111111111"},
}


def packaged(key: str = "0123456789abcdef") -> dict:
    """template.yaml after sam package, which names the code by its hash, and after the transform."""
    template = yaml_parse(TEXT)
    template["Resources"]["Function"]["Properties"]["CodeUri"] = f"s3://bucket/{key}"
    return translate(template)


class Deployed:
    """A template with values for its parameters."""

    def __init__(self, template: dict, **parameters: str) -> None:
        self.evaluation = Evaluation(template, **parameters)
        resources = template["Resources"].items()
        (self.version,) = (k for k, r in resources if r["Type"] == "AWS::Lambda::Version")

    def identity(self) -> tuple:
        """If this differs, CloudFormation publishes a version."""
        return self.version, self.evaluation.properties(self.version)

    def configuration(self) -> dict:
        """What Lambda compares with the version before, but the code: a new key may have the same."""
        properties = self.evaluation.properties("Function")
        return {name: value for name, value in properties.items() if name != "Code"}


def other_value(definition: dict) -> str:
    """A value that a parameter takes and that is not its default."""
    if "AllowedValues" in definition:
        values = [str(value) for value in definition["AllowedValues"]]
        return next(value for value in values if value != str(definition.get("Default")))
    if definition["Type"] == "Number":
        values = [definition["MinValue"], definition["MaxValue"]]
        return next(str(value) for value in values if value != definition["Default"])
    pattern = definition.get("AllowedPattern", "")
    return next((value for value in OTHERS if pattern and re.fullmatch(pattern, value)), "other")


class VersionsTest(unittest.TestCase):

    def setUp(self) -> None:
        self.templates = {"SAM": packaged(), "plain": plain(TEXT)}

    def test_a_parameter_publishes_a_version_if_and_only_if_the_function_sees_it(self):
        published = {"SAM": set(), "plain": set()}
        for form, template in self.templates.items():
            before = Deployed(template)
            for name, definition in template["Parameters"].items():
                if name == "FunctionName":
                    continue
                with self.subTest(form=form, parameter=name):
                    together = TOGETHER.get(name, {})
                    values = {name: other_value(definition)} | together
                    after = Deployed(template, **values)
                    if name != "SnapStart":  # It needs a schedule, which the function does not see.
                        self.assertEqual([], after.evaluation.rejections())
                    differs = before.configuration() != after.configuration()
                    self.assertEqual(differs, before.identity() != after.identity())
                    if differs:
                        published[form].add(name)
        seen = {"Architecture", "MemorySize", "Timeout", "SnapStart", "Tracing", "AllowTakeOver"}
        self.assertEqual(seen | {"RoleArn", "SubnetIds", "SecurityGroupIds"}, published["SAM"])
        self.assertEqual(published["SAM"] | {"CodeKey"}, published["plain"])

    def test_two_networks_or_roles_never_share_a_description(self):
        template = self.templates["plain"]
        subnets = ("subnet-11111111", "subnet-11111111,subnet-22222222", "subnet-22222222")
        groups = ("sg-11111111", "sg-22222222", "sg-11111111,sg-22222222")
        roles = ("", "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/a/a")
        identities = [
            Deployed(template, SubnetIds=s, SecurityGroupIds=g, RoleArn=r).identity()
            for s in subnets
            for g in groups
            for r in roles
        ]
        descriptions = {version["Description"] for _, version in identities}
        self.assertEqual(27, len(descriptions))

    def test_the_description_fits_with_the_longest_values(self):
        template = plain(TEXT)
        longest = {}
        for name, definition in template["Parameters"].items():
            values = definition.get("AllowedValues", [definition.get("MaxValue", definition.get("Default", "x"))])
            longest[name] = max(map(str, values), key=len)
        longest["CodeKey"] = "k" * template["Parameters"]["CodeKey"]["MaxLength"]
        longest["RoleArn"] = "arn:aws-us-gov:iam::111122223333:role/" + "r" * 64
        longest["SubnetIds"] = ",".join(["subnet-" + "0" * 17] * 3)
        longest["SecurityGroupIds"] = ",".join(["sg-" + "0" * 17] * 2)
        longest["Audit"] = "rate(1 day)"
        for name in ("RoleArn", "SubnetIds", "SecurityGroupIds", "CodeKey"):
            longer = {name: longest[name].replace("r" * 64, "r" * 65).replace("0" * 17, "0" * 18)}
            longer[name] += "k" if name == "CodeKey" else ""
            rejected = Evaluation(template, **longest | longer).rejections()
            self.assertTrue(any(r.startswith(name) for r in rejected), (name, rejected))
        deployed = Deployed(template, **longest)
        self.assertEqual([], deployed.evaluation.rejections())
        _, version = deployed.identity()
        self.assertIn(longest["CodeKey"], version["Description"])
        self.assertLessEqual(len(version["Description"]), 256)
        self.assertLessEqual(len(deployed.configuration()["Description"]), 256)


class ReleaseTest(unittest.TestCase):
    """Which release runs can be seen."""

    def test_the_description_and_an_output_have_the_version_of_the_pom(self):
        version = maven_version((ROOT / "pom.xml").read_text(encoding="utf-8"))
        for template in (packaged(), plain(TEXT)):
            deployed = Deployed(template)
            description = deployed.configuration()["Description"]
            self.assertTrue(description.startswith(f"eks-oidc-provider {version}: "), description)
            output = template["Outputs"]["Version"]["Value"]
            self.assertEqual(version, deployed.evaluation.value(output))


class AuditTest(unittest.TestCase):

    def test_off_adds_no_resource_and_no_permission(self):
        for template in (packaged(), plain(TEXT)):
            default = template["Parameters"]["Audit"]["Default"]
            self.assertEqual("Off", default)
            for audit, more in ((default, 0), ("OnDemand", 0), ("rate(1 day)", 1)):
                evaluation = Evaluation(template, Audit=audit)
                without_topic = evaluation.resources().keys()
                resources = Evaluation(template, Audit=audit, AlarmTopicArn="arn:t").resources()
                added = {name for name in without_topic if name.startswith("Audit")}
                self.assertEqual(more, len(added), audit)
                self.assertEqual(more, "ScheduleRole" in without_topic, audit)
                alarms = {"FindingAlarm", "QuotaAlarm", "FailedAuditAlarm"}
                self.assertFalse(alarms & without_topic)
                self.assertEqual(alarms if more else set(), alarms & resources.keys(), audit)
                policies = [p["PolicyName"] for p in resources["Role"]["Properties"]["Policies"]]
                self.assertEqual(audit != "Off", "audit" in policies, audit)


class KeepAliveTest(unittest.TestCase):

    def test_snap_start_has_a_schedule_that_keeps_the_snapshot_whatever_the_audit(self):
        for template in (packaged(), plain(TEXT)):
            self.assertNotIn("SnapStart", str(template.get("Rules")))
            for audit in ("Off", "OnDemand", "rate(1 day)", "rate(30 days)", "cron(0 6 1 * ? *)"):
                for snap_start in ("None", "PublishedVersions"):
                    with self.subTest(audit=audit, snap_start=snap_start):
                        values = {"Audit": audit, "SnapStart": snap_start}
                        self.check(Evaluation(template, **values).resources(), **values)

    def check(self, resources: dict, Audit: str, SnapStart: str) -> None:
        schedules = {
            r["Properties"]["ScheduleExpression"]
            for r in resources.values()
            if r["Type"] == "AWS::Scheduler::Schedule"
        }
        scheduled_audit = {Audit} - {"Off", "OnDemand"}
        keep_alive = set()
        if SnapStart == "PublishedVersions" and Audit != "rate(1 day)":
            keep_alive = {"rate(7 days)"}
        self.assertEqual(scheduled_audit | keep_alive, schedules)
        self.assertEqual(bool(schedules), "ScheduleRole" in resources)


class PlainTemplateTest(unittest.TestCase):

    def test_cloudformation_takes_it_without_a_bucket(self):
        self.assertLess(len(json.dumps(plain(TEXT, code_sha256(b"")), indent=1)), 51_200)

    def test_a_stack_set_takes_it_with_the_capability_for_roles(self):
        template = plain(TEXT)
        self.assertNotIn("Transform", template)
        self.assertNotIn("AWS::ServerlessRepo::Application", template["Metadata"])
        resources = template["Resources"].values()
        self.assertFalse([r for r in resources if r["Type"].startswith("AWS::Serverless")])
        self.assertFalse([r for r in resources if "RoleName" in r["Properties"]])

    def test_the_console_shows_every_parameter(self):
        template = plain(TEXT)
        shown = [
            name
            for group in template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
            for name in group["Parameters"]
        ]
        self.assertCountEqual(template["Parameters"], shown)


if __name__ == "__main__":
    unittest.main()
