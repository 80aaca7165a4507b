import { delimiter, dirname } from "node:path";
import type { Job } from "../../jobs/job";
import { Secret, Variable } from "../../jobs/variables";
import type { Variables } from "../command-context";

/** Values that stand on a laptop for the secrets and variables of the CI's environments. */
export interface LaptopValues {
  /** What the user's own shell says; a variable set there wins over the laptop's own. */
  readonly user: Variables;
  readonly signingKey: string;
  /** By name of the variable. */
  readonly variables: Variables;
}

/** What any program needs to run at all: finding programs, writing text and time, reaching the network through a proxy. */
const ANYWHERE =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|LD_LIBRARY_PATH|XDG_[A-Z_]+|[A-Z]+_NUM_THREADS|CUDA_VISIBLE_DEVICES|NVIDIA_[A-Z_]+|https?_proxy|no_proxy|HTTPS?_PROXY|NO_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|NODE_OPTIONS)$/;
/** How clouds know a process; for jobs that have an identity in the CI too. */
const CLOUD_IDENTITY = /^AWS_[A-Z0-9_]+$/;
/** What a laptop never seals, and so never needs. */
const NEVER: readonly string[] = [Secret.handoffKey, Variable.handoffRecipient];

export interface JobPlace {
  readonly work: string;
  readonly manifestDigest: string;
  /** File that takes the job's Markdown summary. */
  readonly summary: string;
  /** Folder of the locked environment's programs; `null` for jobs that install none. */
  readonly pythonPrograms: string | null;
}

/** Everything one job's processes see: what any program needs, and the secrets and variables that the job declares; no others. */
export function jobEnvironment(job: Job, values: LaptopValues, place: JobPlace): Variables {
  const declared = [...job.secrets, ...job.variables].filter((name) => !NEVER.includes(name));
  const valueOf = (name: string): string | undefined => stated(values.user[name]) ?? values.variables[name];
  const python = place.pythonPrograms;
  return {
    ...pick(values.user, (name) => ANYWHERE.test(name)),
    ...(job.holdings.cloudIdentity ? pick(values.user, (name) => CLOUD_IDENTITY.test(name)) : {}),
    ...Object.fromEntries(declared.flatMap((name) => entry(name, valueOf(name)))),
    // The CI may sign without a key; a laptop always signs with its own.
    ...(job.holdings.signingKey ? { [Secret.signingKey]: values.signingKey } : {}),
    ...(python === null
      ? {}
      : {
          PATH: [python, values.user.PATH ?? ""].join(delimiter),
          VIRTUAL_ENV: dirname(python),
          PYTHONUNBUFFERED: "1",
        }),
    SLIPWAY_ASSURANCE: "laptop",
    SLIPWAY_JOB: job.id,
    SLIPWAY_MANIFEST_DIGEST: place.manifestDigest,
    SLIPWAY_WORK: place.work,
    GITHUB_STEP_SUMMARY: place.summary,
  };
}

function pick(env: Variables, wanted: (name: string) => boolean): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted(name)));
}

function entry(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

function stated(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}
