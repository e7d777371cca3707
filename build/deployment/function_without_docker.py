"""The function of a release, changed so that MiniStack runs it without Docker.

MiniStack runs Java functions in Docker, and functions with a bootstrap of their own as processes. So the
package gets a bootstrap that starts the JDK with Lambda's runtime client, and that client, which the
managed runtime provides. The templates get that runtime, and the plain one the hash of the new package.
"""

import json
import pathlib
import subprocess
import zipfile

from emulator import ROOT
from plain_template import code_sha256

CLIENT = ROOT / "target" / "lambda-runtime"
ARTIFACTS = (
    "aws-lambda-java-runtime-interface-client",
    "aws-lambda-java-core",
    "aws-lambda-java-serialization",
    "utils-lite",
)
BOOTSTRAP = """#!/bin/sh
exec "{java}/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx400m \\
  --enable-native-access=ALL-UNNAMED -cp "$LAMBDA_TASK_ROOT/runtime/*" \\
  com.amazonaws.services.lambda.runtime.api.client.AWSLambda "$_HANDLER"
"""
RUNTIMES = {"java25": "provided.al2023", "arm64": "x86_64"}


def java_home() -> str:
    """The JDK of the build; puts the runtime client into CLIENT."""
    printed = subprocess.run(
        ["mvn", "-B", "-ntp", "-q", "validate", "dependency:copy-dependencies"]
        + [f"-DincludeArtifactIds={','.join(ARTIFACTS)}", f"-DoutputDirectory={CLIENT}"]
        + ["exec:exec", "-Dexec.executable=java"]
        + ["-Dexec.args=-XshowSettings:properties -version"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    (home,) = [s.partition("=")[2].strip() for s in printed.splitlines() if " java.home =" in s]
    return home


def change(folder: pathlib.Path, java: str) -> None:
    """Changes package and templates in the folder of a release."""
    package = folder / "function.zip"
    with zipfile.ZipFile(package, "a") as file:
        for jar in sorted(CLIENT.glob("*.jar")):
            file.write(jar, f"runtime/{jar.name}")
        file.writestr("bootstrap", BOOTSTRAP.format(java=java))
    template = folder / "template.yaml"
    text = template.read_text(encoding="utf-8")
    for line, other in (
        ("Runtime: java25", f"Runtime: {RUNTIMES['java25']}"),
        ("Default: arm64", f"Default: {RUNTIMES['arm64']}"),
    ):
        assert text.count(line) == 1, line
        text = text.replace(line, other)
    template.write_text(text, encoding="utf-8")

    template = folder / "eks-oidc-provider-plain.yaml"
    plain = json.loads(template.read_text(encoding="utf-8"))
    plain["Resources"]["Function"]["Properties"]["Runtime"] = RUNTIMES["java25"]
    plain["Resources"]["FunctionVersion"]["Properties"]["CodeSha256"] = code_sha256(
        package.read_bytes()
    )
    plain["Parameters"]["Architecture"]["Default"] = RUNTIMES["arm64"]
    template.write_text(json.dumps(plain, indent=1), encoding="utf-8")
