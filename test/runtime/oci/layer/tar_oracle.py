"""Reads a layer by Python's gzip and tarfile, and says what stands in it. Usage: tar_oracle.py LAYER"""

import hashlib
import json
import sys
import tarfile

entries = []
with tarfile.open(sys.argv[1], "r:gz", errorlevel=2) as layer:
    for member in layer:
        content = layer.extractfile(member).read() if member.isfile() else b""
        entries.append(
            {
                "name": member.name,
                "type": {tarfile.REGTYPE: "file", tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link"}[member.type],
                "mode": oct(member.mode),
                "owner": [member.uid, member.gid, member.uname, member.gname],
                "time": member.mtime,
                "target": member.linkname,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
json.dump(entries, sys.stdout)
