/** An action by the commit it is pinned to; the version is for readers. */
export interface ActionPin {
  /** `owner/name` */
  readonly action: string;
  /** Full SHA of the commit, 40 hex digits. */
  readonly sha: string;
  /** The release that the commit was tagged with. */
  readonly version: string;
}

/** Every action that generated workflows use. Each may be overridden, for example by a fork inside a company. */
export interface ActionPins {
  readonly checkout: ActionPin;
  readonly setupNode: ActionPin;
  readonly setupPython: ActionPin;
  readonly uploadArtifact: ActionPin;
  readonly downloadArtifact: ActionPin;
  /** Only where the Python environment is a conda lock: nothing that pip can install reads one. */
  readonly setupMicromamba: ActionPin;
}

export const ACTION_PINS: ActionPins = {
  checkout: { action: "actions/checkout", sha: "3d3c42e5aac5ba805825da76410c181273ba90b1", version: "v7.0.1" },
  setupNode: { action: "actions/setup-node", sha: "820762786026740c76f36085b0efc47a31fe5020", version: "v7.0.0" },
  setupPython: { action: "actions/setup-python", sha: "5fda3b95a4ea91299a34e894583c3862153e4b97", version: "v7.0.0" },
  uploadArtifact: {
    action: "actions/upload-artifact",
    sha: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
    version: "v7.0.0",
  },
  downloadArtifact: {
    action: "actions/download-artifact",
    sha: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
    version: "v8.0.1",
  },
  setupMicromamba: {
    action: "mamba-org/setup-micromamba",
    sha: "d7c9bd84e824b79d2af72a2d4196c7f4300d3476",
    version: "v3.0.0",
  },
};
