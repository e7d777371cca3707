"""Which changes publish a version of the function, by the pinned translator, in both templates.

CloudFormation publishes a version if the resource AWS::Lambda::Version has another logical id, or
another value of a property whose update requires a replacement, which all of its properties do.
"""

import copy
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "build"), str(ROOT / "build" / "tests")]

from evaluation import Evaluation
from plain_template import plain, translate
from samtranslator.yaml_helper import yaml_parse

TEXT = (ROOT / "template.yaml").read_text(encoding="utf-8")


def packaged(key: str = "0123456789abcdef") -> dict:
    """template.yaml after sam package, which names the code by its hash, and after the transform."""
    template = yaml_parse(TEXT)
    template["Resources"]["Function"]["Properties"]["CodeUri"] = f"s3://bucket/{key}"
    return translate(template)


class Deployed:
    """A template with values for its parameters."""

    def __init__(self, template: dict, **parameters: str) -> None:
        self.template = template
        self.evaluation = Evaluation(template, **parameters)
        (self.version,) = self.named("AWS::Lambda::Version")
        (self.alias,) = self.named("AWS::Lambda::Alias")

    def named(self, resource_type: str) -> list[str]:
        resources = self.template["Resources"].items()
        return [name for name, resource in resources if resource["Type"] == resource_type]

    def identity(self) -> tuple:
        """If this differs, CloudFormation publishes a version."""
        return self.version, self.evaluation.properties(self.version)

    def configuration(self) -> dict:
        """What Lambda compares with the version before."""
        return self.evaluation.properties("Function")


def other_value(definition: dict) -> str:
    """A value that a parameter takes and that is not its default."""
    if "AllowedValues" in definition:
        values = [str(value) for value in definition["AllowedValues"]]
        return next(value for value in values if value != str(definition.get("Default")))
    if definition["Type"] == "Number":
        values = [definition["MinValue"], definition["MaxValue"]]
        return next(str(value) for value in values if value != definition["Default"])
    if "arn:" in definition.get("AllowedPattern", ""):
        return "arn:aws:kms:eu-west-1:111122223333:key/other"
    return "other"


