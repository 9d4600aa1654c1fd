/**
 * What has to hold whatever fails, by name:
 *
 * - `alias`: the alias only ever points to the stable and the candidate version of a rollout that is running, and ends at exactly
 *   one version without weights, or exactly as a person left it.
 * - `person`: a person's write is never overwritten.
 * - `verdict`: after a verdict to revert the candidate's weight never rises again.
 * - `proof`: nothing is promoted without the last step's observation having passed; no data is no pass.
 * - `supersede`: two rollouts of one alias never both write after one was told that it is superseded.
 * - `end`: every execution ends; every end names its reason.
 * - `revert`: revert works while CloudWatch, the metrics, the tags, and the bundle's other functions are failing.
 * - `abandoned`: an alias is never left with the weights of a dead rollout for longer than ten minutes.
 */
export const invariants = {
  alias:
    'the alias only points to versions of a rollout that is running, and ends at one version or as a person left it',
  person: "a person's write is never overwritten",
  verdict: "after a verdict to revert the candidate's weight never rises again",
  proof: "nothing is promoted without the last step's observation having passed; no data is no pass",
  supersede: 'two rollouts of one alias never both write after one was told that it is superseded',
  end: 'every execution ends; every end names its reason',
  revert: "revert works while CloudWatch, the metrics, the tags and the bundle's other functions are failing",
  abandoned: 'an alias is never left with the weights of a dead rollout for longer than ten minutes',
} as const;

export type Invariant = keyof typeof invariants;

/** An invariant that was broken, at a second of the rehearsal, and by what. */
export interface Violation {
  readonly invariant: Invariant;
  readonly second: number;
  readonly what: string;
}
