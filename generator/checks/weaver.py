"""The check that the registry for Weaver refers to what exists: in it, or in the registries that it depends on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from generator.check import check
from generator.checks.parsed_output import LOADER, ParsedOutput
from generator.checks.stages import COMPILED
from generator.errors import Problem, did_you_mean
from generator.output import WEAVER_FOLDER
from generator.rendering.weaver import registries_of


def example(attribute: str) -> str:
    """A label with a counterpart, on a metric, for the page of the check."""
    return f'''
# contract/ai.py
REASONS = ConventionAttribute(name="{attribute}", stability="development", registry=conventions.GEN_AI)
REASON = Label("finish_reason", "Why the answer ended.", fallback="unknown", convention=REASONS)
AI_ANSWERS = Counter(
    name="ai_answers_total",
    unit=REQUESTS_UNIT,
    labels=(MODEL, REASON),
    help="Answers of models.",
    origin=Extension("a cut answer is no failure"),
    convention=NoCounterpart("the conventions count them as observations of the duration"),
)
'''


@check(
    "contract/unresolved-reference",
    stage=COMPILED,
    language="python",
    bad=example("gen_ai.response.finish_reason"),
    good=example("gen_ai.response.finish_reasons"),
    message="it refers to gen_ai.response.finish_reason, which neither it nor a registry that it depends on has; "
    'did you mean "gen_ai.response.finish_reasons"? Use it, or declare "gen_ai.response.finish_reason"',
)
def references_of_the_registry_are_resolved(output: ParsedOutput) -> Iterator[Problem]:
    """Every attribute that the registry for Weaver refers to, and every metric that it imports, is declared in it, or
    is among the names of a published registry that contract/conventions.py lists and the manifest depends on.

    Weaver refuses a registry with a reference that it cannot resolve.
    """
    lowered = output.compiled.lowered
    documents = {
        path: yaml.load(text, LOADER) for path, text in output.compiled.texts.items() if path.startswith(WEAVER_FOLDER)
    }
    manifest = documents.get(f"{WEAVER_FOLDER}manifest.yaml", {})
    urls = {dependency["schema_url"] for dependency in manifest.get("dependencies", ())}
    used = registries_of(label for metric in lowered.definitions.contract.metrics for label in metric.labels)
    published = [registry for registry in used if registry.schema_url in urls]
    attributes = {name for registry in published for name in registry.attributes}
    attributes |= {each["id"] for document in documents.values() for each in _attributes(document) if "id" in each}
    metrics = {name for registry in published for name in registry.metrics}
    for path, document in documents.items():
        references = [(each["ref"], attributes) for each in _attributes(document) if "ref" in each]
        references += [(name, metrics) for name in document.get("imports", {}).get("metrics", ())]
        for name, known in references:
            if name not in known:
                what = f"it refers to {name}, which neither it nor a registry that it depends on has"
                yield Problem(path, what, did_you_mean(name, known))


def _attributes(document: Any) -> Iterator[Any]:
    for group in document.get("groups", ()):
        yield from group.get("attributes", ())
