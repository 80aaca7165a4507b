import { homedir } from "node:os";
import { join } from "node:path";
import type { Variables } from "./command-context";

/** Where Slipway keeps what can be made again: Python environments by the digest of their lock. */
export function cacheFolder(env: Variables): string {
  return join(stated(env.XDG_CACHE_HOME) ?? join(home(env), ".cache"), "slipway");
}

/** Where Slipway keeps what cannot: the laptop's signing key. */
export function configFolder(env: Variables): string {
  return join(stated(env.XDG_CONFIG_HOME) ?? join(home(env), ".config"), "slipway");
}

function home(env: Variables): string {
  return stated(env.HOME) ?? homedir();
}

function stated(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
