import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Variables } from "../../../lib/runtime/command-context";
import type { LayOptions } from "../../../lib/runtime/packaging/kept-folder";
import { cacheFolder } from "../../tools";

/** A home and a cache of their own below a folder, in which only uv is kept from one run of the tests to the next. */
export function layingPlace(below: string, env: Variables = {}): LayOptions {
  const home = mkdtempSync(join(below, "home-"));
  const cache = join(home, "cache");
  mkdirSync(cache);
  symlinkSync(cacheFolder("packaging-tools"), join(cache, "python"));
  const { PATH, SSL_CERT_FILE, PIP_CERT, HTTPS_PROXY, NO_PROXY } = process.env;
  return {
    cache,
    env: { PATH, SSL_CERT_FILE, PIP_CERT, HTTPS_PROXY, NO_PROXY, ...indexes(), HOME: home, ...env },
    log: join(home, "tools.log"),
    signal: new AbortController().signal,
  };
}

/** Where the machine that runs the tests gets packages from. */
function indexes(): Variables {
  const names = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "npm_config_registry"];
  return {
    ...Object.fromEntries(names.map((name) => [name, process.env[name]])),
    npm_config_userconfig: process.env.npm_config_userconfig ?? join(homedir(), ".npmrc"),
  };
}
