"""Which Secrets hold the files that Alertmanager reads, and where they are mounted."""

from __future__ import annotations

from pathlib import PurePosixPath

from generator.dsl.platform import Platform
from generator.frozen import frozen
from generator.rendering.kubernetes.objects import object_name
from generator.rendering.secret_files import secret_folders

OPERATOR_FOLDER = PurePosixPath("/etc/alertmanager/secrets")
"""prometheus-operator mounts each Secret of `spec.secrets` at a folder of its name in it."""
RECEIVERS = "receivers"


@frozen
class SecretMounts:
    """The names of the Secrets that the operator mounts, and those of the volumes to mount elsewhere with the folder of
    each."""

    secrets: tuple[str, ...]
    volumes: tuple[tuple[str, str], ...]


def secret_mounts(platform: Platform, slug: str) -> SecretMounts:
    """How the files that a platform names get into Alertmanager's container. A file of `secrets/NAME/KEY` is in the
    Secret NAME; the files of any other folder are the keys of a Secret of its own."""
    folders = secret_folders(platform)
    named = tuple(folder.name for folder in folders if folder.parent == OPERATOR_FOLDER)
    others = [folder for folder in folders if folder.parent != OPERATOR_FOLDER]
    return SecretMounts(named, tuple((_secret_of(folder, slug), str(folder)) for folder in others))


def _secret_of(folder: PurePosixPath, slug: str) -> str:
    name = "" if folder == OPERATOR_FOLDER else "".join(each if each.isalnum() else "-" for each in folder.name)
    return object_name(RECEIVERS, name.strip("-"), slug)
