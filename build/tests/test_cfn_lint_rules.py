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


def template(resources: dict, parameters: dict | None = None, **sections) -> dict:
    whole = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, **sections}
    if parameters:
        whole["Parameters"] = parameters
    return whole


def provider(**more) -> dict:
    return {"Type": "Custom::EksOidcProvider", "Properties": {"ServiceToken": TOKEN, **more}}


def trust(**more) -> dict:
    properties = {"ServiceToken": TOKEN, "ServiceAccounts": ["default:app"], **more}
    return {"Type": "Custom::IrsaTrustPolicy", "Properties": properties}


NO_VALUE = {"Ref": "AWS::NoValue"}
TEXT = {"Type": "String"}
EMPTY = {"Type": "String", "Default": ""}
IS_SET = {"HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]}}
SEVERAL = {"Several": {"Fn::Equals": [{"Ref": "Mode"}, "blue-green"]}}
MODE = {"Type": "String", "Default": "one", "AllowedValues": ["one", "blue-green"]}


def either(condition: str, name: str, value, other: str, other_value) -> dict:
    """One property if the condition is true, and the other one if it is not."""
    return {
        name: {"Fn::If": [condition, value, NO_VALUE]},
        other: {"Fn::If": [condition, NO_VALUE, other_value]},
    }


# How templates of public repositories are built, with the properties of these resource types.
VALID = {
    "correct": CORRECT,
    "name-or-url-by-condition": template(
        {"Oidc": provider(**either("HasName", "ClusterName", {"Ref": "Name"}, "Url", {"Ref": "Url"}))},
        {"Name": EMPTY, "Url": EMPTY},
        Conditions=IS_SET,
    ),
    "name-or-url-with-defaults-that-are-values": template(
        {"Oidc": provider(**either("HasName", "ClusterName", {"Ref": "Name"}, "Url", {"Ref": "Url"}))},
        {"Name": {"Type": "String", "Default": "main"}, "Url": {"Type": "String", "Default": URL}},
        Conditions=IS_SET,
    ),
    "arn-or-arns-by-condition": template(
        {
            "Blue": provider(ClusterName="blue"),
            "Green": {**provider(ClusterName="green"), "Condition": "Several"},
            "Trust": trust(
                **either(
                    "Several",
                    "ProviderArns",
                    [{"Ref": "Blue"}, {"Ref": "Green"}],
                    "ProviderArn",
                    {"Ref": "Blue"},
                )
            ),
        },
        {"Mode": MODE},
        Conditions=SEVERAL,
    ),
    "resources-by-opposite-conditions": template(
        {
            "ByName": {**provider(ClusterName={"Ref": "Name"}), "Condition": "HasName"},
            "ByUrl": {**provider(Url={"Ref": "Url"}), "Condition": "HasNoName"},
            "Trust": trust(ProviderArn={"Fn::If": ["HasName", {"Ref": "ByName"}, {"Ref": "ByUrl"}]}),
        },
        {"Name": EMPTY, "Url": EMPTY},
        Conditions={**IS_SET, "HasNoName": {"Fn::Not": [{"Condition": "HasName"}]}},
    ),
    "property-under-the-condition-of-the-resource": template(
        {
            "Oidc": {
                **provider(**either("HasName", "ClusterName", {"Ref": "Name"}, "Url", {"Ref": "Url"})),
                "Condition": "HasName",
            }
        },
        {"Name": EMPTY, "Url": EMPTY},
        Conditions=IS_SET,
    ),
    "optional-properties-by-condition": template(
        {
            "Oidc": provider(
                ClusterName={"Ref": "Name"},
                ClusterRegion={"Fn::If": ["HasRegion", {"Ref": "Region"}, NO_VALUE]},
                ThumbprintList={"Fn::If": ["HasThumbprint", [{"Ref": "Thumbprint"}], NO_VALUE]},
                Tags=[
                    {"Key": "team", "Value": {"Ref": "Name"}},
                    {"Fn::If": ["HasRegion", {"Key": "region", "Value": {"Ref": "Region"}}, NO_VALUE]},
                ],
            )
        },
        {"Name": {"Type": "String", "MinLength": 1}, "Region": EMPTY, "Thumbprint": EMPTY},
        Conditions={
            "HasRegion": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Region"}, ""]}]},
            "HasThumbprint": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Thumbprint"}, ""]}]},
        },
    ),
    "cluster-of-the-template": template(
        {
            "Cluster": {
                "Type": "AWS::EKS::Cluster",
                "Properties": {
                    "RoleArn": {"Fn::ImportValue": "cluster-role"},
                    "ResourcesVpcConfig": {"SubnetIds": {"Ref": "Subnets"}},
                },
            },
            "ByName": provider(ClusterName={"Ref": "Cluster"}, ClusterRegion={"Ref": "AWS::Region"}),
            "ByUrl": provider(Url={"Fn::GetAtt": ["Cluster", "OpenIdConnectIssuerUrl"]}),
        },
        {"Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}},
    ),
    "values-from-elsewhere": template(
        {
            "Imported": provider(
                ClusterName={"Fn::ImportValue": {"Fn::Sub": "${Network}-Cluster"}},
                ClientIdList={"Ref": "Audiences"},
                Trigger={"Fn::Sub": "${AWS::StackName}-${Build}"},
                ServiceTimeout={"Ref": "Build"},
            ),
            "Parameter": provider(ClusterName={"Ref": "Stored"}, OnExisting={"Ref": "OnExisting"}),
            "Dynamic": provider(ClusterName="{{resolve:ssm:/eks/cluster-name}}"),
            "DynamicUrl": provider(Url="{{resolve:ssm:/eks/issuer}}", ThumbprintList=["{{resolve:ssm:/t}}"]),
            "Mapped": provider(
                ClusterName={"Fn::FindInMap": ["Clusters", {"Ref": "AWS::Region"}, "Name"]}
            ),
            "OfArn": provider(
                ClusterName={"Fn::Select": [1, {"Fn::Split": ["/", {"Ref": "Network"}]}]}
            ),
            "Written": provider(Url={"Fn::Sub": "https://oidc.eks.${AWS::Region}.${AWS::URLSuffix}/id/${Network}"}),
        },
        {
            "Network": TEXT,
            "Audiences": {"Type": "CommaDelimitedList", "Default": "sts.amazonaws.com,vault"},
            "Build": {"Type": "Number", "Default": 60},
            "Stored": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/eks/cluster-name"},
            "OnExisting": {"Type": "String", "Default": "Adopt", "AllowedValues": ["Adopt", "Fail"]},
        },
        Mappings={"Clusters": {"eu-west-1": {"Name": "main"}, "us-east-1": {"Name": "other"}}},
    ),
    "values-of-other-resources": template(
        {
            "Lookup": {
                "Type": "Custom::ClusterLookup",
                "Properties": {"ServiceToken": TOKEN, "ClusterName": "main"},
            },
            "ClusterStack": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {"TemplateURL": {"Fn::Sub": "https://${AWS::StackName}.example/a"}},
            },
            "OfLookup": {
                "Type": "Custom::EksOidcProvider",
                "Properties": {
                    "ServiceToken": {
                        "Fn::Sub": "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:f:live"
                    },
                    "Url": {"Fn::GetAtt": ["Lookup", "IssuerUrl"]},
                    "ThumbprintList": {"Fn::GetAtt": ["Lookup", "Thumbprints"]},
                },
            },
            "OfStack": {
                **provider(ClusterName={"Fn::GetAtt": ["ClusterStack", "Outputs.ClusterName"]}),
                "DependsOn": "OfLookup",
                "DeletionPolicy": "Retain",
            },
            "Trust": trust(
                ProviderArn={"Fn::GetAtt": ["ClusterStack", "Outputs.OidcProviderArn"]},
                ServiceAccounts=[{"Fn::Join": [":", ["kube-system", {"Ref": "Account"}]]}],
            ),
        },
        {"Account": TEXT},
    ),
    "one-of-three-names": template(
        {
            "Oidc": provider(
                ClusterName={
                    "Fn::If": [
                        "HasName",
                        {"Ref": "Name"},
                        {"Fn::If": ["Several", "blue", {"Fn::ImportValue": "cluster"}]},
                    ]
                }
            )
        },
        {"Name": EMPTY, "Mode": MODE},
        Conditions={**IS_SET, **SEVERAL},
    ),
    "service-accounts-of-parameters": template(
        {
            "Listed": trust(ProviderArn={"Ref": "Arn"}, ServiceAccounts={"Ref": "Accounts"}),
            "Written": trust(
                ProviderArn={
                    "Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:oidc-provider/${Issuer}"
                },
                ServiceAccounts=[{"Fn::Sub": "${Namespace}:${Account}"}, "preview-*:api"],
                Audience={"Fn::If": ["IsDefault", NO_VALUE, {"Ref": "Audience"}]},
                PodIdentity={"Ref": "PodIdentity"},
                ClusterNames={"Fn::If": ["IsDefault", NO_VALUE, [{"Ref": "Account"}]]},
            ),
            "Divided": trust(
                ProviderArns={"Fn::Split": [",", {"Fn::ImportValue": "provider-arns"}]},
                ServiceAccounts={"Fn::If": ["IsDefault", ["a:b"], {"Ref": "Accounts"}]},
                Audience=["sts.amazonaws.com", {"Ref": "Audience"}],
                PodIdentity=True,
            ),
        },
        {
            "Arn": TEXT,
            "Issuer": TEXT,
            "Namespace": {"Type": "String", "Default": "default"},
            "Account": {"Type": "String", "Default": "app"},
            "Accounts": {"Type": "CommaDelimitedList", "Default": "default:app,jobs:nightly-*"},
            "Audience": {"Type": "String", "Default": "sts.amazonaws.com"},
            "PodIdentity": {"Type": "String", "Default": "false", "AllowedValues": ["true", "false"]},
        },
        Conditions={"IsDefault": {"Fn::Equals": [{"Ref": "Audience"}, "sts.amazonaws.com"]}},
    ),
    "a-resource-for-each-team": template(
        {
            "Fn::ForEach::Teams": [
                "Team",
                ["red", "blue"],
                {
                    "Trust${Team}": trust(
                        ProviderArn=ARN, ServiceAccounts=[{"Fn::Sub": "team-*:${Team}"}]
                    )
                },
            ]
        },
        Transform="AWS::LanguageExtensions",
    ),
    "included": template(
        {
            "Oidc": provider(
                **{
                    "Fn::Transform": {
                        "Name": "AWS::Include",
                        "Parameters": {"Location": "s3://bucket/properties.yaml"},
                    }
                }
            )
        },
    ),
    "with-serverless": template(
        {"Oidc": provider(ClusterName="main"), "Trust": trust(ProviderArn={"Ref": "Oidc"})},
        Transform="AWS::Serverless-2016-10-31",
        Globals={"Function": {"Timeout": 3}},
    ),
}

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
        properties("Oidc", ("ClusterName",)), "E9701", "ClusterName or Url is required"
    ),
    "cluster-and-url": (
        properties("Oidc", Url=URL), "E9701", "Only one of ClusterName or Url can be given"
    ),
    "no-provider": (
        properties("Trust", ("ProviderArn",)), "E9701", "ProviderArn or ProviderArns is required"
    ),
    "two-kinds-of-provider": (
        properties("Trust", ProviderArns=[ARN]),
        "E9701",
        "Only one of ProviderArn or ProviderArns can be given",
    ),
    "none-under-one-condition": (
        template(
            {"Oidc": provider(ClusterName={"Fn::If": ["HasName", {"Ref": "Name"}, NO_VALUE]})},
            {"Name": TEXT},
            Conditions=IS_SET,
        ),
        "E9701",
        "ClusterName or Url is required",
    ),
    "another-name": (
        properties("Oidc", ("ClusterName",), OIDCIssuerURL=URL),
        "E9701",
        "'OIDCIssuerURL' was unexpected",
    ),
    "misspelt-service-accounts": (
        properties("Trust", ("ServiceAccounts",), ServiceAccount=["a:b"]),
        "E9701",
        "'ServiceAccount' was unexpected. Did you mean 'ServiceAccounts'?",
    ),
    "misspelt-key-of-a-tag": (
        properties("Oidc", Tags=[{"key": "a", "Value": "b"}]), "E9701", "'key' was unexpected"
    ),
    "namespace-of-wildcards": (
        properties("Trust", ServiceAccounts=["*:api"]), "E9701", "does not match"
    ),
    "dual-stack": (
        properties("Trust", ProviderArn=ARN.replace("oidc.eks.eu-west-1.amazonaws.com", "oidc-eks.eu-west-1.api.aws")),
        "E9701",
        "does not match",
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


# If the condition is true, both are given, and otherwise none.
BOTH_OR_NEITHER = template(
    {
        "Oidc": provider(
            ClusterName={"Fn::If": ["HasName", {"Ref": "Name"}, NO_VALUE]},
            Url={"Fn::If": ["HasName", URL, NO_VALUE]},
        )
    },
    {"Name": TEXT},
    Conditions=IS_SET,
)


class CfnLintRulesTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        with tempfile.TemporaryDirectory() as folder:
            templates = {**VALID, "both-or-neither-by-condition": BOTH_OR_NEITHER}
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

    def test_a_valid_template_has_no_finding(self):
        for name in VALID:
            with self.subTest(name):
                self.assertEqual([], self.findings[name])

    def test_each_mistake_is_found_once_by_its_rule(self):
        for name, (_, rule, message) in MISTAKES.items():
            with self.subTest(name):
                found = self.findings[name]
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
