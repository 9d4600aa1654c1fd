import { carriesWeights, routingInWords } from '../../../rollout/alias/alias.ts';
import { endInWords } from '../observed-rollout.ts';
import type { Finding, Invariant, Write } from './invariant.ts';

/** A handler that was at work when its execution was lost may still write. After a deliberate end nothing may come any more. */
export const alias: Invariant = {
  statement:
    'the alias only points to versions of a rollout that is running, and ends at one version or as a person left it',
  checker: (run) => ({
    strayWrite: ({ invocation }) => `${invocation.name} wrote for no rollout that was ever started`,
    write: (write) => (write.moved ? (foreignVersion(write) ?? writtenAfterItsEnd(write)) : undefined),
    end: ({ rollout, end }) => {
      if (run.lastWriter !== rollout || run.personsWrite || !run.alias) return undefined;
      // A rollout that a stale read took for superseded leaves its weights. The event of its end takes them away.
      if (end.error === 'Superseded' || !rollout.endedDeliberately || !carriesWeights(run.alias)) return undefined;
      return `${rollout.name} ended as ${endInWords(end)} and left the alias at ${routingInWords(run.alias)}`;
    },
    rest: () => {
      const { lastWriter, alias: shown } = run;
      const left = lastWriter && shown && carriesWeights(shown) && run.answersFor(lastWriter);
      return left ? `the alias was left at ${routingInWords(shown)}` : undefined;
    },
  }),
};

function foreignVersion({ rollout: { candidate, stable }, after, wrote }: Write): Finding {
  const additional = Object.keys(after.additionalVersionWeights);
  const main = after.functionVersion;
  const known = stable === null || main === stable || (main === candidate && additional.length === 0);
  if (known && additional.every((version) => version === candidate)) return undefined;
  return `${wrote}: not its stable version ${stable} and its candidate ${candidate}`;
}

function writtenAfterItsEnd({ rollout, after, invocation: { begunAt }, wrote }: Write): Finding {
  const atWork = rollout.end !== null && begunAt <= rollout.end.second && !rollout.endedDeliberately;
  if (!carriesWeights(after) || rollout.running || atWork) return undefined;
  return `${wrote}, and its execution had ended as ${endInWords(rollout.end)}`;
}
