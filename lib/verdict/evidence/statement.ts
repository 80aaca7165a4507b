/** An in-toto Statement v1: what is claimed (`predicate`) of which bytes (`subject`). https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md */
export interface Statement<PredicateType extends string, Predicate> {
  readonly _type: "https://in-toto.io/Statement/v1";
  readonly subject: readonly Subject[];
  readonly predicateType: PredicateType;
  readonly predicate: Predicate;
}

export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

/** The model a statement is about, by the digest of its folder. */
export function modelSubject(pipeline: string, modelDigest: string): Subject {
  return { name: pipeline, digest: { sha256: modelDigest.replace(/^sha256:/, "") } };
}

/** `sha256:...` of a statement's only subject; `null` when it has none or several. */
export function subjectDigest(statement: Statement<string, unknown>): string | null {
  const [subject, ...others] = statement.subject;
  return subject === undefined || others.length > 0 ? null : `sha256:${subject.digest.sha256}`;
}
