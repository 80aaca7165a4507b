/** Names under which jobs find secrets; their values are put by `slipway keys`, never by Terraform. */
export const Secret = {
  handoffKey: "SLIPWAY_HANDOFF_KEY",
  signingKey: "SLIPWAY_SIGNING_KEY",
  trackingUsername: "MLFLOW_TRACKING_USERNAME",
  trackingPassword: "MLFLOW_TRACKING_PASSWORD",
  trackingToken: "MLFLOW_TRACKING_TOKEN",
} as const;

/** Names under which jobs find values that are only known when the delivery is deployed. */
export const Variable = {
  trackingUri: "MLFLOW_TRACKING_URI",
  handoffRecipient: "SLIPWAY_HANDOFF_RECIPIENT",
  store: "SLIPWAY_STORE",
  /** The role that a job assumes by its own identity, where the store or the signing key is with AWS. */
  awsRole: "AWS_ROLE_ARN",
  acceptedPolicies: "SLIPWAY_ACCEPTED_POLICIES",
  signers: "SLIPWAY_SIGNERS",
} as const;

export const TRACKING_SECRETS: readonly string[] = [
  Secret.trackingUsername,
  Secret.trackingPassword,
  Secret.trackingToken,
];
