"""What the examples promise to those who deploy them, beyond what linters check."""

import itertools
import pathlib
import re
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "build"))

from evaluation import Evaluation
from plain_template import plain
from samtranslator.yaml_helper import yaml_parse

EXAMPLES = ROOT / "examples"
# CloudFormation User Guide, Outputs: "alphanumeric characters, colons, or hyphens".
EXPORT_NAME = re.compile(r"[A-Za-z0-9:-]{1,255}")


def example(name: str) -> dict:
    return yaml_parse((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))


def every_example() -> dict[str, dict]:
    return {path.stem: example(path.stem) for path in sorted(EXAMPLES.glob("*.yaml"))}


def joined(evaluation: Evaluation, node) -> str:
    match node:
        case {"Fn::Join": [separator, values]}:
            return separator.join(joined(evaluation, values))
        case _:
            return evaluation.value(node)


def exports(template: dict, **parameters: str) -> list[str]:
    evaluation = Evaluation(template, **parameters)
    outputs = template.get("Outputs", {}).values()
    return [joined(evaluation, o["Export"]["Name"]) for o in outputs if "Export" in o]


class ExportNamesTest(unittest.TestCase):

    def test_every_cluster_has_names_of_its_own_that_an_export_may_have(self):
        clusters = ("payments", "pay_ments", "pay-ments", "pay__ments", "1-_-_", "a" * 100)
        names = [n for c in clusters for n in exports(example("provider-stack"), ClusterName=c)]
        self.assertEqual(len(names), len(set(names)))
        for name in names:
            self.assertTrue(EXPORT_NAME.fullmatch(name), name)

    def test_the_function_refuses_an_export_name_that_cloudformation_would(self):
        template = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
        parameter = template["Parameters"]["ExportName"]
        pattern = re.compile(parameter["AllowedPattern"])
        self.assertTrue(pattern.fullmatch(parameter["Default"]))
        self.assertTrue(pattern.fullmatch("team:eks-oidc-1"))
        for bad in ("", "a_b", "a.b", "a/b", "a b", "a" * 256):
            self.assertFalse(pattern.fullmatch(bad), bad)


class CapabilitiesTest(unittest.TestCase):

    def test_none_needs_the_capability_of_named_roles(self):
        for name, template in every_example().items():
            for resource in template["Resources"].values():
                self.assertNotIn("RoleName", resource.get("Properties", {}), name)
        for path in (*EXAMPLES.glob("*.yaml"), EXAMPLES / "README.md", ROOT / "samconfig.toml"):
            self.assertNotIn("CAPABILITY_NAMED_IAM", path.read_text(encoding="utf-8"), path)

    def test_what_includes_a_transform_says_which_capabilities_it_needs(self):
        for name in ("nested", "serverless-application"):
            self.assertIn(
                "CAPABILITY_IAM CAPABILITY_AUTO_EXPAND", example(name)["Description"]
            )


class StackSetTest(unittest.TestCase):

    def setUp(self) -> None:
        self.template = example("stackset")
        self.properties = Evaluation(self.template).properties("Functions")

    def test_a_delegated_administrator_can_deploy_it(self):
        self.assertEqual("SELF", self.properties["CallAs"])
        delegated = Evaluation(self.template, CallAs="DELEGATED_ADMIN").properties("Functions")
        self.assertEqual("DELEGATED_ADMIN", delegated["CallAs"])
        self.assertEqual(["CAPABILITY_IAM"], self.properties["Capabilities"])

    def test_it_gives_all_that_the_plain_template_needs_or_an_organization_may_need(self):
        parameters = plain((ROOT / "template.yaml").read_text(encoding="utf-8"))["Parameters"]
        given = {p["ParameterKey"]: p["ParameterValue"] for p in self.properties["Parameters"]}
        needed = {name for name, p in parameters.items() if "Default" not in p}
        needed |= {"Architecture", "PermissionsBoundary", "RoleArn", "SnapStart", "Audit"}
        self.assertLessEqual(needed, given.keys())
        self.assertEqual("None", given["SnapStart"])
        choices = self.template["Parameters"]["SnapStart"]["AllowedValues"]
        self.assertEqual(["None", "PublishedVersions"], [str(value) for value in choices])


# For a parameter with a pattern or without a constraint: values of which it may allow some.
TEXTS = (
    "",
    "Off",
    "OnDemand",
    "off",
    "daily",
    "rate(1 day)",
    "rate(0 days)",
    "cron(0 6 * * ? *)",
    "arn:aws:iam::111122223333:role/platform/oidc",
    "arn:aws:iam::111122223333:role/" + "r" * 65,
    "arn:aws:iam::111122223333:policy/boundary",
    "arn:aws:iam::aws:policy/PowerUserAccess",
    "arn:aws:kms:eu-west-1:111122223333:key/1",
    "arn:other",
    "subnet-0123456789abcdef0",
    "sg-0123456789abcdef0",
)


