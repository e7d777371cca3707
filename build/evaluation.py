"""Evaluates intrinsic functions of a template for given parameters, as CloudFormation does.

    python build/evaluation.py TEMPLATE [NAME=VALUE...] > evaluated.json
"""

import json
import re
import sys

VARIABLE = re.compile(r"\$\{([A-Za-z0-9:.]+)\}")

PSEUDO = {
    "AWS::AccountId": "111122223333",
    "AWS::NoValue": None,
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::StackId": "arn:aws:cloudformation:eu-west-1:111122223333:stack/s/9a41-11f0",
    "AWS::StackName": "s",
    "AWS::URLSuffix": "amazonaws.com",
}


class Evaluation:
    """The values of one template with one set of parameters."""

    def __init__(self, template: dict, **parameters: str) -> None:
        self.template = template
        self.names = dict(PSEUDO)
        for name, definition in template["Parameters"].items():
            self.names[name] = str(definition.get("Default", f"given-{name}"))
        unknown = parameters.keys() - template["Parameters"].keys()
        if unknown:
            raise KeyError(unknown)
        self.names.update(parameters)

    def properties(self, resource: str) -> dict:
        return self.value(self.template["Resources"][resource].get("Properties", {}))

    def value(self, node):
        """A value; references to resources stay as they are."""
        match node:
            case {"Ref": name} if name in self.names:
                definition = self.template["Parameters"].get(name, {})
                value = self.names[name]
                return int(value) if definition.get("Type") == "Number" else value
            case {"Fn::Sub": [text, names]}:
                values = {name: self.value(value) for name, value in names.items()}
                return self._substitute(text, values | self.names)
            case {"Fn::Sub": text}:
                return self._substitute(text, self.names)
            case {"Fn::If": [condition, yes, no]}:
                return self.value(yes if self.holds(condition) else no)
            case {"Fn::FindInMap": [mapping, first, second]}:
                return self.template["Mappings"][mapping][self.value(first)][self.value(second)]
            case {"Fn::Select": [index, values]} if isinstance(self.value(values), list):
                return self.value(values)[int(index)]
            case {"Fn::Join": [separator, values]} if isinstance(self.value(values), list):
                parts = self.value(values)
                if all(isinstance(part, (str, int)) for part in parts):
                    return separator.join(map(str, parts))
                return {"Fn::Join": [separator, parts]}
            case {"Fn::Split": [separator, text]} if isinstance(self.value(text), str):
                return self.value(text).split(separator)
            case dict():
                values = {name: self.value(value) for name, value in node.items()}
                return {name: value for name, value in values.items() if value is not None}
            case list():
                return [value for value in map(self.value, node) if value is not None]
            case _:
                return node

    def holds(self, condition) -> bool:
        match condition:
            case str():
                return self.holds(self.template["Conditions"][condition])
            case {"Condition": name}:
                return self.holds(name)
            case {"Fn::Not": [inner]}:
                return not self.holds(inner)
            case {"Fn::And": inner}:
                return all(map(self.holds, inner))
            case {"Fn::Or": inner}:
                return any(map(self.holds, inner))
            case {"Fn::Equals": [left, right]}:
                return str(self.value(left)) == str(self.value(right))
            case {"Fn::Contains": [values, value]}:
                return str(self.value(value)) in map(str, self.value(values))
        raise ValueError(f"No such condition: {condition}")

    @staticmethod
    def _substitute(text: str, names: dict) -> str:
        return VARIABLE.sub(
            lambda match: str(names.get(match.group(1), match.group(0))), text
        )

    def rejections(self) -> list[str]:
        """Why CloudFormation rejects the values of the parameters; empty if it accepts them."""
        reasons = []
        for name, definition in self.template["Parameters"].items():
            value = self.names[name]
            if "AllowedValues" in definition and value not in map(str, definition["AllowedValues"]):
                reasons.append(f"{name}: {value} is not an allowed value")
            pattern = definition.get("AllowedPattern")
            if pattern and not re.fullmatch(pattern, value):
                reasons.append(f"{name}: {value} does not match {pattern}")
            if len(value) > definition.get("MaxLength", 4096):
                reasons.append(f"{name}: {value} is too long")
            if definition.get("Type") == "Number":
                low, high = definition.get("MinValue"), definition.get("MaxValue")
                if (low is not None and int(value) < low) or (high is not None and int(value) > high):
                    reasons.append(f"{name}: {value} is out of range")
        for name, rule in self.template.get("Rules", {}).items():
            if "RuleCondition" not in rule or self.holds(rule["RuleCondition"]):
                reasons += [
                    f"{name}: {assertion['AssertDescription']}"
                    for assertion in rule["Assertions"]
                    if not self.holds(assertion["Assert"])
                ]
        return reasons

    def resources(self) -> dict:
        """The resources that are created, with their values."""
        return {
            name: self.value({k: v for k, v in resource.items() if k != "Condition"})
            for name, resource in self.template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        template = json.load(file)
    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    result = {"AWSTemplateFormatVersion": "2010-09-09"}
    json.dump(result | {"Resources": Evaluation(template, **given).resources()}, sys.stdout, indent=2)
