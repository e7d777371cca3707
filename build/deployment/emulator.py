"""MiniStack in a process of its own, and the command lines that deploy to it."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.request
import zipfile

import boto3
from botocore.exceptions import WaiterError

ROOT = pathlib.Path(__file__).parents[2]
MINISTACK = ROOT / "build" / "emulators" / "ministack_with_oidc_provider.py"
REGION = "eu-west-1"
BUCKET = "code-" + REGION
QUICK = {"Delay": 1, "MaxAttempts": 90}


def python_program(environment: str, name: str) -> str:
    return str(ROOT / "target" / "python" / environment / "bin" / name)


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def await_http(url: str, process: subprocess.Popen, log: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"An emulator does not start: see {log}")


def end(process: subprocess.Popen) -> None:
    """Ends a process and those that it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


class Emulator:
    """CloudFormation and what it deploys to, on loopback."""

    def __init__(self, **variables: str) -> None:
        port = free_port()
        self.endpoint = f"http://127.0.0.1:{port}"
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        self.environment = kept | {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "SAM_CLI_TELEMETRY": "0",
        }
        self.log = open(ROOT / "target" / "deployment.log", "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [python_program("emulators", "python"), str(MINISTACK)],
            env=self.environment
            | {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1"}
            | {"IAM_OF_PROVIDERS": self.endpoint}
            | variables,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            health = self.endpoint + "/_ministack/health"
            await_http(health, self.process, "target/deployment.log")
        except BaseException:
            self.close()
            raise
        self.cloudformation = self.client("cloudformation")
        self.aws_lambda = self.client("lambda")
        self.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )

    def close(self) -> None:
        end(self.process)
        self.log.close()

    def client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def run(self, *command: str, folder: pathlib.Path = ROOT, **environment: str) -> str:
        """Runs a command against the emulator; what it prints."""
        result = subprocess.run(
            command,
            cwd=folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
        )
        if result.returncode != 0:
            raise AssertionError(f"{' '.join(command)}\n{result.stdout}")
        return result.stdout

    def sam(self, *arguments: str, folder: pathlib.Path) -> str:
        return self.run(python_program("sam", "sam"), *arguments, folder=folder)

    def upload(self, file: pathlib.Path, key: str) -> str:
        self.client("s3").upload_file(str(file), BUCKET, key)
        return f"{self.endpoint}/{BUCKET}/{key}"

    # Stacks

    def create(self, name: str, template: str, capabilities=("CAPABILITY_IAM",), **parameters: str):
        self.cloudformation.create_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=_parameters(parameters),
            Capabilities=list(capabilities),
        )
        return self._finish(name, "stack_create_complete")

    def update(self, name: str, template: str, capabilities=("CAPABILITY_IAM",), **parameters: str):
        self.cloudformation.update_stack(
            StackName=name,
            TemplateBody=template,
            Parameters=_parameters(parameters),
            Capabilities=list(capabilities),
        )
        return self._finish(name, "stack_update_complete")

    def delete(self, name: str) -> None:
        self.cloudformation.delete_stack(StackName=name)
        self.cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig=QUICK
        )

    def _finish(self, name: str, waiter: str) -> "StackResult":
        try:
            self.cloudformation.get_waiter(waiter).wait(StackName=name, WaiterConfig=QUICK)
        except WaiterError:
            pass
        return self.stack(name)

    def stack(self, name: str) -> "StackResult":
        (stack,) = self.cloudformation.describe_stacks(StackName=name)["Stacks"]
        events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        reasons = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
            for e in events
            if e["ResourceStatus"].endswith("FAILED")
        ]
        outputs = {o["OutputKey"]: o["OutputValue"] for o in stack.get("Outputs", [])}
        return StackResult(stack["StackStatus"], reasons, outputs)

    # The function

    def versions(self, function: str) -> list[dict]:
        """Its published versions, oldest first."""
        versions = self.aws_lambda.list_versions_by_function(FunctionName=function)["Versions"]
        published = [v for v in versions if v["Version"] != "$LATEST"]
        return sorted(published, key=lambda v: int(v["Version"]))

    def live(self, function: str) -> dict:
        return self.aws_lambda.get_alias(FunctionName=function, Name="live")


class StackResult:

    def __init__(self, status: str, reasons: list[str], outputs: dict[str, str]) -> None:
        self.status = status
        self.reasons = reasons
        self.outputs = outputs


def _parameters(values: dict[str, str]) -> list[dict]:
    return [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()]


def unpacked_release() -> pathlib.Path:
    """What the archive of target/release holds, in a folder of its own."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="release-"))
    with tarfile.open(ROOT / "target" / "release" / "eks-oidc-provider.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    return folder / "eks-oidc-provider"


def other_code(original: pathlib.Path, to: pathlib.Path) -> pathlib.Path:
    """The package with one file more."""
    shutil.copyfile(original, to)
    with zipfile.ZipFile(to, "a") as package:
        package.writestr("another-release", to.name)
    return to


def stand_in_code(to: pathlib.Path) -> pathlib.Path:
    with zipfile.ZipFile(to, "w") as package:
        package.write(pathlib.Path(__file__).with_name("stand_in.py"), "stand_in.py")
    return to


def with_stand_in(template: str) -> str:
    """A template whose function is the stand-in, which MiniStack runs without Docker."""
    for line, other in (
        (
            next(s for s in template.splitlines() if s.strip().startswith("Handler: ")).strip(),
            "Handler: stand_in.handler",
        ),
        ("Runtime: java25", "Runtime: python3.11"),
        ("Default: arm64", "Default: x86_64"),
    ):
        assert template.count(line) == 1, line
        template = template.replace(line, other)
    return template
