"""docs/deploy-policy.json allows what deployments in MiniStack call, and nothing on what others deploy.

    target/python/emulators/bin/python build/deployment/test_deploy_policy.py

Deploys the release with sam and with the AWS CLI: creates, updates and deletes each resource. MiniStack
records the calls of the command lines, and each resource that its CloudFormation provisions. For that, AWS
makes the calls that the schema of the resource type lists, with the permissions of whoever deploys.
"""

import fnmatch
import json
import shutil
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from emulator import REGION, ROOT, Emulator, python_program, unpacked_release
from plain_template import plain

POLICY = json.loads((ROOT / "docs" / "deploy-policy.json").read_text(encoding="utf-8"))
STACK = "eks-oidc-provider"
HERE = f"{REGION}:000000000000"
FUNCTION = f"arn:aws:lambda:{HERE}:function:"
ROLE = "arn:aws:iam::000000000000:role/"
STACKS = f"arn:aws:cloudformation:{HERE}:stack/"
PASS_ROLE = "iam:PassRole"

# Parameters that need no permission on a key or on a role of the deployer.
ALL = {
    "Audit": "rate(1 day)",
    "Dashboard": "true",
    "AlarmTopicArn": "arn:aws:sns:eu-west-1:000000000000:alarms",
    "PermissionsBoundary": "arn:aws:iam::000000000000:policy/boundary",
    "SnapStart": "PublishedVersions",
    "SubnetIds": "subnet-0a1b2c3d",
    "SecurityGroupIds": "sg-0a1b2c3d",
}
# With these, each resource that can be updated is.
CHANGED = {"ProviderQuota": "500", "LogRetentionInDays": "30", "PermissionsBoundary": ""} | {
    "AlarmTopicArn": ALL["AlarmTopicArn"] + "-2",
    "FailureQueue": "false",
}

# The ARN of a resource by its physical id. CloudFormation names a dashboard without the stack.
ARNS = {
    "AWS::CloudWatch::Alarm": f"arn:aws:cloudwatch:{HERE}:alarm:",
    "AWS::CloudWatch::Dashboard": "arn:aws:cloudwatch::000000000000:dashboard/",
    "AWS::IAM::Role": ROLE,
    "AWS::Lambda::Alias": "",
    "AWS::Lambda::EventInvokeConfig": FUNCTION,
    "AWS::Lambda::Function": FUNCTION,
    "AWS::Lambda::Version": "",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{HERE}:log-group:",
    "AWS::S3::Bucket": "arn:aws:s3:::",
    "AWS::S3::BucketPolicy": "arn:aws:s3:::",
    "AWS::SQS::Queue": f"arn:aws:sqs:{HERE}:",
    "AWS::SQS::QueuePolicy": f"arn:aws:sqs:{HERE}:",
    "AWS::Scheduler::Schedule": f"arn:aws:scheduler:{HERE}:schedule/default/",
}
# Calls of a schema that CloudFormation makes only for a resource with this property.
ONLY_WITH = {
    "codedeploy:*": "UpdatePolicy",
    "ec2:*": "VpcConfig",
    "elasticfilesystem:*": "FileSystemConfigs",
    "firehose:*": "DataProtectionPolicy",
    "iam:AttachRolePolicy": "ManagedPolicyArns",
    "iam:DetachRolePolicy": "ManagedPolicyArns",
    "kms:*": "KmsKeyArn",
    "s3:REST.PUT.OBJECT": "DataProtectionPolicy",
    "s3files:*": "FileSystemConfigs",
    "s3tables:*": "MetadataTableConfiguration",
}
# Calls that name no resource.
UNSCOPED = ("ec2:Describe*", "logs:DescribeLogGroups", "logs:DescribeResourcePolicies")


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def allows(action: str, resource: str, **context: str) -> bool:
    """IAM's evaluation, for policies with StringEquals only; * in a pattern also matches / and :."""
    for statement in POLICY["Statement"]:
        conditions = statement.get("Condition", {}).get("StringEquals", {})
        if (
            any(fnmatch.fnmatchcase(action, p) for p in as_list(statement["Action"]))
            and any(fnmatch.fnmatchcase(resource, p) for p in as_list(statement["Resource"]))
            and all(context.get(key.split(":")[1]) in as_list(v) for key, v in conditions.items())
        ):
            return True
    return False


def calls_to_provision(type: str, handler: str, id: str, properties: dict):
    """Each call as action, resource and the service that a role is passed to."""
    (id,) = properties.get("Queues", [properties.get("Bucket", id)])
    arn = ARNS[type] + (id.rpartition("/")[2] if "SQS" in type else id)
    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, type).schema["handlers"]
    for action in {a for h in (handler, "read") for a in handlers.get(h, {}).get("permissions", [])}:
        if any(p not in properties for a, p in ONLY_WITH.items() if fnmatch.fnmatch(action, a)):
            continue
        if action == PASS_ROLE:
            role = properties.get("Role") or properties.get("Target", {}).get("RoleArn")
            if role:
                yield action, role, type.split("::")[1].lower() + ".amazonaws.com"
        elif any(fnmatch.fnmatch(action, pattern) for pattern in UNSCOPED):
            yield action, "*", ""
        elif "Code" in properties and action.startswith("s3:"):
            yield action, "arn:aws:s3:::{S3Bucket}/{S3Key}".format(**properties["Code"]), ""
        else:
            yield action, arn, ""
            if "Dashboard" in type:
                yield action, arn.replace(STACK + "-", ""), ""


class DeployPolicyTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = unpacked_release()
        cls.addClassCleanup(shutil.rmtree, cls.folder.parent)

    def deploy(self, recording: str) -> None:
        aws = Emulator(RECORDING=recording)
        self.addCleanup(aws.close)
        bucket = f"my-code-{REGION}"
        aws.client("s3").create_bucket(
            Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        aws.environment["AWS_ACCESS_KEY_ID"] = "deployer"

        def sam(parameters: dict[str, str]) -> None:
            given = ("--parameter-overrides", " ".join(f'{k}="{v}"' for k, v in parameters.items()))
            aws.sam("deploy", "--no-confirm-changeset", *(given if parameters else ()), folder=self.folder)

        def cli(*arguments: str) -> None:
            aws.run(python_program("awscli", "aws"), *arguments, folder=self.folder)

        sam({})
        sam(ALL)
        sam({**dict.fromkeys(ALL, ""), "Audit": "Off", "Dashboard": "false", "SnapStart": "None"})
        aws.sam("delete", "--no-prompts", folder=self.folder)

        cli("s3", "cp", "function.zip", f"s3://{bucket}/1/function.zip")
        name = ("--stack-name", STACK)
        for parameters in (ALL, CHANGED):
            time.sleep(1)  # The AWS CLI names change sets by the second.
            cli(
                *("cloudformation", "deploy", *name, "--template-file", "eks-oidc-provider-plain.yaml"),
                *("--capabilities", "CAPABILITY_IAM", "--parameter-overrides"),
                *("CodeBucketPrefix=my-code", "CodeKey=1/function.zip"),
                *(f"{k}={v}" for k, v in parameters.items()),
            )
        cli("cloudformation", "delete-stack", *name)
        cli("cloudformation", "wait", "stack-delete-complete", *name)

    def test_it_allows_what_deployments_call(self):
        with tempfile.NamedTemporaryFile("r", encoding="utf-8") as recording:
            self.deploy(recording.name)
            lines = [json.loads(line) for line in recording]
        calls = {(l["action"], l["resource"], "") for l in lines if l.get("caller") == "deployer"}
        command_lines = len(calls)
        self.assertLessEqual({"cloudformation:ExecuteChangeSet", "s3:PutObject"}, {c[0] for c in calls})
        calls |= {
            (action, f"arn:aws:cloudformation:{REGION}:aws:transform/Serverless-2016-10-31", "")
            for action, *_ in calls
            if action == "cloudformation:CreateChangeSet"
        }
        provisioned = [line for line in lines if "type" in line]
        for line in provisioned:
            calls |= set(calls_to_provision(**line))
        denied = [" ".join(c) for c in sorted(calls) if not allows(*c[:2], PassedToService=c[2])]
        print(f"\n{len(calls)} different calls evaluated, {command_lines} of them of the command lines.")
        self.assertEqual("", "\n".join(denied))

        text = (ROOT / "template.yaml").read_text(encoding="utf-8")
        types = {resource["Type"] for resource in plain(text)["Resources"].values()}
        for handler, never in {
            "create": set(),
            "update": {"AWS::SQS::Queue", "AWS::SQS::QueuePolicy"},  # Only KmsKeyArn changes them.
            "delete": {"AWS::Lambda::Version", "AWS::Logs::LogGroup"},  # They are retained.
        }.items():
            seen = {line["type"] for line in provisioned if line["handler"] == handler}
            self.assertLessEqual(types - never, seen, handler)

    def test_it_allows_nothing_on_what_others_deploy(self):
        for action, resource in (
            ("iam:PutRolePolicy", ROLE + "admin"),
            ("iam:AttachRolePolicy", ROLE + f"{STACK}-Role-1"),
            ("iam:CreateUser", "arn:aws:iam::000000000000:user/eks-oidc-provider-x"),
            ("lambda:UpdateFunctionCode", FUNCTION + "other"),
            ("cloudformation:DeleteStack", STACKS + "payments/1"),
            ("cloudformation:DeleteStack", STACKS + f"{STACK}-2/1"),
            ("cloudwatch:DeleteDashboards", ARNS["AWS::CloudWatch::Dashboard"] + "payments"),
            ("s3:GetObject", "arn:aws:s3:::payroll/x"),
        ):
            self.assertFalse(allows(action, resource), f"{action} on {resource}")
        role = ROLE + f"{STACK}-Role-1"
        self.assertFalse(allows(PASS_ROLE, role, PassedToService="ec2.amazonaws.com"))


if __name__ == "__main__":
    unittest.main()
