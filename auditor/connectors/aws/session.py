"""The only module that imports boto3 and botocore: calls out, plain values or gaps back.

Whatever botocore raises leaves here as ``UnreadError`` holding a ``Gap``, or as ``CredentialsError``.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.exceptions as sdk
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from auditor.config import AwsSettings
from auditor.connectors.aws.spec import Call
from auditor.connectors.aws.unread import UnreadError
from auditor.connectors.aws.where import PROVIDER
from auditor.connectors.extract import parse_arn, read
from auditor.errors import ConfigError, CredentialsError, CredentialsRefusedError
from auditor.model.gap import Gap, GapReason

DEFAULT_REGION = "us-east-1"
ATTEMPTS = 4
PROBE_ATTEMPTS = 2
"""The first call to a place must fail fast where nobody answers."""

SIGN_IN_HINT = (
    "run `aws configure` or `aws sso login`, or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY; "
    "`auditor permissions aws` prints the read-only policy"
)

_NO_CREDENTIALS = tuple(
    getattr(sdk, name)
    for name in (
        "NoCredentialsError",
        "PartialCredentialsError",
        "CredentialRetrievalError",
        "TokenRetrievalError",
        "SSOError",
        "LoginError",
        "ProfileNotFound",
        "ConfigNotFound",
        "ConfigParseError",
        "InvalidConfigError",
        "MetadataRetrievalError",
        "NoAuthTokenError",
        "UnknownCredentialError",
        "RefreshWithMFAUnsupportedError",
    )
    if hasattr(sdk, name)  # some came with later versions
)
_UNREACHABLE = (sdk.ConnectionError, sdk.HTTPClientError)
_DENIED = re.compile(
    r"AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|Forbidden|AuthFailure|OptInRequired|"
    r"UnrecognizedClient|InvalidClientTokenId|InvalidAccessKeyId|InvalidToken|ExpiredToken|SignatureDoesNotMatch|"
    r"IncompleteSignature|MissingAuthenticationToken|^40[13]$"
)
_BAD_KEYS = re.compile(
    r"InvalidClientTokenId|UnrecognizedClient|ExpiredToken|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|"
    r"IncompleteSignature|MissingAuthenticationToken|InvalidToken"
)
_THROTTLED = re.compile(
    r"Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|BandwidthLimitExceeded|^LimitExceeded|"
    r"ProvisionedThroughputExceeded|PriorRequestNotComplete|^429$"
)
_UNSUPPORTED = re.compile(
    r"InvalidAction|UnknownOperation|UnsupportedOperation|NotImplemented|OperationNotSupported|"
    r"UnsupportedFeature|SubscriptionRequired|^501$"
)
_DETAIL_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who asks."""

    account: str
    partition: str


