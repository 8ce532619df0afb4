"""The only place that knows the Azure SDKs: credentials, clients, retries; SDK errors end here.

Nothing is ever written: the SDK's automatic registration of resource providers is left out, as are
redirects, and no request leaves for a host other than the endpoint, so the token goes nowhere else.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from azure.core import AzureClouds
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
    ServiceRequestError,
    ServiceResponseError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline import PipelineRequest, policies
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest
from azure.identity import ClientSecretCredential, DefaultAzureCredential
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy
from azure.mgmt.core.tools import get_arm_endpoints
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.resource.subscriptions import SubscriptionClient
from azure.mgmt.resourcegraph import ResourceGraphClient
from azure.mgmt.resourcegraph.models import QueryRequest, QueryRequestOptions

from auditor.config import AzureSettings
from auditor.connectors.azure.failure import (
    ArmError,
    Deadline,
    attempted,
    clock_seconds,
    one_line,
    refusal,
)
from auditor.errors import CredentialsError, CredentialsRefusedError
from auditor.model.gap import GapReason

T = TypeVar("T")
Body = Mapping[str, Any]
Credential = ClientSecretCredential | DefaultAzureCredential

PUBLIC_AUTHORITY = "https://login.microsoftonline.com"
KNOWN_AUTHORITIES = {
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
}
PUBLIC_SCOPE = "https://management.azure.com/.default"
PAGE = 1000
THROTTLE_TRIES = 10
"""How often a throttled call is repeated while its deadline lasts."""
TRIES = {
    GapReason.UNREACHABLE: 2,
    GapReason.TIMEOUT: 1,
    GapReason.ERROR: 3,
    GapReason.THROTTLED: THROTTLE_TRIES,
}
LONGEST_PAUSE = 30.0
HINT = (
    "sign in with `az login`, run where a managed identity is attached, or set AZURE_TENANT_ID, "
    "AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
)

logging.getLogger("azure").addHandler(logging.NullHandler())  # what it has to say becomes gaps and errors


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPage:
    """One page of Resource Graph rows.

    Attributes:
        rows: objects, one per resource.
        token: for the next page, None after the last.
        total: rows the whole query has.
        truncated: rows are missing though no token was given.
    """

    rows: tuple[Body, ...]
    token: str | None
    total: int
    truncated: bool


class _HostGuard(policies.SansIOHTTPPolicy[Any, Any]):
    """Refuses, before the token is attached, any request to another host than the endpoint."""

    def __init__(self, endpoint: str) -> None:
        self._home = _origin(endpoint)

    def on_request(self, request: PipelineRequest[Any]) -> None:
        target = _origin(request.http_request.url)
        if target != self._home:
            raise ArmError(
                GapReason.ERROR,
                f"a link led to {target[1]}, not to {self._home[1]}; the token is not sent there",
            )


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port


class Session:
    """Reads one Azure Resource Manager endpoint with one credential; safe to share between threads."""

    def __init__(
        self,
        settings: AzureSettings,
        credential: Credential,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings, self._credential, self._sleep = settings, credential, sleep
        self.endpoint = settings.endpoint.rstrip("/")
        self._http = requests.Session()
        self._http.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=settings.workers + 1))
        self._transport = RequestsTransport(
            session=self._http,
            session_owner=False,
            connection_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            connection_verify=_verify(settings),
        )
        self._subscriptions = SubscriptionClient(credential, **self._client_options())
        self._graph = ResourceGraphClient(credential, **self._client_options())
        self._resources: dict[str, ResourceManagementClient] = {}

    @classmethod
    def open(cls, settings: AzureSettings, *, sleep: Callable[[float], None] = time.sleep) -> Session:
        """Find credentials and prove them by asking for a token.

        Raises:
            CredentialsError: there are none, or they were refused.
            ArmError: where tokens come from cannot be reached.
        """
        try:
            credential = _credential(settings)
        except ValueError as error:  # an empty secret, a malformed authority
            raise _malformed(error) from error
        try:
            credential.get_token(scope_of(settings))
        except ClientAuthenticationError as error:
            credential.close()
            raise _unusable(credential, error) from error
        except ValueError as error:  # malformed tenant or authority
            credential.close()
            raise _malformed(error) from error
        except AzureError as error:
            credential.close()
            raise _translated(error) from error
        return cls(settings, credential, sleep=sleep)

    def close(self) -> None:
        """Close all connections."""
        self._http.close()
        self._credential.close()

    def subscriptions(self, deadline: Deadline) -> Iterator[Body]:
        """Yield the subscriptions the credential sees."""
        yield from self._pages(self._subscriptions.subscriptions.list, deadline)

    def locations(self, subscription: str, deadline: Deadline) -> Iterator[Body]:
        """Yield a subscription's locations, zone mappings included."""
        yield from self._pages(
            lambda: self._subscriptions.subscriptions.list_locations(subscription), deadline
        )

    def resources(self, subscription: str, deadline: Deadline) -> Iterator[Body]:
        """Yield the generic listing of a subscription: no ``properties``."""
        client = self._client(subscription)
        yield from self._pages(client.resources.list, deadline)

    def get(
        self, resource: str, *, api_version: str, params: Mapping[str, str], deadline: Deadline
    ) -> dict[str, Any]:
        """Return the whole body of a resource."""
        client = self._client(_subscription_of(resource))
        found = self._call(
            lambda: client.resources.get_by_id(resource, api_version=api_version, params=dict(params)),
            deadline,
        )
        return dict(found)

    def children(self, path: str, *, api_version: str, deadline: Deadline) -> Iterator[Body]:
        """Yield the items of any ARM list below ``path``, all pages."""
        client = self._client(_subscription_of(path))
        url: str | None = f"{self.endpoint}{path}?api-version={api_version}"
        while url:
            request = HttpRequest("GET", url)

            def fetch(request: HttpRequest = request) -> Body:
                response = client.send_request(request)
                response.raise_for_status()
                page: Body = response.json()
                return page

            page = self._call(fetch, deadline)
            yield from page.get("value") or ()
            url = page.get("nextLink") or None

    def query(
        self, text: str, *, subscriptions: tuple[str, ...], token: str | None, deadline: Deadline
    ) -> GraphPage:
        """Return one page of a Resource Graph query; waits out the quota it is told of."""
        headers: dict[str, str] = {}
        request = QueryRequest(
            subscriptions=list(subscriptions),
            query=text,
            options=QueryRequestOptions(skip_token=token, top=PAGE, result_format="objectArray"),
        )
        found = self._call(
            lambda: self._graph.resources(
                request, raw_response_hook=lambda response: headers.update(response.http_response.headers)
            ),
            deadline,
        )
        self._spare_quota(headers, deadline, more=bool(found.skip_token))
        return GraphPage(
            rows=tuple(row for row in found.data if isinstance(row, Mapping)),
            token=found.skip_token or None,
            total=int(found.total_records),
            truncated=str(found.result_truncated).lower().endswith("true"),
        )

    def _spare_quota(self, headers: Mapping[str, str], deadline: Deadline, *, more: bool) -> None:
        """Wait before the next page when the answer says that the quota is used up."""
        lowered = {key.lower(): value for key, value in headers.items()}
        pause = clock_seconds(lowered.get("x-ms-user-quota-resets-after"))
        if more and pause and lowered.get("x-ms-user-quota-remaining") == "0" and pause < deadline.left():
            self._sleep(pause)

    def _pages(self, start: Callable[[], Any], deadline: Deadline) -> Iterator[Body]:
        pages = start().by_page()
        while True:
            # The SDK's page iterator keeps its place when a page fails, so the same page is asked again.
            page = self._call(lambda: next(pages, None), deadline)
            if page is None:
                return
            for item in page:
                yield item.as_dict()

    def _call(self, act: Callable[[], T], deadline: Deadline) -> T:
        tries = 0
        while True:
            deadline.check()
            try:
                return act()
            except (AzureError, requests.RequestException, json.JSONDecodeError) as error:
                failure = _translated(error)
                pause = failure.wait if failure.wait is not None else min(LONGEST_PAUSE, 0.5 * 2**tries)
                if tries >= TRIES.get(failure.reason, 0) or pause >= deadline.left():
                    raise failure from error
                tries += 1
                self._sleep(pause)

    def _client(self, subscription: str) -> ResourceManagementClient:
        if subscription not in self._resources:
            self._resources[subscription] = ResourceManagementClient(
                self._credential, subscription, **self._client_options()
            )
        return self._resources[subscription]

    def _client_options(self) -> dict[str, Any]:
        scope = scope_of(self._settings)
        return {
            "base_url": self.endpoint,
            "credential_scopes": [scope],
            "transport": self._transport,
            "policies": [
                policies.RequestIdPolicy(),
                policies.HeadersPolicy(),
                policies.UserAgentPolicy(base_user_agent="cross-cloud-auditor"),
                policies.ContentDecodePolicy(),
                _HostGuard(self.endpoint),
                ARMChallengeAuthenticationPolicy(self._credential, scope),
                policies.CustomHookPolicy(),
            ],
        }


