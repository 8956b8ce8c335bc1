"""The file of overrides as objects: ConfigMaps, the web server that serves them, and how Prometheus scrapes it.

A ConfigMap has less than 1 MiB, so a long file is several, which are scraped one after the other. Lines are distributed
by hash, so that one more override changes one object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from generator.output import OVERRIDES_FILE
from generator.rendering.kubernetes.objects import BUILT_IN, OPERATOR_ALPHA, KubernetesObject, object_name
from generator.rendering.kubernetes.rule_objects import MAX_CONSTANT_BYTES
from generator.rendering.overrides_file import END, SCRAPE_INTERVAL, SCRAPE_JOB, SERVER, SERVER_PORT, WEB_SERVER

COMPONENT = "overrides"
WEB_SERVER_NAME = "workers-ai-overrides"


def override_objects(texts: Mapping[str, str], slug: str) -> Iterator[KubernetesObject]:
    """Every object of the file, from its text by its path; none where the platform has no such file."""
    if OVERRIDES_FILE not in texts:
        return
    parts = split(texts[OVERRIDES_FILE])
    name = object_name(SERVER, "", slug)
    for part, text in parts.items():
        key, own = f"{part}.txt", object_name(SERVER, part.removeprefix("part-"), slug)
        yield _object(f"file-{part}", BUILT_IN, "ConfigMap", own, "file", key=key, text=text)
    maps = [object_name(SERVER, part.removeprefix("part-"), slug) for part in parts]
    server = {"server": WEB_SERVER_NAME, "port": SERVER_PORT}
    yield _object(
        "deployment", "apps/v1", "Deployment", name, "overrides_deployment", image=WEB_SERVER, maps=maps, **server
    )
    yield _object("service", BUILT_IN, "Service", name, "service", headless=False, **server)
    yield _object(
        "scrape",
        OPERATOR_ALPHA,
        "ScrapeConfig",
        object_name("scrape", SERVER, slug),
        "overrides_scrape",
        job=SCRAPE_JOB,
        interval=SCRAPE_INTERVAL,
        target=f"{name}:{SERVER_PORT}",
        parts=list(parts),
    )


def split(text: str) -> dict[str, str]:
    """The file in parts by name, each a file of the same format. Their number is a power of two, so that it changes
    only when the size doubles."""
    lines = text.removesuffix(END).splitlines(keepends=True)
    count = 1 << (-(-len(text.encode()) // MAX_CONSTANT_BYTES) - 1).bit_length()
    parts: dict[int, list[str]] = {number: [] for number in range(count)}
    for line in lines:
        if line.startswith("#"):
            for part in parts.values():
                part.append(line)
            continue
        series = line.rpartition(" ")[0]
        parts[int.from_bytes(sha256(series.encode()).digest()[:8], "big") % count].append(line)
    return {f"part-{number:02d}": "".join((*own, END)).rstrip("\n") for number, own in parts.items()}


def _object(file: str, api: str, kind: str, name: str, template: str, /, **values: object) -> KubernetesObject:
    return KubernetesObject(f"overrides-{file}.yaml", api, kind, name, COMPONENT, template, values)
