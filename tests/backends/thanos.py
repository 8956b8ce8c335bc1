"""Thanos receive, query and rule, with the flags of their build."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from generator.dsl.backends import TENANT_LABEL
from generator.external.find import find_tool
from generator.external.tool import THANOS
from generator.verify.replay.server import free_port
from tests.backends.day_before import DayBefore, Series, write_blocks
from tests.backends.deployed import Deployed, TriedBackend, flags_of, running

COUNTER, OWN_TENANT = "{name}_total", "default-tenant"


@contextmanager
def deployed(folder: Path, out: Path, before: DayBefore | None = None) -> Iterator[Deployed]:
    """The receiver and the ruler, each with its own storage, and the querier of both. The day before is in blocks of
    each storage: the receiver's of its own tenant, which no request names."""
    if before is not None:
        write_blocks(before.stored(COUNTER), folder / "receive" / OWN_TENANT)
        write_blocks(_recorded(before), folder / "rule")
    writes, others = (f"127.0.0.1:{free_port()}" for _ in range(2))
    receive, query, rule = ((f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}") for _ in range(3))
    mounted = {
        "/etc/thanos/rules": str(out / "prometheus" / "rules"),
        "thanos-query:10902": query[0],
        "http://alertmanager:9093": f"http://127.0.0.1:{free_port()}",
    }
    # By default it listens for Cap'n Proto on all addresses.
    listening = [f"--remote-write.address={writes}", f"--receive.capnproto-address={others}"]
    own_flags = {
        "receive": (receive, [*listening, f"--tsdb.path={folder / 'receive'}"], {}),
        "query": (query, [f"--endpoint={receive[1]}", f"--endpoint={rule[1]}"], {}),
        "rule": (rule, [f"--data-dir={folder / 'rule'}"], mounted),
    }
    with ExitStack() as programs:
        for component, ((http, grpc), flags, paths) in own_flags.items():
            command = [
                *(
                    str(find_tool(THANOS)),
                    component,
                    f"--http-address={http}",
                    f"--grpc-address={grpc}",
                    "--log.level=warn",
                ),
                *(*flags, *flags_of(out / "backend" / f"thanos-{component}.flags", paths)),
            ]
            programs.enter_context(running(folder, component, command, f"http://{http}/-/ready"))
        yield Deployed(f"http://{writes}/api/v1/otlp", f"http://{query[0]}", f"http://{rule[0]}")


def _recorded(before: DayBefore) -> Iterator[Series]:
    """What the ruler would have recorded: a cursor has all labels of its raw series, the receiver's own tenant too."""
    for labels, samples in before.recorded:
        own = {TENANT_LABEL: OWN_TENANT} if labels["__name__"].endswith(":cursor") else {}
        yield {**labels, **own}, samples


TRIED = TriedBackend(
    name=f"thanos-{THANOS.version}",
    backend="thanos",
    version=THANOS.version,
    start=deployed,
    counter=COUNTER,
    keeps_first_increments=False,
)
