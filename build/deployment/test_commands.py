"""The commands of the pages, as they stand there, in an unpacked release.

    target/python/emulators/bin/python build/deployment/test_commands.py

README's are run as a new user does, from an empty folder: once without the SAM CLI, and once with it. In
between are those of the other pages, each page in a terminal of its own, all in the folder of the release.
The packaged function serves their requests, in MiniStack and with moto's IAM. Prints which blocks ran, and
which did not and why.

With --shell, it starts a shell instead, in which the commands of the pages work.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import boto3

from commands import PAGES, Block, Shell, all_blocks, blocks
from emulator import REGION, ROOT, Emulator, await_http, end, free_port, python_program
from function_without_docker import change, java_home

FUNCTION = "eks-oidc-provider"
UNPACK = "tar -xzf eks-oidc-provider.tar.gz"
WITH_SAM = "sam deploy\n"
WITHOUT_SAM = "aws s3 cp function.zip"
REMOVE = "delete-stack --stack-name eks-oidc-provider"

# The programs that the commands call. The AWS CLI takes an endpoint for all services from this option only,
# and the providers are in moto's IAM. The release is not downloaded, but taken from target/release.
PROGRAMS = {
    "aws": """case $1 in iam) endpoint=$ENDPOINT_OF_IAM ;; *) endpoint=$AWS_ENDPOINT_URL ;; esac
