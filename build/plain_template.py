"""Writes template.yaml as a plain template, without the transform of SAM.

    python build/plain_template.py template.yaml > eks-oidc-provider-plain.yaml

For stack sets that an organisation manages, which take no template with a transform. The code is
taken from a bucket in each Region: <CodeBucketPrefix>-<Region>, under CodeKey.
"""

import json
import os
import sys

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """The template names no managed policy, so none has to be looked up."""

    def load(self):
        return {}


def plain(text: str) -> dict:
    template = yaml_parse(text)
    version = template["Metadata"]["AWS::ServerlessRepo::Application"]["SemanticVersion"]
    template["Parameters"]["CodeBucketPrefix"] = {
        "Type": "String",
        "Description": "function.zip is in the bucket <prefix>-<region>",
    }
    template["Parameters"]["CodeKey"] = {
        "Type": "String",
        "Description": "Its key there. Another release is another key.",
        "Default": f"eks-oidc-provider/{version}/function.zip",
    }
    function = template["Resources"]["Function"]["Properties"]
    # The translator names a version of the function after this text: a release is another version.
    function["CodeUri"] = {"Bucket": "placeholder", "Key": f"{version}/function.zip"}
    result = transform(template, {}, NoManagedPolicies())
    result["Resources"]["Function"]["Properties"]["Code"] = {
        "S3Bucket": {"Fn::Sub": "${CodeBucketPrefix}-${AWS::Region}"},
        "S3Key": {"Ref": "CodeKey"},
    }
    return result


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        json.dump(plain(file.read()), sys.stdout, indent=2)
        print()
