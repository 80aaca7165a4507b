import type { Variables } from "../command-context";

/**
 * Variables that training code never sees: keys and tokens of other jobs, and the files through which a GitHub job writes
 * its outputs and the environment of its later steps. It keeps MLflow's, so that the user's own logging works.
 */
const withheldFromTraining =
  /^(SLIPWAY_(SIGNING|HANDOFF)_KEY|SLIPWAY_(SIGNERS|ACCEPTED_POLICIES|STORE)|GITHUB_(TOKEN|OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|GH_TOKEN|ACTIONS_.*|RUNNER_TOKEN)$/;

/**
 * Variables that predicting code sees: how to find programs, how text and time are written, how many threads to use. Anything not
 * listed is withheld: MLflow's variables, secrets, tokens, and every path of the pipeline's working folder.
 */
const givenToPrediction =
  /^(PATH|LANG|LANGUAGE|LC_[A-Z]+|TZ|VIRTUAL_ENV|CONDA_PREFIX|LD_LIBRARY_PATH|UV_PYTHON|UV_OFFLINE|UV_PROJECT_ENVIRONMENT|[A-Z]+_NUM_THREADS|CUDA_VISIBLE_DEVICES|NVIDIA_[A-Z_]+)$/;

export function trainingEnvironment(env: Variables, added: Variables): Variables {
  return { ...pick(env, (name) => !withheldFromTraining.test(name)), ...added };
}

/** @param home a folder of the command's own: the real home folder may hold credentials */
export function predictionEnvironment(env: Variables, home: string, added: Variables): Variables {
  return { ...pick(env, (name) => givenToPrediction.test(name)), HOME: home, TMPDIR: home, ...added };
}

function pick(env: Variables, wanted: (name: string) => boolean): Variables {
  return Object.fromEntries(Object.entries(env).filter(([name]) => wanted(name)));
}
