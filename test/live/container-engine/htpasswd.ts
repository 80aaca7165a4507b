import { pythonForEnvironments } from "../../tools";
import { runProgram } from "../../tools/run-program";

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A line of an htpasswd file with the password's bcrypt hash, the only one that a registry takes. */
export function htpasswdLine({ username, password }: Credentials): string {
  const script =
    "import crypt, os; print(crypt.crypt(os.environ['PASSWORD'], crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=1 << 5)))";
  const options = { env: { PASSWORD: password, PYTHONWARNINGS: "ignore" } };
  return `${username}:${runProgram("bcrypt", pythonForEnvironments(), ["-c", script], options).trim()}\n`;
}
