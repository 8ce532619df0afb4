"""A stand-in for Azure Resource Manager on loopback: HTTPS with its own CA, sign-in, ARM and Resource Graph.

It answers from plain ARM bodies what the real connector asks, and can be told to misbehave as the real
service does. Sign-in takes any client and secret; tokens are checked.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

from auditor.demo.arm_store import LOCATIONS, QueryError, Store, Subscription, location

__all__ = ["LOCATIONS", "ArmServer", "Behaviour", "Subscription", "location"]

TENANT = "11111111-2222-3333-4444-555555555555"
_GRAPH = "/providers/microsoft.resourcegraph/resources"
_THROTTLED = "Too many requests: wait as told in the headers."
Reply = tuple[int, Mapping[str, Any], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How the stand-in misbehaves; the default is not at all.

    Attributes:
        page_size: items in a page of a list or a query.
        empty_first_page: lists begin with an empty page that has a next link, as ARM's sometimes do.
        graph_status: HTTP status Resource Graph refuses every query with, 0 = none.
        graph_throttles: how many queries are answered 429 first.
        throttle_headers: sent with each of those.
        truncated: Resource Graph says that it cut the result short and gives no token for more.
        lost_rows: rows Resource Graph counts in its total and never gives.
        foreign_link: host that every next link names instead of this one.
        refusals: ends of paths (lower case) and the HTTP status they are refused with.
        delay: seconds before each answer.
        dead: connections are taken and never answered.
    """

    page_size: int = 100
    empty_first_page: bool = False
    graph_status: int = 0
    graph_throttles: int = 0
    throttle_headers: Mapping[str, str] = field(default_factory=lambda: {"Retry-After": "1"})
    truncated: bool = False
    lost_rows: int = 0
    foreign_link: str = ""
    refusals: Mapping[str, int] = field(default_factory=dict)
    delay: float = 0.0
    dead: bool = False