def _unusable(credential: Credential, error: ClientAuthenticationError) -> CredentialsError:
    message = str(error.message or error)
    chained = isinstance(credential, DefaultAzureCredential)
    why = attempted(message) if chained else one_line(_first_line(error))
    if not why:
        return CredentialsError("no Azure credentials were found", hint=HINT)
    return CredentialsRefusedError(f"the Azure credentials could not be used: {why}", hint=HINT)


def _malformed(error: ValueError) -> CredentialsError:
    return CredentialsRefusedError(f"the Azure credentials are not valid: {_first_line(error)}", hint=HINT)


def _verify(settings: AzureSettings) -> bool | str:
    return str(settings.ca_file) if settings.ca_file else True


def _credential(settings: AzureSettings) -> Credential:
    authority = settings.authority.rstrip("/")
    if authority == PUBLIC_AUTHORITY:
        authority = os.environ.get("AZURE_AUTHORITY_HOST") or authority
    host = urlsplit(authority if "://" in authority else f"https://{authority}").hostname
    options: dict[str, Any] = {
        "authority": authority,
        "disable_instance_discovery": host not in KNOWN_AUTHORITIES,
        "connection_verify": _verify(settings),
        "connection_timeout": settings.connect_timeout,
        "read_timeout": settings.read_timeout,
        "retry_total": 2,
    }
    secret = os.environ.get("AZURE_CLIENT_SECRET")
    if settings.tenant_id and settings.client_id and secret:
        return ClientSecretCredential(settings.tenant_id, settings.client_id, secret, **options)
    if settings.client_id:
        options["managed_identity_client_id"] = settings.client_id
    # What opens windows, key rings or caches of other programs is left out: a scheduled run must not wait.
    return DefaultAzureCredential(
        exclude_interactive_browser_credential=True,
        exclude_broker_credential=True,
        exclude_shared_token_cache_credential=True,
        exclude_visual_studio_code_credential=True,
        process_timeout=10,
        **options,
    )


