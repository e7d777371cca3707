"""What the rules in schema/cfn_lint find, each in a template with one mistake."""

import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
TOKEN = "arn:aws:lambda:eu-west-1:111122223333:function:eks-oidc-provider:live"
URL = "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"
ARN = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF"

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


# The template, the rule, and what its message says.
MISTAKES = {
    "misspelt": (
        properties("Oidc", ("ClusterName",), ClusterNam="main"),
        "E9701",
        "'ClusterNam' was unexpected. Did you mean 'ClusterName'?",
    ),
    "bad-value": (properties("Oidc", OnExisting="adopt"), "E9701", "'adopt' is not one of"),
    "bad-pattern": (properties("Oidc", ThumbprintList=["x"]), "E9701", "does not match"),
    "return-value-given": (properties("Oidc", Arn=ARN), "E9701", "'Arn' was unexpected"),
    "no-token": (
        properties("Oidc", ("ServiceToken",)), "E9701", "'ServiceToken' is a required property"
    ),
    "neither-cluster-nor-url": (
        properties("Oidc", ("ClusterName",)), "E9701", "is not valid under any of the given schemas"
    ),
    "cluster-and-url": (properties("Oidc", Url=URL), "E9701", "is valid under each of"),
    "no-provider": (
        properties("Trust", ("ProviderArn",)), "E9701", "is not valid under any of the given schemas"
    ),
    "two-kinds-of-provider": (
        properties("Trust", ProviderArns=[ARN]), "E9701", "is valid under each of"
    ),
    "no-service-accounts": (
        properties("Trust", ("ServiceAccounts",)),
        "E9701",
        "'ServiceAccounts' is a required property",
    ),
    "getatt": (output({"Fn::GetAtt": ["Oidc", "Issuers"]}), "E9702", "'Issuers' is not returned"),
    "getatt-as-text": (output({"Fn::GetAtt": "Oidc.Policy"}), "E9702", "'Policy' is not returned"),
    "getatt-of-the-other": (output({"Fn::GetAtt": ["Trust", "Arn"]}), "E9702", "'Arn' is not ret"),
    "sub": (output({"Fn::Sub": "of ${Oidc.Issuers}"}), "E9702", "'Issuers' is not returned"),
    "sub-with-values": (
        output({"Fn::Sub": ["${X} of ${Trust.Arn}", {"X": "x"}]}), "E9702", "'Arn' is not returned"
    ),
}


class CfnLintRulesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as folder:
            templates = {"correct": CORRECT}
            templates |= {name: template for name, (template, _, _) in MISTAKES.items()}
            files = []
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
        cls.findings = {name: [] for name in templates}
        for finding in json.loads(run.stdout):
            # cfn-lint has rules of its own for custom resources.
            if finding["Rule"]["Id"].startswith("E97"):
                name = pathlib.Path(finding["Filename"]).stem
                cls.findings[name].append((finding["Rule"]["Id"], finding["Message"]))

    def test_a_correct_template_has_no_finding(self):
        self.assertEqual([], self.findings["correct"])

    def test_each_mistake_is_found_by_its_rule(self):
        for name, (_, rule, message) in MISTAKES.items():
            with self.subTest(name):
                found = self.findings[name]
                self.assertEqual({rule}, {r for r, _ in found}, found)
                self.assertTrue(any(message in m for _, m in found), found)


if __name__ == "__main__":
    unittest.main()
