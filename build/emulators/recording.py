"""Writes the calls that MiniStack receives, and what its CloudFormation provisions, as lines of JSON."""

import functools
import json

from ministack import app
from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.services.cloudformation import provisioners, stacks


def start(path: str) -> None:
    lines = open(path, "a", encoding="utf-8", buffering=1)

    def write(**line) -> None:
        lines.write(json.dumps(line, default=str) + "\n")

    dispatch = app._dispatch_service_request

    @functools.wraps(dispatch)
    async def recorded_dispatch(method, path, headers, body, query, request_id):
        parameters = app._routing_params(method, path, headers, body, query)
        service = app.detect_service(method, path, headers, parameters)
        request = (service, method, path, headers, body, parameters)
        write(
            caller=app.extract_access_key_id(headers, query),
            action=iam_actions.extract_iam_action(*request) or f"{service} {method} {path}",
            resource=iam_actions.extract_resource_arn(
                *request, app.extract_region(headers), get_account_id()
            ),
        )
        return await dispatch(method, path, headers, body, query, request_id)

    app._dispatch_service_request = recorded_dispatch

    create, update, delete = (
        getattr(provisioners, f"_{name}_resource") for name in ("provision", "update", "delete")
    )

    def recorded_create(kind, logical_id, properties, *more):
        result = create(kind, logical_id, properties, *more)
        write(type=kind, handler="create", id=result[0], properties=properties)
        return result

    def recorded_update(kind, identifier, old, new, *more):
        if old != new:
            write(type=kind, handler="update", id=identifier, properties=old | new)
        return update(kind, identifier, old, new, *more)

    def recorded_delete(kind, identifier, properties, *more):
        write(type=kind, handler="delete", id=identifier, properties=properties)
        return delete(kind, identifier, properties, *more)

    # A replacement is a create and a delete inside provisioners.
    for module in (provisioners, stacks):
        module._provision_resource = recorded_create
        module._update_resource = recorded_update
        module._delete_resource = recorded_delete
