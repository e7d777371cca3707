"""Writes template.yaml as a plain template, without the transform of SAM.

    python build/plain_template.py template.yaml [function.zip] > eks-oidc-provider-plain.yaml

For those without the SAM CLI, and for stack sets with service-managed permissions, which accept no
template with a transform. The template takes the code from a bucket in each Region:
<CodeBucketPrefix>-<Region>, under CodeKey. Who owns that bucket decides what the code is, so with
function.zip the template names the code's hash, and Lambda publishes a version of no other code.
"""

import base64
import copy
import hashlib
import json
import logging
import os
import pathlib
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


# The translator warns that nobody collects its metrics.
logging.getLogger("samtranslator").setLevel(logging.ERROR)


class NoManagedPolicies:
    """The template names no managed policy, so none has to be looked up."""

    def load(self):
        return {}


def translate(template: dict) -> dict:
    """What CloudFormation makes of a template whose CodeUri is in S3.

    In the property Role, SAM puts the values of parameters in the place of references. Here there are
    none yet, so the references stay.
    """
    role = copy.deepcopy(template["Resources"]["Function"]["Properties"]["Role"])
    result = transform(template, {}, NoManagedPolicies())
    result["Resources"]["Function"]["Properties"]["Role"] = role
    return result


def code_sha256(package: bytes) -> str:
    """The hash of a package in Lambda's form."""
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def plain(text: str, sha256: str | None = None) -> dict:
    """The plain form of the text of template.yaml, for the code with a hash if there is one."""
    template = yaml_parse(text)
    del template["Metadata"]["AWS::ServerlessRepo::Application"]
    release = template["Mappings"]["Release"]["This"]["Version"]
    # The descriptions of function and version hold the key: see the comment at Function in template.yaml.
    template["Parameters"]["CodeBucketPrefix"] = {
        "Type": "String",
        "Description": "The bucket <prefix>-<region> holds function.zip.",
    }
    template["Parameters"]["CodeKey"] = {
        "Type": "String",
        "Description": "The key of function.zip in the bucket. Each release needs a key of its own.",
        "Default": f"eks-oidc-provider/{release}/function.zip",
        "MaxLength": 50,
    }
    groups = template["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    groups.insert(
        0, {"Label": {"default": "Code"}, "Parameters": ["CodeBucketPrefix", "CodeKey"]}
    )
    function = template["Resources"]["Function"]["Properties"]
    function["CodeUri"] = {"Bucket": "placeholder", "Key": "placeholder"}
    # Also the function's, because a new key may have the same code.
    for name in ("Description", "VersionDescription"):
        function[name]["Fn::Sub"][0] += ", ${CodeKey}"
    result = translate(template)
    resources = result["Resources"]
    resources["Function"]["Properties"]["Code"] = {
        "S3Bucket": {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"},
        "S3Key": {"Ref": "CodeKey"},
    }
    version = with_stable_version(resources)
    if sha256:
        version["Properties"]["CodeSha256"] = sha256
    return result


def with_stable_version(resources: dict) -> dict:
    """Gives the version one logical id for all releases: its description tells them apart.

    SAM's id is a hash of code and template, and SAM retains the version also if CloudFormation
    rolls the update back that created it. Lambda then rejects the version at the next attempt, because
    it exists. A replacement that is rolled back is deleted instead.
    """
    (generated,) = (k for k, v in resources.items() if v["Type"] == "AWS::Lambda::Version")
    version = resources.pop(generated)
    version["DeletionPolicy"] = "RetainExceptOnCreate"
    resources["FunctionVersion"] = version
    (alias,) = (v for v in resources.values() if v["Type"] == "AWS::Lambda::Alias")
    for resource in (resources["Function"], alias):
        # SAM only passes it on; of these three, only the version has to be retained.
        del resource["UpdateReplacePolicy"]
    alias["Properties"]["FunctionVersion"] = {"Fn::GetAtt": ["FunctionVersion", "Version"]}
    return version


if __name__ == "__main__":
    source, *package = map(pathlib.Path, sys.argv[1:])
    sha256 = code_sha256(package[0].read_bytes()) if package else None
    # CloudFormation takes a template of up to 51,200 bytes without a bucket.
    json.dump(plain(source.read_text(encoding="utf-8"), sha256), sys.stdout, indent=1)
    print()
