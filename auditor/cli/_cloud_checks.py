"""What ``auditor doctor`` asks the clouds: who we are, and whether a few cheap calls are allowed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.cli._checks import Check, State, reach
from auditor.errors import CredentialsError

if TYPE_CHECKING:
    from auditor.config import Settings
    from auditor.connectors.aws.session import AwsSession
    from auditor.connectors.azure.session import Session

SAMPLE = (
    "aws.ec2.instance",
    "aws.elbv2.loadbalancer",
    "aws.rds.instance",
    "aws.route53.zone",
    "aws.s3.bucket",
)
"""Kinds whose listing is cheap and whose permissions are most often missing."""
STS = "https://sts.amazonaws.com/"
DEADLINE = 30.0


def aws(settings: Settings) -> Iterator[Check]:
    """Check AWS: credentials, reachability, clock, permissions."""
    from auditor.connectors.aws.session import AwsSession
    from auditor.connectors.aws.unread import UnreadError

    wanted = settings.aws
    if wanted.enabled is False:
        yield Check(what="AWS", state=State.SKIP, found="switched off in the settings")
        return
    try:
        session = AwsSession(wanted)
    except CredentialsError as error:
        yield _no_credentials("AWS", error, asked=wanted.enabled is True)
        return
    yield from reach("AWS", wanted.endpoint_url or os.environ.get("AWS_ENDPOINT_URL") or STS)
    try:
        who = session.identity()
    except CredentialsError as error:
        yield _no_credentials("AWS", error, asked=True)
        return
    except UnreadError as error:
        yield Check(
            what="AWS credentials", state=State.FAIL, found=str(error), do=error.gap.remedy, provider="aws"
        )
        return
    yield Check(
        what="AWS credentials", state=State.OK, found=f"account {who.account}, {session.home}", provider="aws"
    )
    yield from _aws_permissions(session)


def _aws_permissions(session: AwsSession) -> Iterator[Check]:
    from auditor.connectors.aws.session import PROBE_ATTEMPTS
    from auditor.connectors.aws.spec import specs
    from auditor.connectors.aws.unread import UnreadError

    for kind in SAMPLE:
        spec = specs()[kind]
        permission = spec.permission(spec.call)
        what = f"AWS {permission}"
        try:
            next(
                session.pages(
                    spec.service, session.home, spec.call, permission=permission, attempts=PROBE_ATTEMPTS
                ),
                None,
            )
        except UnreadError as error:
            found = f"{error.gap.reason.value}: {error.gap.detail}"
            yield Check(what=what, state=State.WARN, found=found, do=error.gap.remedy)
        else:
            yield Check(what=what, state=State.OK, found="allowed")


def azure(settings: Settings) -> Iterator[Check]:
    """Check Azure: credentials, reachability, clock, subscriptions, Resource Graph."""
    from auditor.connectors.azure.failure import ArmError
    from auditor.connectors.azure.session import Session

    wanted = settings.azure
    if wanted.enabled is False:
        yield Check(what="Azure", state=State.SKIP, found="switched off in the settings")
        return
    try:
        session = Session.open(wanted)
    except CredentialsError as error:
        yield _no_credentials("Azure", error, asked=wanted.enabled is True)
        return
    except ArmError as error:
        yield Check(
            what="Azure credentials",
            state=State.FAIL,
            found=str(error),
            do="check [azure] authority and the network",
            provider="azure",
        )
        return
    try:
        yield from reach("Azure", wanted.endpoint, ca_file=wanted.ca_file)
        yield from _azure_permissions(session)
    finally:
        session.close()


def _azure_permissions(session: Session) -> Iterator[Check]:
    from auditor.connectors.azure.failure import READER, ArmError, Deadline

    try:
        seen = tuple(str(each.get("subscriptionId")) for each in session.subscriptions(Deadline(DEADLINE)))
    except ArmError as error:
        do = f"grant {READER} on the subscriptions"
        yield Check(what="Azure credentials", state=State.FAIL, found=str(error), do=do, provider="azure")
        return
    if not seen:
        do = f"grant {READER} on a subscription"
        found = "the credential sees no subscription"
        yield Check(what="Azure credentials", state=State.FAIL, found=found, do=do, provider="azure")
        return
    found = f"{len(seen)} subscription{'' if len(seen) == 1 else 's'}: {', '.join(seen[:3])}"
    yield Check(what="Azure credentials", state=State.OK, found=found, provider="azure")
    try:
        session.query(
            "resources | project id | order by id asc",
            subscriptions=seen[:1],
            token=None,
            deadline=Deadline(DEADLINE),
        )
    except ArmError as error:
        do = f"grant {READER}; without it each resource is read on its own, slowly"
        yield Check(what="Azure Resource Graph", state=State.WARN, found=str(error), do=do)
    else:
        yield Check(what="Azure Resource Graph", state=State.OK, found="allowed")


def _no_credentials(name: str, error: CredentialsError, *, asked: bool) -> Check:
    state = State.FAIL if asked else State.SKIP
    return Check(
        what=f"{name} credentials", state=state, found=str(error), do=error.hint, provider=name.lower()
    )
