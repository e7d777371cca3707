"""docs/deploy-policy.json allows what a deployment calls, and neither other roles nor other functions.

The calls of each resource type are those that its schema in CloudFormation's registry lists for create, read,
update and delete, as far as the properties that the template sets need them. Names are those that
CloudFormation generates: the name of the stack, the logical id, and a suffix.
"""

import fnmatch
import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "build"), str(ROOT / "build" / "tests")]

from evaluation import Evaluation
from plain_template import plain

POLICY = json.loads((ROOT / "docs" / "deploy-policy.json").read_text(encoding="utf-8"))
TEXT = (ROOT / "template.yaml").read_text(encoding="utf-8")
STACK = "eks-oidc-provider"
REGION = "eu-west-1:111122223333"
FUNCTION = f"arn:aws:lambda:{REGION}:function:{STACK}"
PASS_ROLE = "iam:PassRole"

# Type: the ARN of a resource with a logical id, and the calls.
TYPES = {
    "AWS::IAM::Role": (
        f"arn:aws:iam::111122223333:role/{STACK}-{{}}-A1",
        "iam:CreateRole iam:PutRolePolicy iam:GetRolePolicy iam:GetRole iam:ListAttachedRolePolicies "
        "iam:ListRolePolicies iam:UpdateRole iam:UpdateRoleDescription iam:UpdateAssumeRolePolicy "
        "iam:DeleteRolePermissionsBoundary iam:PutRolePermissionsBoundary iam:DeleteRolePolicy iam:TagRole "
        "iam:UntagRole iam:DeleteRole",
    ),
    "AWS::Lambda::Function": (
        FUNCTION,
        "lambda:CreateFunction lambda:GetFunction lambda:GetFunctionCodeSigningConfig lambda:TagResource "
        "lambda:GetFunctionRecursionConfig lambda:GetRuntimeManagementConfig lambda:UpdateFunctionCode "
        "lambda:UpdateFunctionConfiguration lambda:UntagResource lambda:DeleteFunction lambda:ListTags",
    ),
    "AWS::Lambda::Version": (
        FUNCTION + ":1",
        "lambda:PublishVersion lambda:GetFunctionConfiguration lambda:ListVersionsByFunction lambda:DeleteFunction",
    ),
    "AWS::Lambda::Alias": (
        FUNCTION + ":live",
        "lambda:CreateAlias lambda:GetAlias lambda:UpdateAlias lambda:DeleteAlias",
    ),
    "AWS::Lambda::EventInvokeConfig": (
        FUNCTION + ":live",
        "lambda:PutFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig "
        "lambda:UpdateFunctionEventInvokeConfig lambda:DeleteFunctionEventInvokeConfig",
    ),
    "AWS::Logs::LogGroup": (
        f"arn:aws:logs:{REGION}:log-group:/aws/lambda/{STACK}-9a41",
        "logs:CreateLogGroup logs:PutRetentionPolicy logs:DeleteRetentionPolicy logs:AssociateKmsKey "
        "logs:DisassociateKmsKey logs:TagResource logs:ListTagsForResource logs:DeleteLogGroup",
    ),
    "AWS::SQS::Queue": (
        f"arn:aws:sqs:{REGION}:{STACK}-{{}}-A1",
        "sqs:CreateQueue sqs:GetQueueUrl sqs:GetQueueAttributes sqs:SetQueueAttributes sqs:ListQueueTags "
        "sqs:TagQueue sqs:DeleteQueue",
    ),
    "AWS::SQS::QueuePolicy": (f"arn:aws:sqs:{REGION}:{STACK}-Failures-A1", "sqs:SetQueueAttributes"),
    "AWS::CloudWatch::Alarm": (
        f"arn:aws:cloudwatch:{REGION}:alarm:{STACK}-{{}}-A1",
        "cloudwatch:PutMetricAlarm cloudwatch:DescribeAlarms cloudwatch:DeleteAlarms "
        "cloudwatch:ListTagsForResource",
    ),
    "AWS::Scheduler::Schedule": (
        f"arn:aws:scheduler:{REGION}:schedule/default/{STACK}-{{}}-A1",
        "scheduler:CreateSchedule scheduler:GetSchedule scheduler:UpdateSchedule scheduler:DeleteSchedule",
    ),
}
# What sam, the AWS CLI and CloudFormation call beside that.
STACK_ARN = f"arn:aws:cloudformation:{REGION}:stack/{STACK}/1"
OTHER_CALLS = [
    *(
        (f"cloudformation:{call}", STACK_ARN)
        for call in (
            "CreateChangeSet DescribeChangeSet ExecuteChangeSet DeleteChangeSet DescribeStacks "
            "DescribeStackEvents DescribeStackResource ListStackResources GetTemplate DeleteStack"
        ).split()
    ),
    ("cloudformation:GetTemplateSummary", "*"),
    ("cloudformation:ListImports", "*"),
    ("cloudformation:ValidateTemplate", "*"),
    ("cloudformation:CreateChangeSet", "arn:aws:cloudformation:eu-west-1:aws:transform/Serverless-2016-10-31"),
    ("cloudformation:DescribeStacks", STACK_ARN.replace(STACK, "aws-sam-cli-managed-default")),
    ("logs:DescribeLogGroups", "*"),
    *(
        (f"s3:{call}", f"arn:aws:s3:::{bucket}")
        for call in ("PutObject", "GetObject", "ListBucket", "CreateBucket", "PutBucketPolicy")
        for bucket in ("aws-sam-cli-managed-default-samclisourcebucket-1/key", "my-code-eu-west-1/key")
    ),
]


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


class DeployPolicyTest(unittest.TestCase):

    def test_it_allows_the_calls_for_each_resource_with_all_parameters_used(self):
        given = {"Audit": "rate(1 day)", "AlarmTopicArn": "arn:t", "PermissionsBoundary": "arn:aws:iam::111122223333:policy/b"}
        resources = Evaluation(plain(TEXT), **given).resources()
        count = 0
        for name, resource in resources.items():
            arn, calls = TYPES[resource["Type"]]
            for call in calls.split():
                self.assertTrue(allows(call, arn.format(name)), f"{call} for {name}")
                count += 1
        self.assertGreater(count, 80)
        self.assertEqual(TYPES.keys(), {resource["Type"] for resource in resources.values()})

    def test_it_allows_what_the_command_lines_call(self):
        for action, resource in OTHER_CALLS:
            self.assertTrue(allows(action, resource), f"{action} on {resource}")

    def test_roles_are_passed_to_lambda_and_the_scheduler_only(self):
        role = TYPES["AWS::IAM::Role"][0].format("Role")
        for service, expected in (("lambda", True), ("scheduler", True), ("ec2", False)):
            passed = allows(PASS_ROLE, role, PassedToService=f"{service}.amazonaws.com")
            self.assertEqual(expected, passed, service)

    def test_it_allows_nothing_on_what_others_deploy(self):
        for action, resource in (
            ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/admin"),
            ("iam:AttachRolePolicy", TYPES["AWS::IAM::Role"][0].format("Role")),
            ("iam:CreateUser", "arn:aws:iam::111122223333:user/eks-oidc-provider-x"),
            ("lambda:UpdateFunctionCode", f"arn:aws:lambda:{REGION}:function:other"),
            ("cloudformation:DeleteStack", STACK_ARN.replace(STACK, "payments")),
            ("s3:GetObject", "arn:aws:s3:::payroll/x"),
        ):
            self.assertFalse(allows(action, resource), f"{action} on {resource}")


if __name__ == "__main__":
    unittest.main()
