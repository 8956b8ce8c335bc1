"""Log lines as other programs hand them out: each function wraps lines of the Workers by a documented form."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

MILLISECONDS = 1_795_544_726_123
"""2026-11-24T18:25:26.123Z"""
RAY = "230b030023ae2822"
Export = Callable[[Sequence[bytes]], bytes]


def texts(lines: Sequence[bytes]) -> list[str]:
    """The lines as texts."""
    return [line.decode() for line in lines]


def ndjson(lines: Sequence[bytes]) -> bytes:
    """The lines as a Worker writes them."""
    return b"".join(line + b"\n" for line in lines)


def logpush(lines: Sequence[bytes]) -> bytes:
    """An object of the dataset Workers Trace Events for each two lines."""
    events = [
        {
            "CPUTimeMs": 3,
            "DispatchNamespace": "",
            "Entrypoint": "",
            "Event": {
                "RayID": RAY,
                "Request": {"URL": "https://api.example.com/chat", "Method": "POST"},
                "Response": {"Status": 200},
            },
            "EventTimestampMs": MILLISECONDS,
            "EventType": "fetch",
            "Exceptions": [],
            "Logs": [
                {"Level": "log", "Message": [text], "TimestampMs": MILLISECONDS} for text in texts(lines[at : at + 2])
            ],
            "Outcome": "ok",
            "ScriptName": "worker-api",
            "ScriptTags": [],
            "ScriptVersion": {"id": "f2b8a1de-1f61-4bd5-9c8c-0a6a1f0a7e33"},
            "WallTimeMs": 12,
        }
        for at in range(0, len(lines), 2)
    ]
    return b"".join(json.dumps(event).encode() + b"\n" for event in events)


def tail_event(lines: Sequence[bytes]) -> dict[str, object]:
    """What `wrangler tail` receives for an invocation with these lines."""
    return {
        "wallTime": 12,
        "cpuTime": 3,
        "truncated": False,
        "executionModel": "stateless",
        "outcome": "ok",
        "scriptName": "worker-api",
        "diagnosticsChannelEvents": [],
        "exceptions": [],
        "logs": [{"message": [text], "level": "log", "timestamp": MILLISECONDS} for text in texts(lines)],
        "eventTimestamp": MILLISECONDS,
        "event": {
            "request": {"url": "https://api.example.com/chat", "method": "POST", "headers": {}, "cf": {}},
            "response": {"status": 200},
        },
    }


def tail_json(lines: Sequence[bytes]) -> bytes:
    """`wrangler tail --format json`: an indented object for each line."""
    return b"".join(json.dumps(tail_event([line]), indent=2).encode() + b"\n" for line in lines)


def tail_pretty(lines: Sequence[bytes]) -> bytes:
    """`wrangler tail --format pretty`: a heading for each request, and its lines below it."""
    rows = [
        "Successfully created tail, expires at 2026-11-25T00:25:26Z",
        "Connected to worker-api, waiting for logs...",
    ]
    for text in texts(lines):
        rows += ["POST https://api.example.com/chat - Ok @ 11/24/2026, 6:25:26 PM", f"  (log) {text}"]
    return "\n".join(rows).encode() + b"\n"


def workers_logs(lines: Sequence[bytes]) -> bytes:
    """The answer of the query API of Workers Logs: the fields of a line are in `source`."""
    events = [
        {
            "dataset": "cloudflare-workers",
            "timestamp": MILLISECONDS,
            "source": json.loads(line),
            "$workers": {"scriptName": "worker-api", "outcome": "ok", "eventType": "fetch", "requestId": "0KPXTC1"},
            "$metadata": {"id": "01JDF1", "service": "worker-api", "level": "info", "message": line.decode()},
        }
        for line in lines
    ]
    return json.dumps({"success": True, "result": {"events": {"events": events, "count": len(events)}}}).encode()


def workers_logs_events(lines: Sequence[bytes]) -> bytes:
    """Single events of Workers Logs, with the fields of the line beside those of the platform."""
    return b"".join(
        json.dumps(json.loads(line) | {"$workers": {"scriptName": "worker-api"}, "$metadata": {"id": "01J"}}).encode()
        + b"\n"
        for line in lines
    )


def array(lines: Sequence[bytes]) -> bytes:
    """A JSON array on one line."""
    return json.dumps([json.loads(line) for line in lines]).encode()


def indented_array(lines: Sequence[bytes]) -> bytes:
    """A JSON array with four spaces of indentation."""
    return json.dumps([json.loads(line) for line in lines], indent=4).encode()


def array_of_lines(lines: Sequence[bytes]) -> bytes:
    """A JSON array with an element on each line."""
    return b"[" + b",\n".join(lines) + b"]\n"


def compact_braces(lines: Sequence[bytes]) -> bytes:
    """An array whose objects begin on the line on which the one before ends."""
    objects = [json.dumps(json.loads(line), indent=2) for line in lines]
    return ("[" + ", ".join(objects) + "]").encode()


def cri(lines: Sequence[bytes]) -> bytes:
    """Lines of a container in Kubernetes, the longer ones in two pieces between which another stream writes."""
    rows: list[bytes] = []
    for line in lines:
        rows += [
            b"2026-11-24T18:25:26.123456789Z stdout P " + line[:100],
            b"2026-11-24T18:25:26.123456789Z stderr F a warning",
            b"2026-11-24T18:25:26.123456799Z stdout F " + line[100:],
        ]
    return b"\n".join(rows) + b"\n"


def docker(lines: Sequence[bytes]) -> bytes:
    """Docker's json-file, each line in two pieces."""
    rows = [
        {"log": text, "stream": "stdout", "time": "2026-11-24T18:25:26.123456789Z"}
        for line in texts(lines)
        for text in (line[:100], line[100:] + "\n")
    ]
    return "\n".join(json.dumps(row, separators=(",", ":")) for row in rows).encode()