class VersionsTest(unittest.TestCase):

    def setUp(self) -> None:
        self.templates = {"SAM": packaged(), "plain": plain(TEXT)}

    def test_a_parameter_publishes_a_version_if_and_only_if_the_function_sees_it(self):
        published = {"SAM": set(), "plain": set()}
        for form, template in self.templates.items():
            before = Deployed(template)
            for name, definition in template["Parameters"].items():
                if name in ("FunctionName", "CodeBucketPrefix"):
                    continue
                with self.subTest(form=form, parameter=name):
                    after = Deployed(template, **{name: other_value(definition)})
                    differs = before.configuration() != after.configuration()
                    self.assertEqual(differs, before.identity() != after.identity())
                    if differs:
                        published[form].add(name)
        seen = {"Architecture", "MemorySize", "Timeout", "SnapStart", "Tracing"}
        self.assertLessEqual(seen, published["SAM"])
        self.assertEqual(published["SAM"] | {"CodeKey"}, published["plain"])

    def test_new_code_publishes_a_version(self):
        before, after = Deployed(packaged("0123")), Deployed(packaged("4567"))
        self.assertNotEqual(before.identity(), after.identity())

    def test_nothing_changed_publishes_none(self):
        self.assertEqual(Deployed(packaged()).identity(), Deployed(packaged()).identity())
        self.assertEqual(Deployed(plain(TEXT)).identity(), Deployed(plain(TEXT)).identity())

    def test_another_bucket_with_the_same_key_publishes_none(self):
        before = Deployed(plain(TEXT))
        after = Deployed(plain(TEXT), CodeBucketPrefix="other")
        self.assertEqual(before.identity(), after.identity())

    def test_lambda_accepts_the_version_because_the_function_differs_too(self):
        # Also if the key is new and the code is the same: the description holds the key.
        for form, template in self.templates.items():
            for parameters in ({}, {"MemorySize": "1024"}, {"SnapStart": "PublishedVersions"}):
                with self.subTest(form=form, parameters=parameters):
                    deployed = Deployed(template, **parameters)
                    _, version = deployed.identity()
                    self.assertEqual(
                        version["Description"], deployed.configuration()["Description"]
                    )

    def test_the_alias_moves_and_keeps_its_arn(self):
        for form, template in self.templates.items():
            with self.subTest(form=form):
                deployed = Deployed(template)
                self.assertEqual("FunctionAliaslive", deployed.alias)
                properties = template["Resources"][deployed.alias]["Properties"]
                self.assertEqual(
                    {
                        "Name": "live",
                        "FunctionName": {"Ref": "Function"},
                        "FunctionVersion": {"Fn::GetAtt": [deployed.version, "Version"]},
                    },
                    properties,
                )
                token = template["Outputs"]["ServiceToken"]["Value"]
                self.assertEqual({"Ref": deployed.alias}, token)

    def test_no_version_that_requests_may_run_on_is_deleted(self):
        for form, template in self.templates.items():
            with self.subTest(form=form):
                version = template["Resources"][Deployed(template).version]
                self.assertEqual("Retain", version["UpdateReplacePolicy"])
                self.assertIn(version["DeletionPolicy"], ("Retain", "RetainExceptOnCreate"))

    def test_deleting_the_stack_deletes_function_and_alias(self):
        for form, template in self.templates.items():
            with self.subTest(form=form):
                for name in ("Function", "FunctionAliaslive"):
                    policy = template["Resources"][name].get("DeletionPolicy", "Delete")
                    self.assertEqual("Delete", policy)

    def test_the_description_fits_with_the_longest_values(self):
        template = plain(TEXT)
        longest = {}
        for name, definition in template["Parameters"].items():
            values = definition.get("AllowedValues", [definition.get("MaxValue", "")])
            longest[name] = max(map(str, values), key=len)
        longest["CodeKey"] = "k" * template["Parameters"]["CodeKey"]["MaxLength"]
        description = Deployed(template, **longest).configuration()["Description"]
        self.assertIn(longest["CodeKey"], description)
        self.assertLessEqual(len(description), 256)

    def test_a_template_without_the_description_would_be_found(self):
        # What SAM does by itself: the values of parameters do not count.
        template = copy.deepcopy(packaged())
        (version,) = Deployed(template).named("AWS::Lambda::Version")
        del template["Resources"][version]["Properties"]["Description"]
        before, after = Deployed(template), Deployed(template, MemorySize="1024")
        self.assertEqual(before.identity(), after.identity())


class AuditTest(unittest.TestCase):

    def test_off_adds_no_resource_and_no_permission(self):
        for template in (packaged(), plain(TEXT)):
            for audit, more in (("Off", 0), ("OnDemand", 0), ("rate(1 day)", 2)):
                evaluation = Evaluation(template, Audit=audit)
                without_topic = evaluation.resources().keys()
                resources = Evaluation(template, Audit=audit, AlarmTopicArn="arn:t").resources()
                added = {name for name in without_topic if name.startswith("Audit")}
                self.assertEqual(more, len(added), audit)
                alarms = {"FindingAlarm", "QuotaAlarm", "FailedAuditAlarm"}
                self.assertFalse(alarms & without_topic)
                self.assertEqual(alarms if more else set(), alarms & resources.keys(), audit)
                policies = [p["PolicyName"] for p in resources["Role"]["Properties"]["Policies"]]
                self.assertEqual(audit != "Off", "audit" in policies, audit)

    def test_the_audit_publishes_no_version(self):
        for template in (packaged(), plain(TEXT)):
            self.assertEqual(
                Deployed(template).identity(), Deployed(template, Audit="rate(1 day)").identity()
            )

    def test_both_forms_reject_snap_start_without_a_schedule(self):
        for template in (packaged(), plain(TEXT)):
            self.assertIn("SnapStartNeedsASchedule", template["Rules"])


class PlainTemplateTest(unittest.TestCase):

    def test_it_has_no_transform_and_names_no_local_file(self):
        template = plain(TEXT)
        self.assertNotIn("Transform", template)
        self.assertNotIn("AWS::ServerlessRepo::Application", template["Metadata"])
        types = {resource["Type"] for resource in template["Resources"].values()}
        self.assertFalse([name for name in types if name.startswith("AWS::Serverless")])

    def test_it_needs_no_capability_for_named_roles(self):
        roles = [r for r in plain(TEXT)["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
        self.assertEqual(2, len(roles))
        for role in roles:
            self.assertNotIn("RoleName", role["Properties"])

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