class AwsSession:
    """One boto3 session, its clients made one at a time and kept per (service, region) until dropped."""

    def __init__(self, settings: AwsSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._clients: dict[tuple[str, str, int], Any] = {}
        try:
            self._session = boto3.session.Session(
                profile_name=settings.profile, botocore_session=_sharing_models()
            )
            credentials = self._session.get_credentials()
            region = self._session.region_name
        except sdk.BotoCoreError as error:
            raise _credentials_error(error) from error
        if credentials is None:
            raise CredentialsError("no AWS credentials found", hint=SIGN_IN_HINT)
        self.home = region or os.environ.get("AWS_REGION") or DEFAULT_REGION
        _leave_times_as_text(self._session)

    def identity(self) -> Identity:
        """Return account and partition by STS.

        Raises:
            CredentialsError: AWS does not accept the credentials.
            UnreadError: STS does not answer.
        """
        call = Call(operation="GetCallerIdentity", items="Arn", paged=False)
        try:
            found = next(
                self.pages(
                    "sts", self.home, call, permission="sts:GetCallerIdentity", attempts=PROBE_ATTEMPTS
                )
            )
        except UnreadError as error:
            if _BAD_KEYS.search(error.code):
                raise CredentialsRefusedError(
                    f"AWS does not accept the credentials ({error.code})", hint=SIGN_IN_HINT
                ) from error
            raise
        arn = parse_arn(str(found))
        if arn is None:
            raise UnreadError(
                Gap(
                    provider=PROVIDER,
                    service="sts",
                    operation="sts:GetCallerIdentity",
                    detail="answer has no ARN",
                )
            )
        return Identity(account=arn.account, partition=arn.partition)

    def dns_suffix(self, partition: str) -> str:
        """Return the domain that a partition's endpoints end in."""
        resolver = self._session._session.get_component("endpoint_resolver")  # noqa: SLF001 - no public way
        return str(resolver.get_partition_dns_suffix(partition) or "amazonaws.com")

    def known_regions(self, partition: str) -> tuple[str, ...]:
        """Return the regions of a partition as bundled with botocore: enabled or not."""
        return tuple(sorted(self._session.get_available_regions("ec2", partition_name=partition)))

    def pages(
        self,
        service: str,
        region: str,
        call: Call,
        *,
        permission: str,
        args: Mapping[str, Any] | None = None,
        attempts: int = ATTEMPTS,
    ) -> Iterator[Any]:
        """Yield what ``call.items`` finds on each page of the answer.

        Raises:
            UnreadError: the call failed; pages before it have been yielded.
            CredentialsError: credentials went away.
        ConfigError: botocore cannot read an endpoint or a number it is configured with.
        """
        with self._translated(service, region, call, permission):
            client = self._client(service, region, attempts)
            wanted = dict(call.args) | dict(args or {})
            method = xform_name(call.operation)
            if not call.paged:
                yield read(call.items, getattr(client, method)(**wanted))
                return
            paging = {"PageSize": call.page_size} if call.page_size else {}
            for page in client.get_paginator(method).paginate(**wanted, PaginationConfig=paging):
                yield read(call.items, page)

    def drop(self, service: str, region: str | None) -> None:
        """Close the clients of a service in a region (everywhere with None): it has been read."""
        with self._lock:
            gone = [key for key in self._clients if key[0] == service and region in {key[1], None}]
            clients = [self._clients.pop(key) for key in gone]
        for client in clients:
            client.close()

    def _client(self, service: str, region: str, attempts: int) -> Any:  # noqa: ANN401 - made by boto3 at run time
        key = (service, region, attempts)
        with self._lock:  # making a client is CPU-bound and not safe in threads
            if key not in self._clients:
                self._clients[key] = self._made(service, region, attempts)
            return self._clients[key]

    def _made(self, service: str, region: str, attempts: int) -> Any:  # noqa: ANN401
        settings = self._settings
        asked: int | None = self._session._session.get_config_variable("max_attempts")  # noqa: SLF001 - as botocore reads it
        config = Config(
            connect_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            max_pool_connections=settings.workers,
            retries={"mode": "adaptive", "total_max_attempts": min(asked or ATTEMPTS, attempts)},
        )
        make: Any = self._session.client  # its stubs want literal service names
        client = make(service, region_name=region, endpoint_url=settings.endpoint_url, config=config)
        if service == "s3" and urlsplit(client.meta.endpoint_url).hostname == "localhost":
            # bucket.localhost resolves on few machines
            config = config.merge(Config(s3={"addressing_style": "path"}))
            client = make(service, region_name=region, endpoint_url=settings.endpoint_url, config=config)
        return client

    @contextmanager
    def _translated(self, service: str, region: str, call: Call, permission: str) -> Iterator[None]:
        try:
            yield
        except _NO_CREDENTIALS as error:
            raise _credentials_error(error) from error
        except ValueError as error:  # what botocore raises bare is an endpoint or a number it cannot read
            raise ConfigError(
                f"the AWS settings cannot be used: {detail_of(error)}",
                hint="mend AWS_ENDPOINT_URL, the AWS profile, or [aws] endpoint_url",
            ) from error
        except (sdk.ClientError, sdk.BotoCoreError, sdk.HTTPClientError) as error:
            code = _code(error)
            reason = reason_of(error)
            if reason is GapReason.UNREACHABLE and not self._offered(service, region):
                reason = GapReason.UNSUPPORTED
            gap = Gap(
                provider=PROVIDER,
                region=region,
                service=service,
                operation=f"{service}:{call.operation}",
                reason=reason,
                detail=detail_of(error),
                remedy=_remedy(reason, permission, region, code),
            )
            raise UnreadError(gap, code=code) from error

    def _offered(self, service: str, region: str) -> bool:
        """Tell whether botocore knows the service in the region, so that silence there is a failure."""
        session = self._session
        partition = session.get_partition_for_region(region)
        offered = session.get_available_regions(service, partition_name=partition)
        return not offered or region in offered


@cache
def _models(path: str | None) -> Loader:
    """Return the loader of service models; parsing them is most of a session's cost, so they are kept."""
    return create_loader(path)


def _sharing_models() -> botocore.session.Session:
    session = botocore.session.Session()
    session.register_component("data_loader", _models(session.get_config_variable("data_path")))
    return session


def _leave_times_as_text(session: boto3.session.Session) -> None:
    """Parsing every timestamp costs a fifth of the time and none is read here (``extract.to_utc`` would)."""
    factory = session._session.get_component("response_parser_factory")  # noqa: SLF001 - as the AWS CLI does
    factory.set_parser_defaults(timestamp_parser=lambda value: value)


def _credentials_error(error: Exception) -> CredentialsError:
    if isinstance(error, sdk.NoCredentialsError):
        return CredentialsError("no AWS credentials found", hint=SIGN_IN_HINT)
    return CredentialsRefusedError(f"AWS credentials cannot be used: {detail_of(error)}", hint=SIGN_IN_HINT)


def _code(error: Exception) -> str:
    if not isinstance(error, sdk.ClientError):
        return ""
    found = read("Error.Code", error.response) or read("ResponseMetadata.HTTPStatusCode", error.response)
    return str(found or "")


def reason_of(error: Exception) -> GapReason:
    """Return why a call failed; total over botocore's exceptions."""
    if isinstance(error, sdk.ReadTimeoutError):
        return GapReason.TIMEOUT
    if isinstance(error, _UNREACHABLE):
        return GapReason.UNREACHABLE
    if isinstance(error, sdk.UnknownServiceError | sdk.OperationNotPageableError | sdk.UnknownRegionError):
        return GapReason.UNSUPPORTED
    code = _code(error)
    for pattern, reason in (
        (_THROTTLED, GapReason.THROTTLED),
        (_DENIED, GapReason.DENIED),
        (_UNSUPPORTED, GapReason.UNSUPPORTED),
    ):
        if pattern.search(code):
            return reason
    return GapReason.ERROR


def detail_of(error: Exception) -> str:
    """Return one line about an error: no encoded blobs, no credentials of proxies, not too long."""
    if isinstance(error, sdk.ClientError):
        words = f"{_code(error)}: {read('Error.Message', error.response) or ''}"
    else:
        words = str(error)
    words = re.sub(r"://[^/@\s]+@", "://", words)
    words = re.sub(r"Encoded authorization failure message:.*", "", words, flags=re.DOTALL)
    line = " ".join(words.split()).rstrip(": ")
    return line if len(line) <= _DETAIL_LENGTH else line[: _DETAIL_LENGTH - 3] + "..."


def _remedy(reason: GapReason, permission: str, region: str, code: str) -> str:
    if reason is GapReason.DENIED and _BAD_KEYS.search(code):
        return f"enable {region} for the account, or renew the credentials"
    return {
        GapReason.DENIED: f"allow {permission}",
        GapReason.THROTTLED: "run again later, or lower [aws] workers",
        GapReason.UNREACHABLE: f"open the network path to {region}, or leave it out with [aws] regions",
        GapReason.TIMEOUT: "raise [aws] read_timeout or region_deadline",
        GapReason.UNSUPPORTED: "nothing: it is not offered there",
        GapReason.ERROR: "run again; report it if it stays",
    }[reason]
