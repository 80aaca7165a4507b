/**
 * Turns a poetry.lock into requirements with hashes for pip, by Python's standard library alone (3.11 or later).
 *
 * Poetry itself would come with some sixty packages of its own, each to be pinned and trusted in jobs that train; the lock already
 * says everything that is to be installed. Locks since Poetry 2.0 (lock-version 2.1) carry the markers of each package; older
 * ones do not say what belongs on which system, and sources without hashes (git, folders) cannot be verified: both are refused.
 */
export const POETRY_REQUIREMENTS = `import sys, tomllib

with open(sys.argv[1], "rb") as file:
    lock = tomllib.load(file)
version = lock["metadata"]["lock-version"]
if tuple(int(part) for part in version.split(".")) < (2, 1):
    sys.exit(f"{sys.argv[1]}: lock-version {version} has no markers; lock again with Poetry 2.0 or later")
for package in lock["package"]:
    if package.get("optional"):
        continue
    name = package["name"]
    if package.get("source", {}).get("type", "legacy") != "legacy" or not package["files"]:
        sys.exit(f"{sys.argv[1]}: {name} comes from a source without hashes; take it from a package index")
    markers = package.get("markers", "")
    if isinstance(markers, dict):
        markers = " or ".join(f"({marker})" for marker in markers.values())
    hashes = " ".join("--hash=" + file["hash"] for file in package["files"])
    print(f"{name}=={package['version']}" + (f" ; {markers}" if markers else "") + " " + hashes)
`;
