"""The content digest of a folder, and the model in it: no code of the model runs here.

The digest is sha256 over one line `<sha256>  <path>` per file, in bytewise order of the paths: what `sha256sum` prints of a sorted list.
"""

import hashlib
import os

from .refusal import Refusal


def verify_folder(folder, expected):
    """Raises Refusal when the folder is missing, cannot be digested, or holds something else than was expected."""
    found = digest_folder(folder)
    if found != expected:
        raise Refusal(f"the model folder {folder} has the digest {found}, SLIPWAY_MODEL_DIGEST names {expected}")


def digest_folder(folder):
    if not os.path.isdir(folder):
        raise Refusal(f"the model folder {folder} is missing")
    try:
        lines = [b"%s  %s\n" % (sha256_of(os.path.join(os.fsencode(folder), path)), path) for path in list_files(folder)]
    except OSError as error:
        raise Refusal(f"the model folder {folder} cannot be read: {error}") from None
    return "sha256:" + hashlib.sha256(b"".join(lines)).hexdigest()


def list_files(folder):
    """Relative paths as bytes, sorted."""
    paths = []
    pending = [b""]
    while pending:
        below = pending.pop()
        with os.scandir(os.path.join(os.fsencode(folder), below)) as entries:
            for entry in entries:
                path = below + b"/" + entry.name if below else entry.name
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)
                elif entry.is_file(follow_symlinks=False):
                    paths.append(path)
                else:
                    raise Refusal(f"the model folder {folder} holds {os.fsdecode(path)}, which is no regular file")
    return sorted(paths)


def sha256_of(path):
    """Opens without following links, so that a file swapped for a link between listing and reading is refused."""
    digest = hashlib.sha256()
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest().encode()


def find_model(folder):
    """The folder itself, or its only sub-folder that holds an MLflow model."""
    if os.path.exists(os.path.join(folder, "MLmodel")):
        return folder
    found = [entry.path for entry in os.scandir(folder) if os.path.exists(os.path.join(entry.path, "MLmodel"))]
    if len(found) != 1:
        raise Refusal(f"{len(found)} MLflow models (a file MLmodel) in the model folder, one is needed")
    return found[0]