def scope_of(settings: AzureSettings) -> str:
    """Return what to ask a token for: what a known cloud's endpoint takes, else the endpoint itself.

    A private endpoint with the public authority is a road to the public cloud, which knows no other name.
    """
    endpoint, authority = settings.endpoint.rstrip("/"), settings.authority.rstrip("/")
    for cloud in AzureClouds:
        known = get_arm_endpoints(cloud)
        if urlsplit(known["resource_manager"]).hostname == urlsplit(endpoint).hostname:
            return str(known["credential_scopes"][0])
    return PUBLIC_SCOPE if authority == PUBLIC_AUTHORITY else f"{endpoint}/.default"


def _subscription_of(path: str) -> str:
    parts = path.split("/")
    return parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - "", subscriptions, id


_WORDS: tuple[tuple[type[Exception], GapReason, str], ...] = (
    (ClientAuthenticationError, GapReason.DENIED, "{}"),
    (ServiceResponseTimeoutError, GapReason.TIMEOUT, "no answer in time"),
    (ServiceRequestError, GapReason.UNREACHABLE, "{}"),
    (ServiceResponseError, GapReason.UNREACHABLE, "the connection broke: {}"),
    (IncompleteReadError, GapReason.UNREACHABLE, "the connection broke: {}"),
    (requests.RequestException, GapReason.UNREACHABLE, "the connection broke: {}"),
    (DecodeError, GapReason.ERROR, "the answer was not JSON"),
    (json.JSONDecodeError, GapReason.ERROR, "the answer was not JSON"),
)


def _translated(error: Exception) -> ArmError:
    """Return any SDK error as ours."""
    if isinstance(error, HttpResponseError) and error.response is not None:
        return _refused(error, error.response)
    for kind, reason, words in _WORDS:
        if isinstance(error, kind):
            return ArmError(reason, words.format(_first_line(error)))
    return ArmError(GapReason.ERROR, _first_line(error))


def _refused(error: HttpResponseError, response: Any) -> ArmError:  # noqa: ANN401 - two response classes
    text = ""
    with contextlib.suppress(AzureError, AttributeError, UnicodeError):
        text = response.text()
    return refusal(int(error.status_code or 0), response.headers, text)


def _first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(getattr(error, "message", "") or error).splitlines()]
    return next((line for line in lines if line), type(error).__name__)
