"""A Grafana for tests: the parts of its HTTP API that a run uses, strict about every field, with failures on demand.

It is written from Grafana's documentation and from what a real one was seen to do, and shares nothing with the code
under test but the closed schema of dashboards.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema_rs

from tests.verify.conformance.fake_prometheus import FakePrometheus
from tests.verify.conformance.grafana_save import saved_model

TOKEN = "glsa_4f1c9a7e2b6d8035_test"
SCHEMA = Path(__file__).resolve().parents[3] / "generator/rendering/schemas/dashboard.schema.json"
VALIDATOR = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
OWN_FOLDER = "operations"
"""A folder that the server has before a run."""
CARRIED_OUT = ("", "reset after", "hang before", "hang after")
LINGER = struct.pack("ii", 1, 0)
"""Closing a socket with this option resets the connection."""

Json = dict[str, Any]
Reply = tuple[int, Any]


class Rejected(Exception):
    """A request that Grafana answers with a status and a message."""

    def __init__(self, status: int, message: str) -> None:
        self.reply: Reply = (status, {"message": message})
        super().__init__(message)


@dataclass
class FakeGrafana:
    """The state of the server, its calls, and how it behaves. `behaviour` returns how a call (its number from 1, its
    method and path) goes wrong: see `Handler.answer`."""

    version: str = "12.3.0"
    token: str = TOKEN
    data_sources: list[Json] = field(
        default_factory=lambda: [
            {"uid": "prometheus", "name": "Prometheus", "type": "prometheus", "id": 1},
            {"uid": "loki", "name": "Logs", "type": "loki", "id": 2},
        ]
    )
    prometheus: FakePrometheus = field(default_factory=FakePrometheus)
    behaviour: Callable[[int, str, str], str] = lambda number, method, path: ""
    save: Callable[[Json], Json] = saved_model
    folders: dict[str, str] = field(default_factory=lambda: {OWN_FOLDER: "Operations"})
    dashboards: dict[str, tuple[str, Json]] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    requests: list[Json] = field(default_factory=list)
    sent: dict[str, Json] = field(default_factory=dict)
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._before = deepcopy((self.folders, self.dashboards))

    @property
    def queries(self) -> list[Json]:
        """The queries of all requests."""
        return [query for request in self.requests for query in request["queries"]]

    @property
    def is_untouched(self) -> bool:
        """Whether the server has what it had at the start, and nothing else."""
        return (self.folders, self.dashboards) == self._before

    def handle(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Reply:
        """Carry out a request. Rejected: Grafana does not."""
        parts = [unquote(part) for part in path.strip("/").split("/")[1:]]
        match method, *parts:
            case "POST", "folders":
                return self._create_folder(body)
            case "POST", "dashboards", "db":
                return self._save_dashboard(body)
            case "POST", "ds", "query":
                return self._query(body)
            case "DELETE", "folders", uid:
                return self._delete_folder(uid, query)
            case "DELETE", "dashboards", "uid", uid if uid in self.dashboards:
                return 200, {"title": self.dashboards.pop(uid)[1]["title"], "message": "deleted"}
            case "GET", *resource:
                return self._get(resource, query)
        raise Rejected(404, "Not found")

    def _get(self, resource: list[str], query: dict[str, list[str]]) -> Reply:
        match resource:
            case ["health"]:
                return 200, {"database": "ok", "version": self.version, "commit": "0"}
            case ["datasources"]:
                return 200, self.data_sources
            case ["datasources", "uid", uid, "resources", "api", "v1", "label", label, "values"]:
                self._require_data_source(uid)
                return self.prometheus.label_values(label, query)
            case ["dashboards", "uid", uid] if uid in self.dashboards:
                folder, model = self.dashboards[uid]
                return 200, {"dashboard": model, "meta": {"folderUid": folder, "type": "db", "version": 1}}
            case ["search"]:
                return 200, self._search(query)
        raise Rejected(404, "Not found")

    def _create_folder(self, body: Json) -> Reply:
        require_fields(body, {"uid", "title"})
        if body["uid"] in self.folders:
            raise Rejected(409, "a folder with the same uid already exists")
        self.folders[body["uid"]] = body["title"]
        return 200, {"id": 7, "uid": body["uid"], "title": body["title"], "url": f"/dashboards/f/{body['uid']}/x"}

    def _delete_folder(self, uid: str, query: dict[str, list[str]]) -> Reply:
        if uid not in self.folders:
            raise Rejected(404, "folder not found")
        if query:
            raise Rejected(400, "alert rules of others would be deleted")
        del self.folders[uid]
        self.dashboards = {each: item for each, item in self.dashboards.items() if item[0] != uid}
        return 200, {"message": "Folder deleted", "id": 7}

    def _save_dashboard(self, body: Json) -> Reply:
        require_fields(body, {"dashboard", "folderUid", "overwrite"})
        model, folder = body["dashboard"], body["folderUid"]
        if body["overwrite"] is not False or folder not in self.folders:
            raise Rejected(400, "folder not found, or a dashboard would be overwritten")
        violations = [f"{list(each.instance_path)}: {each.message}" for each in VALIDATOR.iter_errors(model)]
        if violations:
            raise Rejected(422, violations[0])
        if model["uid"] in self.dashboards:
            raise Rejected(412, "A dashboard with the same uid already exists")
        self.sent[model["uid"]] = model
        self.dashboards[model["uid"]] = (folder, {**self.save(model), "id": len(self.dashboards), "version": 1})
        return 200, {"id": 9, "uid": model["uid"], "url": f"/d/{model['uid']}/x", "status": "success", "version": 1}

    def _search(self, query: dict[str, list[str]]) -> list[Json]:
        (folder,) = query["folderUIDs"]
        return [
            {"uid": uid, "title": model["title"], "type": "dash-db", "folderUid": where}
            for uid, (where, model) in self.dashboards.items()
            if where == folder
        ]

    def _query(self, body: Json) -> Reply:
        require_fields(body, {"queries", "from", "to"})
        for query in body["queries"]:
            require_fields(query["datasource"], {"type", "uid"})
            self._require_data_source(query["datasource"]["uid"])
        self.requests.append(body)
        return self.prometheus.query(body["queries"], int(body["from"]), int(body["to"]))

    def _require_data_source(self, uid: str) -> None:
        if uid not in [each["uid"] for each in self.data_sources if each["type"] == "prometheus"]:
            raise Rejected(404, "Data source not found")


def require_fields(body: Any, names: set[str]) -> None:
    """Reject an object that has other fields than these."""
    if not isinstance(body, dict) or body.keys() != names:
        raise Rejected(400, f"bad request data: the fields are not {sorted(names)}")


class Handler(BaseHTTPRequestHandler):
    """Answers the calls of one Grafana, which is below the path `prefix`."""

    grafana: FakeGrafana
    prefix: str

    def do_GET(self) -> None:
        """Answer a call."""
        self.answer()

    do_POST = do_DELETE = do_GET

    def answer(self) -> None:
        """Carry out the call, unless it goes wrong: "500" and "reset" do nothing, "reset after" and "hang after" carry
        it out and do not say so, "hang before" carries it out once the server stops, "429 SECONDS" puts it off."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        grafana = self.grafana
        with grafana.lock:
            grafana.calls.append((self.command, self.path))
            mode = grafana.behaviour(len(grafana.calls), self.command, urlsplit(self.path).path)
        if mode == "hang before":
            grafana.released.wait(30)
        reply = self.reply(body) if mode in CARRIED_OUT else (500, {"message": "database is locked"})
        if mode == "hang after":
            grafana.released.wait(30)
        elif mode in ("reset", "reset after"):
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
            self.connection.close()
        elif mode.startswith("429"):
            self.send(429, {"message": "too many requests"}, {"Retry-After": mode.removeprefix("429 ")})
        else:
            self.send(*reply)

    def reply(self, body: bytes) -> Reply:
        """The answer to a call."""
        parts = urlsplit(self.path)
        grafana = self.grafana
        try:
            is_public = parts.path == f"{self.prefix}/api/health"
            if not is_public and self.headers["Authorization"] != f"Bearer {grafana.token}":
                raise Rejected(401, "Unauthorized")
            if not parts.path.startswith(f"{self.prefix}/api/"):
                raise Rejected(404, "Not found")
            path, query = parts.path.removeprefix(self.prefix), parse_qs(parts.query)
            with grafana.lock:
                return grafana.handle(self.command, path, query, json.loads(body) if body else None)
        except Rejected as rejected:
            return rejected.reply

    def send(self, status: int, data: Any, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        """Send an answer as JSON."""
        content = json.dumps(data).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class Server(ThreadingHTTPServer):
    """A server whose threads do not hold the test: callers leave, and connections are reset on purpose."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def running(grafana: FakeGrafana, prefix: str = "") -> Iterator[FakeGrafana]:
    """Serve a Grafana, below a path if `prefix` is one, at a free port of 127.0.0.1 until the block ends."""
    handler = type("HandlerOfOne", (Handler,), {"grafana": grafana, "prefix": prefix})
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True).start()
        grafana.url = f"http://127.0.0.1:{server.server_address[1]}{prefix}"
        try:
            yield grafana
        finally:
            grafana.released.set()
            server.shutdown()
