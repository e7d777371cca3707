"""docs/role-policy.json and the parameters RoleArn, SubnetIds and PermissionsBoundary, in both forms of the template."""

import json
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "build"), str(ROOT / "build" / "tests")]

from evaluation import Evaluation
from plain_template import plain
from role_policy import ALL, roles, text_of
from test_template import packaged

TEXT = (ROOT / "template.yaml").read_text(encoding="utf-8")
FORMS = (packaged(), plain(TEXT))
PAGE = ROOT / "docs" / "role-policy.json"
OF_A_PARAMETER = {
    "Audit": {
        "Invoke",
        "ListClustersAndStacks",
        "ListResourcesOfStacks",
        "ReadProvidersOfEveryForm",
    },
    "FailureQueue": {"Failures", "FailuresKey"},
    "KmsKeyArn": {"FailuresKey"},
    "Tracing": {"Traces"},
    "SubnetIds": {"NetworkInterfacesOfLambda", "NotByTheFunctionItself"},
}
OFF = {"Audit": "Off", "FailureQueue": "false", "KmsKeyArn": "", "Tracing": "PassThrough"}
NO_VPC = {"SubnetIds": "", "SecurityGroupIds": ""}

# IAM's quota of a managed policy, without white space.
MAX_MANAGED = 6144


def sids(**parameters: str) -> list[str]:
    return [s["Sid"] for s in roles(TEXT, **parameters)["Policy"]["Statement"]]


class PageTest(unittest.TestCase):

    def test_the_page_is_what_the_script_writes(self):
        self.assertEqual(text_of(TEXT, **ALL), PAGE.read_text(encoding="utf-8"))

    def test_it_is_complete_and_fits(self):
        text = PAGE.read_text(encoding="utf-8")
        for word in ("Ref", "Fn::", "${", "<"):
            self.assertNotIn(word, text)
        document = json.loads(text)["Policy"]
        named = [s["Sid"] for s in document["Statement"]]
        self.assertEqual(len(named), len(set(named)))
        self.assertLessEqual(len(json.dumps(document, separators=(",", ":"))), MAX_MANAGED)

    def test_each_optional_statement_is_there_with_its_parameter_only(self):
        everything = set(sids(**ALL))
        for parameter, own in OF_A_PARAMETER.items():
            without = {parameter: OFF.get(parameter)} if parameter in OFF else NO_VPC
            self.assertEqual(everything - own, set(sids(**ALL | without)), parameter)

    def test_security_md_says_which_parameter_needs_which_statement(self):
        page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
        for parameter, own in OF_A_PARAMETER.items():
            for sid in own:
                (row,) = (r for r in page.splitlines() if r.startswith(f"| `{sid}`"))
                self.assertIn(f"`{parameter}`", row)
        always = set(sids(**ALL)) - set().union(*OF_A_PARAMETER.values())
        for sid in always:
            self.assertIn(f"`{sid}`", page)

    def test_the_place_can_be_given(self):
        text = text_of(TEXT, Partition="aws-cn", Region="cn-north-1", AccountId="444455556666")
        self.assertIn("arn:aws-cn:iam::444455556666:oidc-provider/oidc.eks.cn-west-?.", text)
        self.assertNotIn("111122223333", text)

    def test_a_bad_parameter_is_refused(self):
        with self.assertRaises(ValueError):
            roles(TEXT, Audit="daily")


class GivenRoleTest(unittest.TestCase):

    ROLE = "arn:aws:iam::111122223333:role/platform/oidc"

    def test_the_stack_creates_no_role_and_uses_the_given_one(self):
        # The account of the stack counts: a stack set has one parameter for many accounts.
        elsewhere = self.ROLE.replace("111122223333", "999999999999")
        for template in FORMS:
            for role in (self.ROLE, elsewhere):
                evaluation = Evaluation(template, **ALL | {"RoleArn": role})
                self.assertEqual([], evaluation.rejections())
                resources = evaluation.resources()
                outputs = evaluation.value(template["Outputs"])
                self.assertEqual(self.ROLE, resources["Function"]["Properties"]["Role"])
                target = resources["AuditSchedule"]["Properties"]["Target"]
                self.assertEqual(self.ROLE, target["RoleArn"])
                self.assertEqual(self.ROLE, outputs["RoleArn"]["Value"])
                text = repr(resources) + repr(outputs)
                for word in ("'AWS::IAM::", "'Role', 'Arn'", "ScheduleRole"):
                    self.assertNotIn(word, text)


class BoundaryTest(unittest.TestCase):

    def test_the_boundary_is_of_the_account_or_of_aws(self):
        own = "arn:aws:iam::111122223333:policy/a/boundary"
        of_aws = "arn:aws:iam::aws:policy/PowerUserAccess"
        for template in FORMS:
            for given, expected in (
                (own, own),
                (own.replace("111122223333", "999999999999"), own),
                (of_aws, of_aws),
                ("", None),
            ):
                evaluation = Evaluation(
                    template, PermissionsBoundary=given, Audit="rate(1 day)"
                )
                for role in ("Role", "ScheduleRole"):
                    properties = evaluation.properties(role)
                    self.assertEqual(expected, properties.get("PermissionsBoundary"), given)


class NetworkTest(unittest.TestCase):

    SUBNETS = "subnet-0123456789abcdef0,subnet-0123456789abcdef1"
    GROUPS = "sg-0123456789abcdef0"
    BAD = ("subnet-1", "vpc-01234567", "subnet-01234567, subnet-11234567", "x")

    def test_the_function_is_in_the_vpc_if_both_are_given(self):
        vpc = {"SubnetIds": self.SUBNETS.split(","), "SecurityGroupIds": [self.GROUPS]}
        for template in FORMS:
            for subnets, groups, accepted, expected in (
                (self.SUBNETS, self.GROUPS, True, vpc),
                (self.SUBNETS, "", False, None),
                ("", self.GROUPS, False, None),
                ("", "", True, None),
                *((bad, self.GROUPS, False, None) for bad in self.BAD),
            ):
                given = {"SubnetIds": subnets, "SecurityGroupIds": groups}
                evaluation = Evaluation(template, **given)
                self.assertEqual(accepted, not evaluation.rejections(), given)
                if accepted:
                    self.assertEqual(expected, evaluation.properties("Function").get("VpcConfig"))

    def test_the_function_itself_has_none_of_the_permissions(self):
        allow, deny = (
            s for s in roles(TEXT, **ALL)["Policy"]["Statement"] if "ec2:" in repr(s["Action"])
        )
        self.assertEqual(("Allow", "Deny"), (allow["Effect"], deny["Effect"]))
        self.assertEqual(allow["Action"], deny["Action"])
        self.assertEqual(
            {
                "ArnEquals": {
                    "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:eks-oidc-provider"
                }
            },
            deny["Condition"],
        )


if __name__ == "__main__":
    unittest.main()
