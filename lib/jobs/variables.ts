/** Names under which jobs find secrets; their values are put by `slipway keys`, never by Terraform. */
export const Secret = {
  handoffKey: "SLIPWAY_HANDOFF_KEY",
  signingKey: "SLIPWAY_SIGNING_KEY",
  trackingUsername: "MLFLOW_TRACKING_USERNAME",
  trackingPassword: "MLFLOW_TRACKING_PASSWORD",
  trackingToken: "MLFLOW_TRACKING_TOKEN",
  imagesUsername: "SLIPWAY_REGISTRY_USERNAME",
  imagesPassword: "SLIPWAY_REGISTRY_PASSWORD",
} as const;

/** Names under which jobs find values that are only known when the delivery is deployed. */
export const Variable = {
  trackingUri: "MLFLOW_TRACKING_URI",
  handoffRecipient: "SLIPWAY_HANDOFF_RECIPIENT",
  store: "SLIPWAY_STORE",
  /** Where images are pushed instead of the packaging's own repository. */
  images: "SLIPWAY_IMAGES",
  /** The role that a job assumes by its own identity, where the store or the signing key is with AWS. */
  awsRole: "AWS_ROLE_ARN",
  /** Where the promoted model is served, instead of the environment's own `servedAt`. */
  serviceUrl: "SLIPWAY_SERVICE_URL",
  acceptedPolicies: "SLIPWAY_ACCEPTED_POLICIES",
  signers: "SLIPWAY_SIGNERS",
} as const;

export const TRACKING_SECRETS: readonly string[] = [
  Secret.trackingUsername,
  Secret.trackingPassword,
  Secret.trackingToken,
];
