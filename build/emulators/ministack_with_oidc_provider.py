"""MiniStack with AWS::IAM::OIDCProvider, a resource type that MiniStack does not have.

Three more things are as in AWS: the issuers of clusters have EKS's form, AWS::Lambda::Version publishes a
version only of the code whose hash is its CodeSha256, and conditions can split text.

The handler keeps the providers in the IAM of IAM_OF_PROVIDERS, where the function has its providers
as well. It follows the schema of the type: the identifier is the ARN, a changed Url replaces the
provider, and the tags of an update replace all tags. The tests of the migration guides use it.

It records calls and provisioned resources in the file of RECORDING, if there is one.
"""

import os
import re
import uuid

import boto3
import recording
from ministack.app import main
from ministack.core.responses import get_region
from ministack.services import eks
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks

TYPE = "AWS::IAM::OIDCProvider"

iam = boto3.client(
    "iam",
    endpoint_url=os.environ["IAM_OF_PROVIDERS"],
    region_name="eu-west-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
)


def create(logical_id, properties, stack_name):
    arn = iam.create_open_id_connect_provider(
        Url=properties["Url"],
        ClientIDList=properties.get("ClientIdList", []),
        ThumbprintList=properties.get("ThumbprintList", []),
        Tags=properties.get("Tags", []),
    )["OpenIDConnectProviderArn"]
    return arn, {"Arn": arn}


def update(arn, old, new, stack_name):
    if old["Url"] != new["Url"]:
        return create(None, new, stack_name)
    before = iam.list_open_id_connect_provider_tags(OpenIDConnectProviderArn=arn)["Tags"]
    wanted = new.get("Tags", [])
    kept = {tag["Key"] for tag in wanted}
    gone = [tag["Key"] for tag in before if tag["Key"] not in kept]
    if gone:
        iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=arn, TagKeys=gone)
    if wanted:
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=arn, Tags=wanted)
    return arn, {"Arn": arn}


def delete(arn, properties):
    try:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    except iam.exceptions.NoSuchEntityException:
        pass


def import_existing(identifier):
    arn = identifier["Arn"]
    iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    return arn, {"Arn": arn}


def import_problem(arn):
    try:
        iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
        return None
    except iam.exceptions.NoSuchEntityException:
        return f"Resource of type '{TYPE}' with identifier '{arn}' was not found."


provisioners._RESOURCE_HANDLERS[TYPE] = {
    "create": create,
    "update": update,
    "delete": delete,
    "import": import_existing,
}
changesets._IMPORT_LOOKUPS[TYPE] = (("Arn",), import_problem)

publish = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Version"]["create"]


def publish_checked(logical_id, properties, stack_name):
    function, _ = provisioners._lambda_version_function(properties)
    expected = properties.get("CodeSha256")
    found = function and function["config"]["CodeSha256"]
    if function and expected and found != expected:
        raise ValueError(f"CodeSHA256 ({expected}) is different from current CodeSHA256 ({found})")
    return publish(logical_id, properties, stack_name)


provisioners._RESOURCE_HANDLERS["AWS::Lambda::Version"]["create"] = publish_checked
provisioners._lambda_version_create = publish_checked

evaluate_conditions = engine._evaluate_conditions


def with_split_text(node, parameters):
    match node:
        case {"Ref": name} if name in parameters:
            return parameters[name]["Value"]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\}", lambda name: parameters[name[1]]["Value"], text)
        case {"Fn::Split": [separator, text]}:
            return with_split_text(text, parameters).split(separator)
        case dict():
            return {key: with_split_text(value, parameters) for key, value in node.items()}
        case list():
            return [with_split_text(value, parameters) for value in node]
    return node


def evaluate_conditions_with_split_text(template, parameters):
    conditions = with_split_text(template.get("Conditions", {}), parameters)
    return evaluate_conditions(template | {"Conditions": conditions}, parameters)


for module in (engine, changesets, handlers, stacks):
    module._evaluate_conditions = evaluate_conditions_with_split_text

eks._new_oidc_id = lambda: uuid.uuid4().hex.upper()
eks._issuer_url = lambda oidc_id: f"https://oidc.eks.{get_region()}.amazonaws.com/id/{oidc_id}"

if __name__ == "__main__":
    if "RECORDING" in os.environ:
        recording.start(os.environ["RECORDING"])
    main()
