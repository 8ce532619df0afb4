"""A small server before moto that refuses, throttles, hangs up or dawdles as a test tells it."""

from __future__ import annotations

import http.client
import re
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """What a request wants: signing region and service, and the action (a path for REST services)."""

    region: str
    service: str
    action: str


@dataclass(frozen=True)
class Refuse:
    """Answer with an error code."""

    code: str
    status: int = 403
    message: str = "not for you"


@dataclass(frozen=True)
class Dawdle:
    """Answer, but late."""

    seconds: float


class HangUp:
    """Close the connection without an answer."""


Rule = Callable[[Asked], "Refuse | Dawdle | HangUp | None"]


class _Server(ThreadingHTTPServer):
    """Says nothing of a client that no longer waits for its answer; whatever else goes wrong is told."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Gate:
    """Passes requests on to ``behind`` unless the rule says otherwise."""

    def __init__(self, behind: str, rule: Rule) -> None:
        self.asked: list[Asked] = []
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                asked = _asked(self, body)
                gate.asked.append(asked)
                verdict = rule(asked)
                if isinstance(verdict, HangUp):
                    self.close_connection = True
                    return
                if isinstance(verdict, Dawdle):
                    time.sleep(verdict.seconds)
                if isinstance(verdict, Refuse):
                    self._reply(verdict.status, *_error(asked, verdict))
                else:
                    self._pass_on(body)

            do_GET = do_POST = do_PUT = do_HEAD = _serve  # noqa: N815 - http.server's names

            def _pass_on(self, body: bytes) -> None:
                upstream = http.client.HTTPConnection(urlsplit(behind).netloc, timeout=30)
                upstream.request(self.command, self.path, body, dict(self.headers))
                answer = upstream.getresponse()
                self._reply(answer.status, answer.read(), dict(answer.getheaders()))
                upstream.close()

            def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    if name.lower() not in {
                        "content-length",
                        "transfer-encoding",
                        "connection",
                        "date",
                        "server",
                    }:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = _Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _asked(handler: BaseHTTPRequestHandler, body: bytes) -> Asked:
    found = _SCOPE.search(handler.headers.get("Authorization") or "")
    region, service = found.groups() if found else ("", "")
    target = handler.headers.get("X-Amz-Target", "").rpartition(".")[2]
    form = parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
    return Asked(region, service, target or form or handler.path)


def _error(asked: Asked, refusal: Refuse) -> tuple[bytes, dict[str, str]]:
    code, message = refusal.code, refusal.message
    if asked.service == "ec2":
        text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        return f"<Response><Errors>{text}</Errors></Response>".encode(), {"Content-Type": "text/xml"}
    if asked.service in {
        "rds",
        "elasticloadbalancing",
        "sns",
        "sts",
        "autoscaling",
        "elasticache",
        "s3",
        "route53",
    }:
        text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        if asked.service != "s3":
            text = f"<ErrorResponse>{text}<RequestId>1</RequestId></ErrorResponse>"
        return text.encode(), {"Content-Type": "text/xml"}
    body = f'{{"__type": "{code}", "message": "{message}"}}'
    return body.encode(), {"Content-Type": "application/json", "x-amzn-ErrorType": code}
