"""That events/ has what CloudFormation sends, in the form in which it sends it.

Custom resource request objects, CloudFormation User Guide. The local run plays each of them.
"""

import json
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[2]
ALL = {path.stem: json.loads(path.read_text()) for path in (ROOT / "events").glob("*.json")}
EVENTS = {name: event for name, event in ALL.items() if not name.startswith("audit")}
# What a person or a schedule sends.
AUDITS = {name: event for name, event in ALL.items() if name.startswith("audit")}
ALWAYS = {
    "RequestType",
    "ServiceToken",
    "ResponseURL",
    "StackId",
    "RequestId",
    "LogicalResourceId",
    "ResourceType",
    "ResourceProperties",
}
MORE = {
    "Create": set(),
    "Update": {"PhysicalResourceId", "OldResourceProperties"},
    "Delete": {"PhysicalResourceId"},
}


class EventsTest(unittest.TestCase):

    def test_each_has_the_fields_of_its_request_type(self):
        for name, event in EVENTS.items():
            with self.subTest(name):
                self.assertEqual(ALWAYS | MORE[event["RequestType"]], event.keys())

    def test_the_response_url_is_that_of_the_request(self):
        for name, event in EVENTS.items():
            with self.subTest(name):
                for field in ("StackId", "LogicalResourceId", "RequestId"):
                    encoded = event[field].replace(":", "%3A").replace("/", "%2F")
                    self.assertIn(encoded, event["ResponseURL"])
                self.assertIn("X-Amz-Signature=" + "0" * 64, event["ResponseURL"])

    def test_scalars_are_text(self):
        def scalars(value):
            match value:
                case dict():
                    return [s for v in value.values() for s in scalars(v)]
                case list():
                    return [s for v in value for s in scalars(v)]
            return [value]

        for name, event in EVENTS.items():
            self.assertTrue(all(isinstance(s, str) for s in scalars(event)), name)

    def test_no_two_are_the_same_request(self):
        requests = [event["RequestId"] for event in EVENTS.values()]
        self.assertEqual(len(requests), len(set(requests)))

    def test_what_the_function_has_to_tell_apart_is_there(self):
        kinds = {(event["ResourceType"], event["RequestType"]) for event in EVENTS.values()}
        for resource in ("Custom::EksOidcProvider", "Custom::IrsaTrustPolicy"):
            for request in ("Create", "Update", "Delete"):
                self.assertIn((resource, request), kinds)
        properties = {name for event in EVENTS.values() for name in event["ResourceProperties"]}
        self.assertLessEqual(
            {"ClusterName", "ClusterRegion", "Url", "ServiceTimeout", "Tags", "ClientIdList"},
            properties,
        )

    def test_one_is_the_delete_of_a_create_that_is_rolled_back(self):
        event = EVENTS["delete-canceled-create"]
        stack = event["StackId"].split("/")[1]
        self.assertRegex(
            event["PhysicalResourceId"],
            re.compile(f"^{stack}-{event['LogicalResourceId']}-[0-9A-Z]{{13}}$"),
        )


class AuditEventsTest(unittest.TestCase):

    def test_each_has_the_fields_of_its_kind(self):
        fields = {
            "Report": {"Audit", "Quota"},
            "Release": {"Audit", "ProviderArn", "Claim"},
        }
        self.assertEqual(set(fields), {event["Audit"] for event in AUDITS.values()})
        for name, event in AUDITS.items():
            self.assertEqual(fields[event["Audit"]], event.keys(), name)


if __name__ == "__main__":
    unittest.main()
