const { appendFileSync, mkdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

// `python -m venv FOLDER` makes the same environment as ever, with a pip that installs the same files in seconds.
const script = `#!/bin/sh
set -eu
if [ "\${1-}" = -m ] && [ "\${2-}" = venv ]; then
  "$ACT_UV" venv --quiet --python "$ACT_PYTHON" "$3"
  cp -R "${join(__dirname, "pip")}" "$("$3/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/pip"
  exit
fi
exec "$ACT_PYTHON" "$@"
`;
const folder = join(process.env.RUNNER_TEMP, "setup-python");
mkdirSync(folder, { recursive: true });
for (const name of ["python", "python3"]) writeFileSync(join(folder, name), script, { mode: 0o755 });
appendFileSync(process.env.GITHUB_PATH, `${folder}\n`);
console.log(`asked for Python ${process.env["INPUT_PYTHON-VERSION"]}, running ${process.env.ACT_PYTHON}`);
