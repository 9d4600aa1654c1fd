import type { VersionFacts } from './decisions/preflight.ts';
import { serviceOf, stateInWords } from './version-state.ts';

/** What a version is made of, as far as Lambda tells. */
export interface VersionContent {
  /** SHA-256 of the code, base64. */
  readonly codeSha256: string;
  /** SHA-256 of the configuration; null if Lambda does not tell it. */
  readonly configSha256: string | null;
  /** The settings that an invocation depends on, by their name for people. */
  readonly settings: Readonly<Record<string, string>>;
  /** The names of those settings whose values may be shown. */
  readonly shown: readonly string[];
  /** What can change under the version although it is published, in words. */
  readonly mutable: readonly string[];
  /** Whether its invocations are durable executions. */
  readonly durable: boolean;
}

type Compared = Pick<VersionFacts, 'version' | 'content'>;

/** How two versions differ, for example `42 differs from 41 in code only`; undefined if that was not read. */
export function differenceInWords(stable: Compared, candidate: Compared): string | undefined {
  const [before, after] = [stable.content, candidate.content];
  if (!before || !after) return undefined;
  const code = before.codeSha256 === after.codeSha256 ? [] : ['code'];
  const settings = settingsThatDiffer(before, after);
  const parts = [...code, ...settings];
  if (parts.length === 0) return `${candidate.version} has the code and the configuration of ${stable.version}`;
  const only = parts.length === code.length ? ' only' : '';
  return `${candidate.version} differs from ${stable.version} in ${listed(parts)}${only}`;
}

function settingsThatDiffer(before: VersionContent, after: VersionContent): readonly string[] {
  const names = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  const differing = [...names].filter((name) => before.settings[name] !== after.settings[name]);
  if (differing.length === 0 && before.configSha256 !== null && after.configSha256 !== null) {
    return before.configSha256 === after.configSha256 ? [] : ['configuration'];
  }
  return differing.map((name) =>
    before.shown.includes(name) || after.shown.includes(name)
      ? `${name} (${before.settings[name] ?? 'none'}, ${after.settings[name] ?? 'none'})`
      : name,
  );
}

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** What of a version can change although it is published; undefined if nothing can, or if that was not read. */
export const mutableInWords = ({ version, content }: Compared): string | undefined =>
  content && content.mutable.length > 0
    ? `version ${version} is not immutable: it depends on ${listed(content.mutable)}`
    : undefined;

/** What people should know of the two versions of a rollout. */
export function notesOn(stable: VersionFacts | null, candidate: VersionFacts | null): readonly string[] {
  if (!stable || !candidate) return [];
  const notes = [
    differenceInWords(stable, candidate),
    serviceOf(stable.state) === 'now'
      ? undefined
      : `${stateInWords(stable.version, stable)}: a revert leads to a version that cannot be invoked at once`,
    mutableInWords(stable),
    mutableInWords(candidate),
    candidate.content?.durable
      ? `a revert does not stop the durable executions that ${candidate.version} began: they stay on it until they end`
      : undefined,
  ];
  return notes.filter((note) => note !== undefined);
}
