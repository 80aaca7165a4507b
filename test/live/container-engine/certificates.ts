import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../tools/run-program";
import { needPrograms } from "./debian-programs";

/** Files of a server certificate, in PEM. */
export interface ServerCertificate {
  /** The authority that clients have to trust, also named `ca.crt` in the folder, as `--cert-dir` of skopeo takes it. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for the loopback interface from an authority of its own, made by openssl, valid for a day. */
export function loopbackCertificate(folder: string): ServerCertificate {
  needPrograms("a certificate", ["openssl"]);
  const openssl = (...args: readonly string[]): string => runProgram("openssl", "openssl", args, { cwd: folder });
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  writeFileSync(
    join(folder, "names"),
    "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n",
  );
  openssl("req", "-x509", "-days", "1", ...curve, "-subj", "/CN=Slipway tests", "-keyout", "ca.key", "-out", "ca.crt");
  openssl("req", ...curve, "-subj", "/CN=127.0.0.1", "-keyout", "server.key", "-out", "server.csr");
  openssl(
    ...["x509", "-req", "-days", "1", "-in", "server.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"],
    ...["-extfile", "names", "-out", "server.crt"],
  );
  return {
    authority: join(folder, "ca.crt"),
    certificate: join(folder, "server.crt"),
    key: join(folder, "server.key"),
  };
}