def candidates(definition: dict, inner: dict) -> list[str]:
    """Values for a parameter that is passed to another template's parameter."""
    if "AllowedValues" in definition:
        return [*map(str, definition["AllowedValues"]), "other"]
    if "AllowedPattern" in inner:
        return list(TEXTS)
    longest = inner.get("MaxLength", 1)
    return ["x" * longest, "x" * (longest + 1)]


def accepted(template: dict, name: str, inner: dict) -> list[str]:
    """The candidates that the parameter itself accepts."""
    return [
        value
        for value in candidates(template["Parameters"][name], inner.get(name, {}))
        if not any(
            reason.startswith(f"{name}: ")
            for reason in Evaluation(template, **{name: value}).rejections()
        )
    ]


def passed(resource: dict) -> dict:
    """The values that a resource passes to the template of the function, not evaluated."""
    parameters = resource["Properties"].get("Parameters", {})
    if isinstance(parameters, list):
        return {p["ParameterKey"]: p["ParameterValue"] for p in parameters}
    return parameters


class CombinationsTest(unittest.TestCase):
    """The function's template takes every combination of parameters that an example takes."""

    def setUp(self) -> None:
        text = (ROOT / "template.yaml").read_text(encoding="utf-8")
        self.functions = {False: yaml_parse(text), True: plain(text)}

    def rejections(self, template: dict, resource: str, plain_form: bool) -> tuple[int, set[str]]:
        """How many combinations were tried, and why the function's template rejects some."""
        values = passed(template["Resources"][resource])
        text = repr(values)
        used = [n for n in template["Parameters"] if f"'{n}'" in text or "${" + n in text]
        parameters = self.functions[plain_form]["Parameters"]
        choices = [accepted(template, name, parameters) for name in used]
        tried, reasons = 0, set()
        for combination in itertools.product(*choices):
            outer = Evaluation(template, **dict(zip(used, combination)))
            if outer.rejections():
                continue
            tried += 1
            inner = {name: str(outer.value(value)) for name, value in values.items()}
            reasons |= set(Evaluation(self.functions[plain_form], **inner).rejections())
        return tried, reasons

    def test_no_allowed_combination_is_rejected(self):
        including = re.compile("AWS::(CloudFormation::(Stack|StackSet)|Serverless::Application)")
        counts = {}
        for name, template in every_example().items():
            for resource, definition in template["Resources"].items():
                if including.fullmatch(definition["Type"]):
                    with self.subTest(example=name):
                        tried, reasons = self.rejections(template, resource, name == "stackset")
                        self.assertEqual(set(), reasons)
                        counts[name] = tried
        self.assertEqual({"nested", "serverless-application", "stackset"}, counts.keys())
        self.assertGreater(counts["stackset"], 100)


class UseTest(unittest.TestCase):

    def test_the_role_of_the_vpc_cni_is_attached_to_its_add_on(self):
        resources = example("nested")["Resources"]
        addon = resources["VpcCni"]
        self.assertEqual("AWS::EKS::Addon", addon["Type"])
        self.assertEqual("vpc-cni", addon["Properties"]["AddonName"])
        role = addon["Properties"]["ServiceAccountRoleArn"]["Fn::GetAtt"]
        self.assertEqual(["VpcCniRole", "Arn"], role if isinstance(role, list) else role.split("."))
        accounts = resources["VpcCniTrust"]["Properties"]["ServiceAccounts"]
        self.assertEqual(["kube-system:aws-node"], accounts)

    def test_cluster_and_role_says_when_the_native_resource_is_enough(self):
        self.assertIn("native AWS::IAM::OIDCProvider", example("cluster-and-role")["Description"])

    def test_the_issuer_of_another_account_must_be_an_issuer_of_eks(self):
        pattern = re.compile(example("cross-account")["Parameters"]["IssuerUrl"]["AllowedPattern"])
        identity = "D539D4633E53DE1B71EA0B2C4F6A8C1E"
        self.assertTrue(
            pattern.fullmatch(f"https://oidc.eks.eu-west-1.amazonaws.com/id/{identity}")
        )
        for bad in (
            f"https://oidc-eks.eu-west-1.api.aws/id/{identity}",
            f"https://oidc.eks.x/y.amazonaws.com/id/{identity}",
            f"https://oidc.eks.eu-moon-1.amazonaws.com/id/{identity}",
            f"http://oidc.eks.eu-west-1.amazonaws.com/id/{identity}",
            f"https://oidc.eks.eu-west-1.amazonaws.com/id/{identity}/x",
        ):
            self.assertFalse(pattern.fullmatch(bad), bad)

    def test_an_included_function_does_not_collide_with_another(self):
        for name in ("nested", "serverless-application"):
            parameters = example(name)["Resources"]["Function"]["Properties"]["Parameters"]
            for parameter in ("FunctionName", "ExportName"):
                self.assertIn("${AWS::StackName}", parameters[parameter]["Fn::Sub"])

    def test_every_example_is_in_the_readme(self):
        readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
        for path in EXAMPLES.glob("*.yaml"):
            self.assertIn(f"({path.name})", readme)


if __name__ == "__main__":
    unittest.main()
