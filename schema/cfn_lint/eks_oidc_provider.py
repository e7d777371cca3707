"""cfn-lint rules for Custom::EksOidcProvider and Custom::IrsaTrustPolicy.

    cfn-lint --append-rules schema/cfn_lint -- my-template.yaml

Properties are checked against the JSON schemas beside this folder, which the tests hold against
what the function accepts; Fn::GetAtt against the return values that they name.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.rules.jsonschema.CfnLintJsonSchema import CfnLintJsonSchema

_SCHEMAS = {
    schema["typeName"]: schema
    for schema in (
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(Path(__file__).parent.parent.glob("custom-*.json"))
    )
}


def _names(pointers: list[str]) -> set[str]:
    return {pointer.removeprefix("/properties/") for pointer in pointers}


def _for_templates(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of what a template may give: without what is only returned."""
    read_only = _names(schema["readOnlyProperties"])
    properties = {k: v for k, v in schema["properties"].items() if k not in read_only}
    kept = {k: schema[k] for k in ("required", "additionalProperties", "oneOf") if k in schema}
    return {"type": "object", "properties": properties, **kept}


class Properties(CfnLintJsonSchema):
    """That properties are as the function takes them."""

    id = "E9701"
    shortdesc = "Validate Custom::EksOidcProvider and Custom::IrsaTrustPolicy"
    description = "Finds before a deployment what the function would refuse"
    source_url = "https://github.com/eks-oidc-provider/eks-oidc-provider#readme"
    tags = ["resources", "eks", "iam"]

    def __init__(self) -> None:
        self._by_keyword = {
            f"Resources/{name}/Properties": _for_templates(schema)
            for name, schema in _SCHEMAS.items()
        }
        super().__init__(keywords=list(self._by_keyword), all_matches=True)

    def validate(self, validator, keywords, instance, schema):
        yield from super().validate(validator, keywords, instance, self._by_keyword[keywords])


class ReturnValues(CloudFormationLintRule):
    """That an Fn::GetAtt names something that is returned."""

    id = "E9702"
    shortdesc = "Validate GetAtt of Custom::EksOidcProvider and Custom::IrsaTrustPolicy"
    description = "An attribute that is not returned fails the deployment"
    source_url = "https://github.com/eks-oidc-provider/eks-oidc-provider#readme"
    tags = ["resources", "getatt"]

    def match(self, cfn):
        returned = {
            name: _names(_SCHEMAS[resource["Type"]]["returnValues"])
            for name, resource in cfn.get_resources().items()
            if resource.get("Type") in _SCHEMAS
        }
        matches = []
        for path in cfn.search_deep_keys("Fn::GetAtt"):
            value = path[-1]
            parts = value.split(".", 1) if isinstance(value, str) else value
            if len(parts) == 2 and parts[0] in returned and isinstance(parts[1], str):
                if parts[1] not in returned[parts[0]]:
                    allowed = ", ".join(sorted(returned[parts[0]]))
                    matches.append(
                        RuleMatch(path[:-1], f"{parts[1]!r} is not returned; there are {allowed}")
                    )
        return matches
