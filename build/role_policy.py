#!/usr/bin/env python3
"""Writes the policies that the role of the parameter RoleArn needs, as JSON, from template.yaml.

    build/role_policy.py template.yaml [NAME=VALUE...] > role-policy.json

NAME=VALUE gives the parameters of the function's stack, and its place: AccountId, Region, Partition,
StackName. The result has two members: TrustPolicy and Policy. Without arguments it writes
docs/role-policy.json, with all optional features.
"""

import json
import pathlib
import re
import sys

from evaluation import Evaluation
from samtranslator.yaml_helper import yaml_parse

PLACE = {
    "AccountId": "111122223333",
    "Partition": "aws",
    "Region": "eu-west-1",
    "StackName": "eks-oidc-provider",
}

# Everything that a parameter turns on.
ALL = {
    "Audit": "rate(1 day)",
    "FailureQueue": "true",
    "KmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000",
    "SubnetIds": "subnet-0123456789abcdef0",
    "SecurityGroupIds": "sg-0123456789abcdef0",
    "Tracing": "Active",
}

UUID = "-".join("?" * length for length in (8, 4, 4, 4, 12))


class Names(Evaluation):
    """Knows the names that CloudFormation gives to resources, as far as a policy needs them."""

    def __init__(self, template: dict, **given: str) -> None:
        place = PLACE | {name: given.pop(name) for name in PLACE if name in given}
        super().__init__(template, **given)
        self.names |= {f"AWS::{name}": value for name, value in place.items()}
        self.names["AWS::URLSuffix"] = template["Mappings"]["Partitions"][place["Partition"]]["Suffix"]
        prefix = "arn:{Partition}:%s:{Region}:{AccountId}:".format(**place)
        function = self.names["FunctionName"]
        group = f"log-group:/aws/lambda/{function}-{UUID}:*"
        self.arns = {
            "LogGroup.Arn": prefix % "logs" + group,
            "Failures.Arn": prefix % "sqs" + f"{place['StackName']}-Failures-*",
            "Function.Alias": prefix % "lambda" + f"function:{function}:live",
        }

    def value(self, node):
        match node:
            case {"Fn::GetAtt": [resource, attribute]} if f"{resource}.{attribute}" in self.arns:
                return self.arns[f"{resource}.{attribute}"]
            case {"Fn::GetAtt": str(name)} | {"Ref": str(name)} if name in self.arns:
                return self.arns[name]
            case _:
                return super().value(node)


def roles(text: str, **parameters: str) -> dict:
    """The trust policy and the policy of the roles that the template would create."""
    template = yaml_parse(text)
    names = Names(template, **parameters | {"RoleArn": ""})
    reasons = names.rejections()
    if reasons:
        raise ValueError("; ".join(reasons))
    created = [
        resource
        for resource in names.resources().values()
        if resource["Type"] == "AWS::IAM::Role"
    ]
    trust, statements = [], []
    for role in created:
        trust += role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for policy in role["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                name = re.sub("[^A-Za-z0-9]", "", policy["PolicyName"].title())
                statements.append({"Sid": name} | statement)
    return {
        "TrustPolicy": {"Version": "2012-10-17", "Statement": trust},
        "Policy": {"Version": "2012-10-17", "Statement": statements},
    }


def text_of(text: str, **parameters: str) -> str:
    return json.dumps(roles(text, **parameters), indent=2) + "\n"


if __name__ == "__main__":
    source = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    sys.stdout.write(text_of(source, **(given or ALL)))
