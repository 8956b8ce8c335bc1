"""Clusters of one platform behind one querier: their series beside one another, and the rules of each."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator.dsl.definitions import Definitions
from generator.dsl.platform import Platform
from generator.lowering.lower import lower
from generator.rendering.rule_files import rule_file_yaml, rule_files
from generator.verify.backtest.case import Case
from generator.verify.replay.stages import ReplayRule, load_rules


def clusters_of(platform: Platform, case: Case) -> tuple[Platform, ...]:
    """The platform in each cluster of a case, the one of the incidents first; or as it is, where the case has none."""
    return tuple(replace(platform, cluster=name) for name in case.clusters) or (platform,)


def cluster_rules(platform: Platform, definitions: Definitions, case: Case) -> tuple[ReplayRule, ...]:
    """The rules of each cluster of a case, as a build of it ships them."""
    return tuple(rule for cluster in clusters_of(platform, case) for rule in _rules(cluster, definitions))


def _rules(platform: Platform, definitions: Definitions) -> Iterator[ReplayRule]:
    with tempfile.TemporaryDirectory(prefix="backtest-") as folder:
        for file in rule_files(lower(platform, definitions)):
            (Path(folder) / f"{file.name}.yaml").write_text(rule_file_yaml(file), encoding="utf-8")
        yield from load_rules(Path(folder))
