"""Writes wheels as described on standard input: [{"path": ..., "files": {name: text}}, ...], each file with its line in RECORD."""

import base64, hashlib, json, sys, zipfile

for wheel in json.load(sys.stdin):
    with zipfile.ZipFile(wheel["path"], "w", zipfile.ZIP_DEFLATED) as archive:
        record = []
        for name, text in wheel["files"].items():
            content = text.encode()
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(content)}")
            archive.writestr(zipfile.ZipInfo(name), content)
        info = next(name for name in wheel["files"] if ".dist-info/" in name).split("/")[0]
        archive.writestr(zipfile.ZipInfo(f"{info}/RECORD"), "\n".join([*record, f"{info}/RECORD,,", ""]))