def prefixed(prefix: str) -> Export:
    """Lines after a prefix, such as that of syslog."""
    return lambda lines: b"".join(prefix.encode() + line + b"\n" for line in lines)


def csv(lines: Sequence[bytes]) -> bytes:
    """A table with a heading: quotes in a field are doubled."""
    rows = ['"' + text.replace('"', '""') + '"' for text in texts(lines)]
    return ("timestamp,message\n" + "".join(f"{MILLISECONDS},{row}\n" for row in rows)).encode()


EXPORTS: dict[str, Export] = {
    "ndjson": ndjson,
    "ndjson with CRLF": lambda lines: ndjson(lines).replace(b"\n", b"\r\n"),
    "without newlines": b"".join,
    "logpush": logpush,
    "tail json": tail_json,
    "tail pretty": tail_pretty,
    "workers logs": workers_logs,
    "workers logs indented": lambda lines: json.dumps(json.loads(workers_logs(lines)), indent=2).encode(),
    "workers logs events": workers_logs_events,
    "array": array,
    "indented array": indented_array,
    "array of lines": array_of_lines,
    "compact braces": compact_braces,
    "cri": cri,
    "docker": docker,
    "csv": csv,
    "json text": lambda lines: b"".join(json.dumps(json.dumps(text)).encode() + b"\n" for text in texts(lines)),
    "syslog RFC 5424": prefixed("<14>1 2026-11-24T18:25:26.123Z host worker 712 - - "),
    "syslog RFC 3164": prefixed("<14>Nov 24 18:25:26 host worker[712]: "),
    "kubectl --prefix": prefixed("[pod/worker-7c/worker] "),
    "docker compose": prefixed("\x1b[36mworker-1  | \x1b[0m"),
    "journald json": lambda lines: b"".join(
        json.dumps({"MESSAGE": text, "PRIORITY": "6"}).encode() + b"\n" for text in texts(lines)
    ),
}
