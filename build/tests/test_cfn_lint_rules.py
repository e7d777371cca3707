"""What the rules in schema/cfn_lint find, each in a template with one mistake."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
VALID = pathlib.Path(__file__).with_name("valid.yaml")
TOKEN = "arn:aws:lambda:eu-west-1:111122223333:function:eks-oidc-provider:live"
URL = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
ARN = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
DUAL_STACK = ARN.replace("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws")

CORRECT = {
    "AWSTemplateFormatVersion": "2010-09-09",
    "Resources": {
        "Oidc": {
            "Type": "Custom::EksOidcProvider",
            "Properties": {"ServiceToken": TOKEN, "ClusterName": "main"},
        },
        "Trust": {
            "Type": "Custom::IrsaTrustPolicy",
            "Properties": {
                "ServiceToken": TOKEN,
                "ProviderArn": {"Ref": "Oidc"},
                "ServiceAccounts": ["default:app"],
            },
        },
    },
    "Outputs": {
        "One": {"Value": {"Fn::GetAtt": ["Oidc", "Issuer"]}},
        "Other": {"Value": {"Fn::Sub": "${Trust.PolicyDocument} of ${Oidc} and ${Oidc.Arn}"}},
    },
}


def properties(resource: str, remove: tuple[str, ...] = (), **more) -> dict:
    template = copy.deepcopy(CORRECT)
    changed = template["Resources"][resource]["Properties"]
    for name in remove:
        del changed[name]
    changed.update(more)
    return template


def output(value) -> dict:
    template = copy.deepcopy(CORRECT)
    template["Outputs"]["One"]["Value"] = value
    return template


def by_condition(**values) -> dict:
    """These properties if the condition is true, and otherwise none of them."""
    template = properties("Oidc", ("ClusterName",))
    template["Parameters"] = {"Name": {"Type": "String"}}
    template["Conditions"] = {"HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]}}
    for name, value in values.items():
        choice = {"Fn::If": ["HasName", value, {"Ref": "AWS::NoValue"}]}
        template["Resources"]["Oidc"]["Properties"][name] = choice
    return template


# The template, and what the message says.
MISTAKES = {
    "misspelt": (
        properties("Oidc", ("ClusterName",), ClusterNam="main"),
        "'ClusterNam' was unexpected. Did you mean 'ClusterName'?",
    ),
    "bad-value": (properties("Oidc", OnExisting="adopt"), "'adopt' is not one of"),
    "return-value-given": (properties("Oidc", Arn=ARN), "'Arn' was unexpected"),
    "no-token": (properties("Oidc", ("ServiceToken",)), "'ServiceToken' is a required property"),
    "neither": (properties("Oidc", ("ClusterName",)), "ClusterName or Url is required"),
    "both": (properties("Oidc", Url=URL), "Only one of ClusterName or Url can be given"),
    "no-provider": (
        properties("Trust", ("ProviderArn",)), "ProviderArn or ProviderArns is required"
    ),
    "two-kinds-of-provider": (
        properties("Trust", ProviderArns=[ARN]),
        "Only one of ProviderArn or ProviderArns can be given",
    ),
    "none-under-one-condition": (
        by_condition(ClusterName={"Ref": "Name"}), "ClusterName or Url is required"
    ),
    "namespace-of-wildcards": (properties("Trust", ServiceAccounts=["*:api"]), "does not match"),
    "dual-stack": (properties("Trust", ProviderArn=DUAL_STACK), "does not match"),
}
BAD_ATTRIBUTES = {
    "getatt": ({"Fn::GetAtt": ["Oidc", "Issuers"]}, "'Issuers'"),
    "getatt-as-text": ({"Fn::GetAtt": "Oidc.Policy"}, "'Policy'"),
    "getatt-of-the-other": ({"Fn::GetAtt": ["Trust", "Arn"]}, "'Arn'"),
    "sub": ({"Fn::Sub": "of ${Oidc.Issuers}"}, "'Issuers'"),
    "sub-with-values": ({"Fn::Sub": ["${X} of ${Trust.Arn}", {"X": "x"}]}, "'Arn'"),
}
for name, (value, attribute) in BAD_ATTRIBUTES.items():
    MISTAKES[name] = (output(value), f"{attribute} is not returned")
BOTH_OR_NEITHER = by_condition(ClusterName={"Ref": "Name"}, Url=URL)
SERVERLESS = CORRECT | {
    "Transform": "AWS::Serverless-2016-10-31",
    "Globals": {"Function": {"Timeout": 3}},
}


class CfnLintRulesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as folder:
            templates = {"both-or-neither-by-condition": BOTH_OR_NEITHER, "serverless": SERVERLESS}
            templates |= {name: template for name, (template, _) in MISTAKES.items()}
            files = [str(VALID)]
            for name, template in templates.items():
                file = pathlib.Path(folder, f"{name}.json")
                file.write_text(json.dumps(template), encoding="utf-8")
                files.append(str(file))
            rules = str(ROOT / "schema" / "cfn_lint")
            cfn_lint = str(pathlib.Path(sys.executable).with_name("cfn-lint"))
            run = subprocess.run(
                [cfn_lint, "--append-rules", rules, "--format", "json", "--", *files],
                capture_output=True,
                text=True,
                timeout=120,
            )
        if not run.stdout.startswith("["):
            raise RuntimeError(run.stderr)
        cls.findings = {name: [] for name in (*templates, VALID.stem)}
        for finding in json.loads(run.stdout):
            # cfn-lint has rules of its own for custom resources.
            if finding["Rule"]["Id"].startswith("E97"):
                name = pathlib.Path(finding["Filename"]).stem
                cls.findings[name].append((finding["Rule"]["Id"], finding["Message"]))

    def test_a_valid_template_has_no_finding(self):
        for name in (VALID.stem, "serverless"):
            self.assertEqual([], self.findings[name])

    def test_each_mistake_is_found_once_by_its_rule(self):
        for name, (_, message) in MISTAKES.items():
            with self.subTest(name):
                found = self.findings[name]
                rule = "E9702" if name in BAD_ATTRIBUTES else "E9701"
                self.assertEqual([rule], [r for r, _ in found], found)
                self.assertIn(message, found[0][1])

    def test_each_combination_of_conditions_is_checked(self):
        self.assertEqual(
            [
                ("E9701", "ClusterName or Url is required"),
                ("E9701", "Only one of ClusterName or Url can be given"),
            ],
            sorted(self.findings["both-or-neither-by-condition"]),
        )


if __name__ == "__main__":
    unittest.main()