class ArmServer:
    """The stand-in as a context manager; ``endpoint`` and ``ca_file`` exist inside it.

    Attributes:
        requests: method and path of every request so far, in order of arrival.
    """

    def __init__(self, *, subscriptions: Iterable[Subscription], behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.store = Store.of(subscriptions)
        self.requests: list[tuple[str, str]] = []
        self.stopping = threading.Event()
        self._tokens: set[str] = set()
        self._throttles = self.behaviour.graph_throttles
        self._lock = threading.Lock()
        self._open = contextlib.ExitStack()
        self._server: _Server | None = None
        self.ca_file = Path()

    @property
    def endpoint(self) -> str:
        """``https://127.0.0.1:<port>``: of ARM and of the sign-in service alike."""
        if self._server is None:
            raise RuntimeError("the stand-in is not running")
        return f"https://127.0.0.1:{self._server.server_port}"

    def environment(self) -> dict[str, str]:
        """Return the variables by which azure-identity signs in here."""
        return {
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": "66666666-7777-8888-9999-000000000000",
            "AZURE_CLIENT_SECRET": "stand-in",
            "AZURE_AUTHORITY_HOST": self.endpoint,
        }

    def __enter__(self) -> Self:
        import trustme

        folder = self._open.enter_context(tempfile.TemporaryDirectory(prefix="auditor-arm-"))
        authority = trustme.CA()
        self.ca_file = Path(folder) / "ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        self._server = _Server(self, context)
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        self._open.callback(thread.join)
        self._open.callback(self._server.stop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()
        self._server = None

    def answer(self, method: str, target: str, token: str, body: Mapping[str, Any]) -> Reply:
        """Return status, body and headers for one request."""
        parts = urlsplit(target)
        path, query = (
            unquote(parts.path).rstrip("/"),
            {key: value[0] for key, value in parse_qs(parts.query).items()},
        )
        with self._lock:
            self.requests.append((method, path))
        if path.endswith("/.well-known/openid-configuration"):
            return 200, self._openid(path), {}
        if path.endswith("/oauth2/v2.0/token"):
            return 200, self._token(), {}
        refused = self._refused(path, query, token)
        if refused is not None:
            return refused
        if path.lower() == _GRAPH and method == "POST":
            return self._graph(body)
        return self._arm(path, query)

    def _refused(self, path: str, query: Mapping[str, str], token: str) -> Reply | None:
        if token not in self._tokens:
            return _error(401, "InvalidAuthenticationToken", "The access token is missing or not ours.")
        for ending, status in self.behaviour.refusals.items():
            if path.lower().endswith(ending):
                return _error(status, "Refused", f"{path} is refused.")
        if "api-version" not in query:
            return _error(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        return None

    def _openid(self, path: str) -> dict[str, Any]:
        tenant = path.split("/")[1]
        base = f"{self.endpoint}/{tenant}"
        return {
            "issuer": f"{base}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def _token(self) -> dict[str, Any]:
        token = secrets.token_hex(16)
        with self._lock:
            self._tokens.add(token)
        return {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": token}

    def _arm(self, path: str, query: Mapping[str, str]) -> Reply:
        parts = path.lower().split("/")
        if parts[1:] == ["subscriptions"]:
            found = [
                {
                    "id": f"/subscriptions/{id_}",
                    "subscriptionId": id_,
                    "displayName": subscription.name,
                    "state": "Enabled",
                    "tenantId": TENANT,
                }
                for id_, subscription in sorted(self.store.subscriptions.items())
            ]
            return self._page(path, query, found)
        subscription = self.store.subscriptions.get(parts[2]) if len(parts) > 2 else None  # noqa: PLR2004
        if parts[1] != "subscriptions" or subscription is None:
            return _error(404, "SubscriptionNotFound", f"Nothing is known of {path}.")
        if subscription.denied:
            return _error(403, "AuthorizationFailed", f"The client does not have authorization over {path}.")
        if parts[3:] == ["locations"]:
            return 200, {"value": list(subscription.locations)}, {}
        if parts[3:] == ["resources"]:
            return self._page(path, query, self.store.listed(subscription.id))
        return self._resource(path, query)

    def _resource(self, path: str, query: Mapping[str, str]) -> Reply:
        """Answer for one resource, or for a list below one."""
        body = self.store.get(path, expand=query.get("$expand", ""))
        if body is not None:
            return 200, body, {}
        below = self.store.below(path)
        if below is not None:
            return self._page(path, query, below)
        return _error(404, "ResourceNotFound", f"The resource {path} was not found.")

    def _page(self, path: str, query: Mapping[str, str], items: Sequence[Mapping[str, Any]]) -> Reply:
        start = query.get("$skiptoken", "")
        empty = self.behaviour.empty_first_page and not start
        first = int(start or 0)
        last = first if empty else first + self.behaviour.page_size
        page: dict[str, Any] = {"value": list(items[first:last])}
        if last < len(items):
            home = self.behaviour.foreign_link or self.endpoint
            page["nextLink"] = f"{home}{path}?api-version={query['api-version']}&$skiptoken={last}"
        return 200, page, {}

    def _graph(self, body: Mapping[str, Any]) -> Reply:
        with self._lock:
            throttled, self._throttles = self._throttles > 0, max(0, self._throttles - 1)
        if throttled:
            status, page, _ = _error(429, "RateLimiting", _THROTTLED)
            return status, page, self.behaviour.throttle_headers
        if self.behaviour.graph_status:
            return _error(self.behaviour.graph_status, "AccessDenied", "Resource Graph is refused here.")
        options = body.get("options") or {}
        try:
            rows = self.store.query(str(body.get("query")), body.get("subscriptions") or ())
        except QueryError as error:
            return _error(400, "InvalidQuery", str(error))
        first = int(options.get("$skipToken") or 0)
        last = first + min(self.behaviour.page_size, int(options.get("$top") or 1000))
        kept = rows[: len(rows) - self.behaviour.lost_rows] if self.behaviour.lost_rows else rows
        page = {
            "totalRecords": len(rows),
            "count": len(kept[first:last]),
            "data": kept[first:last],
            "facets": [],
            "resultTruncated": "true" if self.behaviour.truncated else "false",
        }
        if last < len(kept) and not self.behaviour.truncated:
            page["$skipToken"] = str(last)
        return 200, page, {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"}


def _error(status: int, code: str, message: str) -> Reply:
    return status, {"error": {"code": code, "message": message}}, {}


class _Server(ThreadingHTTPServer):
    """Takes connections in one thread and does everything else, TLS included, in one thread each."""

    daemon_threads = False  # joined on close
    request_queue_size = 128

    def __init__(self, owner: ArmServer, context: ssl.SSLContext) -> None:
        self.owner, self._context = owner, context
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class
        with (
            contextlib.suppress(OSError),  # clients that give up are none of our business
            self._context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as secure,
        ):
            secure.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._connections.add(secure)
            try:
                if not self.owner.stopping.is_set():
                    secure.do_handshake()
                    super().finish_request(secure, client_address)
            finally:
                self._connections.discard(secure)

    def stop(self) -> None:
        """Stop taking connections, end those that are open, and wait for their threads."""
        self.owner.stopping.set()
        self.shutdown()
        for connection in tuple(self._connections):
            with contextlib.suppress(OSError):
                # Below TLS: what waits in a handshake or a read ends there.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection and writes what the owner answers."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per reply: unbuffered ones cost 40 ms each
    server: _Server

    def do_GET(self) -> None:
        """Answer a GET."""
        self._reply({})

    def do_POST(self) -> None:
        """Answer a POST; a form (sign-in) needs no reading."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body = json.loads(raw)
        except ValueError:
            body = {}
        self._reply(body if isinstance(body, dict) else {})

    def _reply(self, body: Mapping[str, Any]) -> None:
        owner = self.server.owner
        signing_in = "/oauth2/" in self.path or "/.well-known/" in self.path
        if owner.behaviour.dead and not signing_in:
            owner.stopping.wait()
            self.close_connection = True
            return
        owner.stopping.wait(owner.behaviour.delay)
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        status, page, headers = owner.answer(self.command, self.path, token, body)
        content = json.dumps(page).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json; charset=utf-8", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class
        """Say nothing."""
