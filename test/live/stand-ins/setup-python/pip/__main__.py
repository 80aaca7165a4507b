"""`python -m pip install ...` as the workflows write it, carried out by uv: same packages, same hashes, from its cache."""

import os
import sys

command, *options = sys.argv[1:]
if command != "install" or "--require-hashes" not in options:
    sys.exit(f"only `pip install --require-hashes` stands in here, not {sys.argv[1:]}")
options = [option for option in options if option != "--disable-pip-version-check"]
uv = os.environ["ACT_UV"]
os.execv(uv, [uv, "pip", "install", "--quiet", "--python", sys.executable, *options])
