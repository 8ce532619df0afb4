"""The least read-only policy the connector needs, derived from what the specs call."""

from __future__ import annotations

from typing import Any

from auditor.connectors.aws.places import BASE_CALLS
from auditor.connectors.aws.spec import specs


def permissions() -> dict[str, tuple[str, ...]]:
    """Return each IAM action and the resource patterns it is needed on, sorted."""
    wanted: dict[str, set[str]] = {f"ec2:{call.operation}": {call.resource} for call in BASE_CALLS}
    for spec in specs().values():
        for call in spec.calls:
            wanted.setdefault(spec.permission(call), set()).add(call.resource)
    return {action: tuple(sorted(patterns)) for action, patterns in sorted(wanted.items())}


def policy(partition: str = "aws") -> dict[str, Any]:
    """Return an IAM policy document, actions on the same resources in one statement."""
    grouped: dict[tuple[str, ...], list[str]] = {}
    for action, patterns in permissions().items():
        grouped.setdefault(patterns, []).append(action)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": f"AuditorRead{number}",
                "Effect": "Allow",
                "Action": actions,
                "Resource": [pattern.format(partition=partition) for pattern in patterns],
            }
            for number, (patterns, actions) in enumerate(sorted(grouped.items()), start=1)
        ],
    }
