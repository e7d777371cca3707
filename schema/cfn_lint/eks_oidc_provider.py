"""cfn-lint rules for Custom::EksOidcProvider and Custom::IrsaTrustPolicy.

    cfn-lint --append-rules schema/cfn_lint -- my-template.yaml

The rules check properties against the JSON schemas in the parent folder. The tests compare these
schemas with the function. The rules also check Fn::GetAtt and Fn::Sub against the return values that
the schemas name.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from cfnlint.helpers import REGEX_DYN_REF
from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.rules.jsonschema.CfnLintJsonSchema import CfnLintJsonSchema

_SCHEMAS = {
    schema["typeName"]: schema
    for schema in (
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(Path(__file__).parent.parent.glob("custom-*.json"))
    )
}

_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)\.([A-Za-z0-9.]+)\}")


def _names(pointers: list[str]) -> set[str]:
    return {pointer.removeprefix("/properties/") for pointer in pointers}


def _for_templates(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of the properties of a template, without return values.

    In place of oneOf it has cfn-lint's requiredXor, which cfn-lint evaluates for each combination of
    conditions, without the properties that are AWS::NoValue in it.
    """
    read_only = _names(schema["readOnlyProperties"])
    properties = {k: v for k, v in schema["properties"].items() if k not in read_only}
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": schema["additionalProperties"],
        "required": schema["required"],
        "requiredXor": [name for one in schema["oneOf"] for name in one["required"]],
    }


class Properties(CfnLintJsonSchema):
    """Checks that the function accepts the properties."""

    id = "E9701"
    shortdesc = "Validate Custom::EksOidcProvider and Custom::IrsaTrustPolicy"
    description = "Finds properties that the function rejects, before the deployment"
    source_url = "https://github.com/eks-oidc-provider/eks-oidc-provider#readme"
    tags = ["resources", "eks", "iam"]

    def __init__(self) -> None:
        self._by_keyword = {
            f"Resources/{name}/Properties": _for_templates(schema)
            for name, schema in _SCHEMAS.items()
        }
        super().__init__(keywords=list(self._by_keyword), all_matches=True)

    def validate(self, validator, keywords, instance, schema):
        schema = self._by_keyword[keywords]
        errors = list(super().validate(validator, keywords, instance, schema))
        # What is missing in the same object may be what the unknown property was meant to be.
        with_unknown = {
            tuple(error.path)[:-1] for error in errors if error.validator == "additionalProperties"
        }
        seen = set()
        for error in errors:
            path = tuple(error.path)
            missing = error.validator in ("required", "requiredXor")
            # A transform, such as AWS::Include, can add properties.
            if missing and (path in with_unknown or "Fn::Transform" in instance):
                continue
            # CloudFormation resolves a dynamic reference before it sends the request.
            if isinstance(error.instance, str) and REGEX_DYN_REF.search(error.instance):
                continue
            if error.validator == "requiredXor":
                names = " or ".join(schema["requiredXor"])
                # The error for two properties has the path of one of them, and there is one for each.
                error.message = (
                    f"Only one of {names} can be given" if path else f"{names} is required"
                )
                error.path.clear()
            if (error.message, *error.path) not in seen:
                seen.add((error.message, *error.path))
                yield error


class ReturnValues(CloudFormationLintRule):
    """Checks that Fn::GetAtt and Fn::Sub name attributes that the function returns."""

    id = "E9702"
    shortdesc = "Validate GetAtt of Custom::EksOidcProvider and Custom::IrsaTrustPolicy"
    description = "An attribute that is not returned fails the deployment"
    source_url = "https://github.com/eks-oidc-provider/eks-oidc-provider#readme"
    tags = ["resources", "getatt", "sub"]

    def match(self, cfn):
        returned = {
            name: _names(_SCHEMAS[resource["Type"]]["returnValues"])
            for name, resource in cfn.get_resources().items()
            if resource.get("Type") in _SCHEMAS
        }
        matches = []
        for path, resource, attribute in self._attributes(cfn):
            if resource in returned and attribute not in returned[resource]:
                allowed = ", ".join(sorted(returned[resource]))
                matches.append(
                    RuleMatch(path, f"{attribute!r} is not returned; there are {allowed}")
                )
        return matches

    @staticmethod
    def _attributes(cfn):
        """The path, resource and attribute of each Fn::GetAtt and of each ${Resource.Attribute}."""
        for path in cfn.search_deep_keys("Fn::GetAtt"):
            value = path[-1]
            parts = value.split(".", 1) if isinstance(value, str) else value
            if len(parts) == 2 and all(isinstance(part, str) for part in parts):
                yield path[:-1], *parts
        for path in cfn.search_deep_keys("Fn::Sub"):
            value = path[-1]
            text = value[0] if isinstance(value, list) and value else value
            if isinstance(text, str):
                for resource, attribute in _VARIABLE.findall(text):
                    yield path[:-1], resource, attribute