exec {awscli} --endpoint-url "$endpoint" "$@"
""",
    "sam": 'exec {sam} "$@"\n',
    "cfn-lint": 'exec {cfnlint} "$@"\n',
    "curl": 'for url; do :; done\ncp "{release}/${{url##*/}}" .\n',
}


class Account:
    """The emulators, with what README requires: a cluster and a bucket."""

    def __init__(self) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="commands-"))
        self.java = java_home()
        port = free_port()
        self.iam_endpoint = f"http://127.0.0.1:{port}"
        self.moto_log = open(ROOT / "target" / "moto.log", "w", encoding="utf-8")
        self.moto = subprocess.Popen(
            [python_program("emulators", "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
            env=os.environ | {"MOTO_ACCOUNT_ID": "000000000000"},
            stdout=self.moto_log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        await_http(self.iam_endpoint + "/moto-api/", self.moto, "target/moto.log")
        self.aws = Emulator(
            IAM_OF_PROVIDERS=self.iam_endpoint, AWS_ENDPOINT_URL_IAM=self.iam_endpoint
        )
        self.iam = boto3.client(
            "iam",
            endpoint_url=self.iam_endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        for bucket in ("my-bucket", f"my-code-{REGION}"):
            self.aws.client("s3").create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        for cluster in ("payments", "search"):
            self.aws.client("eks").create_cluster(
                name=cluster,
                roleArn="arn:aws:iam::000000000000:role/cluster",
                resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]},
            )
        programs = self.folder / "programs"
        programs.mkdir()
        for name, text in PROGRAMS.items():
            text = text.format(
                awscli=python_program("awscli", "aws"),
                sam=python_program("sam", "sam"),
                cfnlint=python_program("lint", "cfn-lint"),
                release=ROOT / "target" / "release",
            )
            (programs / name).write_text("#!/bin/bash\n" + text)
            (programs / name).chmod(0o755)
        self.environment = self.aws.environment | {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "ENDPOINT_OF_IAM": self.iam_endpoint,
            "CI": "true",
            # The answer to the question of cdk deploy, which it asks on a terminal only.
            "CDK_REQUIRE_APPROVAL": "never",
            "npm_config_cache": os.path.expanduser("~/.npm"),
        }

    def close(self) -> None:
        self.aws.close()
        end(self.moto)
        self.moto_log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def empty_folder(self) -> pathlib.Path:
        return pathlib.Path(tempfile.mkdtemp(prefix="terminal-", dir=self.folder))

    def shell(self, folder: pathlib.Path) -> Shell:
        return Shell(folder, self.environment)

    def providers(self) -> list[str]:
        listed = self.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        return [entry["Arn"] for entry in listed]

    def tags(self, arn: str) -> dict[str, str]:
        tags = self.iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"]
        return {tag["Key"]: tag["Value"] for tag in tags}


class CommandsTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls) -> None:
        cls.account = Account()
        cls.addClassCleanup(cls.account.close)
        cls.blocks = all_blocks()
        cls.ran: list[Block] = []
        cls.seconds: dict[Block, float] = {}
        cls.addClassCleanup(cls.report)

    @classmethod
    def report(cls) -> None:
        skipped = [block for block in cls.blocks if block.reason]
        ran = [block for block in cls.blocks if block in cls.ran]
        print(f"\n{len(cls.blocks)} blocks of commands: {len(ran)} ran, {len(skipped)} skipped.")
        for block in ran:
            print(f"ran      {block.name}, {cls.seconds.get(block, 0):.0f} s  {block.summary}")
        for block in skipped:
            print(f"skipped  {block.name}  {block.summary}\n         {block.reason}")

    def of(self, page: str) -> list[Block]:
        return [block for block in self.blocks if block.page == page and not block.reason]

    def run_blocks(self, shell: Shell, chosen: list[Block]) -> None:
        for block in chosen:
            if shell.process.poll() is not None:
                return  # A command failed, so the rest of the page can't run.
            with self.subTest(block.name):
                self.before(block)
                self.ran.append(block)
                start = time.monotonic()
                printed = shell.run(block.text)
                self.seconds[block] = time.monotonic() - start
                self.after(block, printed, shell)

    def test_pages(self):
        readme = self.of("README.md")
        # Without the SAM CLI: from the empty folder to the empty account.
        shell = self.account.shell(self.account.empty_folder())
        self.addCleanup(shell.close)
        self.run_blocks(shell, [block for block in readme if block.text != WITH_SAM])
        self.assertEqual([], self.account.providers())

        # With it. The other pages come before what removes the function.
        folder = self.account.empty_folder()
        shell = self.account.shell(folder)
        self.addCleanup(shell.close)
        readme = [block for block in readme if WITHOUT_SAM not in block.text]
        (remove,) = [block for block in readme if REMOVE in block.text]
        self.run_blocks(shell, readme[: readme.index(remove)])
        for page in PAGES[1:]:
            terminal = self.account.shell(folder / "eks-oidc-provider")
            self.run_blocks(terminal, self.of(page))
            terminal.close()
        self.clean_up()
        self.run_blocks(shell, [remove])
        self.assertEqual([], self.account.providers())
        with self.assertRaises(self.account.aws.aws_lambda.exceptions.ResourceNotFoundException):
            self.account.aws.aws_lambda.get_function(FunctionName=FUNCTION)

        self.assertEqual([b for b in self.blocks if not b.reason], [b for b in self.blocks if b in self.ran])

    def clean_up(self) -> None:
        """Deletes the stacks of the pages, but those of README."""
        for stack in self.account.aws.cloudformation.describe_stacks()["Stacks"]:
            if stack["StackName"] in ("app", "payments-cdk"):
                self.account.aws.delete(stack["StackName"])
        # The last guide ends with a native resource that CloudFormation retains.
        for arn in self.account.providers():
            claims = " ".join(self.account.tags(arn).values())
            if "payments-s3-reader" not in claims:
                self.account.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)

    # What a command finds, and what it leaves

    def before(self, block: Block) -> None:
        aws = self.account.aws
        if "native-1.yaml" in block.text:
            self.deploy_step("native-0")
        elif "untag-open-id-connect-provider" in block.text:
            # The steps of the guides that have no command.
            for step in ("native-2", "native-3", "native-2"):
                self.deploy_step(step)
        elif '"Audit": "Report"' in block.text:
            self.leave_stale_claim()
        elif "sqs receive-message" in block.text:
            self.fail_event()
        elif "delete-function" in block.text:
            aws.aws_lambda.update_function_configuration(FunctionName=FUNCTION, MemorySize=1024)
            aws.aws_lambda.publish_version(FunctionName=FUNCTION)
            self.assertNotEqual(aws.live(FUNCTION)["FunctionVersion"], self.latest())

    def after(self, block: Block, printed: str, shell: Shell) -> None:
        account = self.account
        if UNPACK in block.text:
            self.assertIn("eks-oidc-provider.tar.gz: OK", printed)
            change(pathlib.Path(shell.run("pwd").strip()), account.java)
        elif block.text == WITH_SAM or WITHOUT_SAM in block.text:
            self.assertEqual(account.aws.live(FUNCTION)["FunctionVersion"], self.latest())
        elif "ROLE=$(" in block.text:
            self.assertIn(":role/", shell.run('echo "$ROLE"'))
            (arn,) = account.providers()
            self.assertIn("payments-s3-reader/Oidc", " ".join(account.tags(arn).values()))
        elif '"Audit": "Report"' in block.text:
            self.assertIn("StaleClaim", shell.run("cat report.json"))
        elif '"Audit": "Release"' in block.text:
            self.assertNotIn(self.stale, account.providers(), shell.run("cat result.json"))
        elif "untag-open-id-connect-provider" in block.text:
            arn = shell.run('echo "$ARN"').strip()
            self.assertIn("app/Oidc", " ".join(account.tags(arn).values()))
            self.assertNotIn("eks-oidc-provider/managed", account.tags(arn))
        elif "execute-change-set" in block.text:
            self.deploy_step("leave-3")
        elif "delete-function" in block.text:
            self.assertEqual(account.aws.live(FUNCTION)["FunctionVersion"], self.latest())
            self.assertEqual(1, len(account.aws.versions(FUNCTION)))
        elif "sqs receive-message" in block.text:
            self.check_replay(printed, shell)
        elif "list-imports" in block.text:
            self.assertIn("payments-s3-reader", printed)
        elif "starts_with(Key" in block.text:
            self.assertIn("payments-s3-reader/Oidc", printed)

    def deploy_step(self, name: str) -> None:
        """Deploys a template of examples/migration as the stack app."""
        aws = self.account.aws
        template = (ROOT / "examples" / "migration" / f"{name}.yaml").read_text(encoding="utf-8")
        cluster = aws.client("eks").describe_cluster(name="search")["cluster"]
        parameters = {
            "ClusterName": "search",
            "IssuerUrl": cluster["identity"]["oidc"]["issuer"],
        }
        exists = any(
            stack["StackName"] == "app"
            for stack in aws.cloudformation.describe_stacks()["Stacks"]
        )
        result = (aws.update if exists else aws.create)("app", template, **parameters)
        self.assertRegex(result.status, "^(CREATE|UPDATE)_COMPLETE$", result.reasons)

    def leave_stale_claim(self) -> None:
        """A provider that a stack claims which does not exist any more."""
        request = "00000000-0000-4000-8000-000000000000"
        self.stale = self.account.iam.create_open_id_connect_provider(
            Url=f"https://oidc.eks.{REGION}.amazonaws.com/id/{'0123456789ABCDEF' * 2}",
            ClientIDList=["sts.amazonaws.com"],
            Tags=[
                {"Key": "eks-oidc-provider/managed", "Value": "true"},
                {
                    "Key": f"eks-oidc-provider/claim/{'0123456789abcdef' * 2}/{request}",
                    "Value": f"old/Oidc Create {request} 2026-01-01T00:00:00.000Z {REGION}/old",
                },
            ],
        )["OpenIDConnectProviderArn"]

    def fail_event(self) -> None:
        """Puts a Delete into the failure queue, as Lambda does after three failures."""
        aws = self.account.aws
        event = json.loads((ROOT / "events" / "delete.json").read_text(encoding="utf-8"))
        event["ResponseURL"] = aws.client("s3").generate_presigned_url(
            "put_object", Params={"Bucket": "my-bucket", "Key": "response"}
        )
        message = {
            "version": "1.0",
            "timestamp": "2026-01-02T03:04:05.678Z",
            "requestContext": {
                "requestId": "1",
                "functionArn": event["ServiceToken"],
                "condition": "RetriesExhausted",
                "approximateInvokeCount": 3,
            },
            "requestPayload": event,
            "responseContext": {"statusCode": 200, "functionError": "Unhandled"},
            "responsePayload": {"errorMessage": "the response was not delivered"},
        }
        self.queue = aws.stack(FUNCTION).outputs["FailureQueueUrl"]
        sqs = aws.client("sqs")
        sqs.send_message(QueueUrl=self.queue, MessageBody=json.dumps(message))

    def check_replay(self, printed: str, shell: Shell) -> None:
        aws = self.account.aws
        self.assertIn('"RequestType": "Delete"', printed)
        self.assertNotIn("X-Amz-Signature", printed)
        self.assertEqual("", shell.run("ls message.json event.json 2> /dev/null || true").strip())
        waiter = aws.client("s3").get_waiter("object_exists")
        waiter.wait(
            Bucket="my-bucket", Key="response", WaiterConfig={"Delay": 1, "MaxAttempts": 60}
        )
        attributes = aws.client("sqs").get_queue_attributes(
            QueueUrl=self.queue, AttributeNames=["All"]
        )["Attributes"]
        self.assertEqual("0", attributes["ApproximateNumberOfMessages"])
        self.assertEqual("0", attributes["ApproximateNumberOfMessagesNotVisible"])

    def latest(self) -> str:
        return self.account.aws.versions(FUNCTION)[-1]["Version"]


def shell() -> None:
    account = Account()
    try:
        folder = account.empty_folder()
        first = [b for b in blocks("README.md", (ROOT / "README.md").read_text()) if UNPACK in b.text]
        terminal = account.shell(folder)
        terminal.run(first[0].text)
        change(folder / "eks-oidc-provider", account.java)
        terminal.close()
        print("The commands of the pages work here, from README's step 2 on. Leave it with exit.")
        subprocess.run(["bash"], cwd=folder / "eks-oidc-provider", env=account.environment)
    finally:
        account.close()


if __name__ == "__main__":
    if sys.argv[1:] == ["--shell"]:
        shell()
    else:
        unittest.main()
