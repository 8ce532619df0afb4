"""``auditor permissions``: the read-only policy or role, exactly what the connectors call."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from auditor.cli._command import Command
from auditor.cli._destination import write_stdout


def aws(
    *,
    partition: Annotated[
        str, typer.Option("--partition", metavar="NAME", help="aws, aws-cn or aws-us-gov.")
    ] = "aws",
) -> int:
    """Print the IAM policy that lets the auditor read one AWS account."""
    from auditor.connectors.aws.permissions import policy

    write_stdout(json.dumps(policy(partition), indent=2).encode() + b"\n")
    return 0


def azure(
    scopes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SCOPE]...",
            show_default=False,
            help="Scopes the role may be given at: /subscriptions/<id>.",
        ),
    ] = None,
) -> int:
    """Print the custom role that lets the auditor read Azure; the built-in Reader role does too."""
    from auditor.connectors.azure.permissions import custom_role

    write_stdout(json.dumps(custom_role(*(scopes or ())), indent=2).encode() + b"\n")
    return 0


COMMAND = Command(
    name="permissions",
    order=80,
    title="The exact read-only policy or role.",
    parts=(Command(name="aws", order=1, run=aws), Command(name="azure", order=2, run=azure)),
)
