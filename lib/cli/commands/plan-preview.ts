import type { ExpectedTraffic } from '../../rollout/evidence/forecast.ts';
import { previewOf, timeToFindATenth } from '../../rollout/evidence/preview.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import { count, duration, paint, type Terminal, wrap } from '../terminal/terminal.ts';

/** From this time on people are told how long a fault goes unseen, in seconds. */
const LONG_SECONDS = 1800;

/** Shows what each step will see, and how long faults go unseen. */
export function showPreview(policy: Policy, traffic: ExpectedTraffic, { out }: Terminal): void {
  const { requestsPerSecond, errorRate } = traffic;
  const line = (text: string) => out.write(`  ${text}\n`);
  const cells = (...texts: readonly string[]) => texts.map((text) => text.padStart(13)).join('');
  const steps = previewOf(policy, traffic);
  for (const part of wrap(
    `At ${requestsPerSecond} requests a second, of which ${percent(errorRate)} fail, a healthy version takes these steps. A fault is found after about:`,
    76,
  )) {
    line(part);
  }
  out.write('\n');
  line(paint(out, 'dim', `  weight${cells('watched for', 'requests', 'twice', '10 times', 'always')}`));
  for (const { weight, bakeSeconds, candidateRequests, secondsToFind } of steps) {
    const times = secondsToFind && [secondsToFind.twice, secondsToFind.tenTimes, secondsToFind.always];
    const shown = (times ?? [null, null, null]).map((seconds) => (seconds === null ? '-' : roughly(seconds)));
    line(`${String(weight).padStart(6)} %${cells(duration(bakeSeconds), count(candidateRequests), ...shown)}`);
  }
  out.write('\n');
  for (const remark of remarks(policy, traffic, steps[0]?.weight ?? 100)) {
    for (const part of wrap(remark, 76)) line(part);
  }
  out.write('\n');
}

function remarks(policy: Policy, traffic: ExpectedTraffic, firstWeight: number): readonly string[] {
  if (!policy.evidence) return ['The policy asks for no evidence, so its alarms alone find faults.'];
  const tenth = timeToFindATenth(policy, traffic, firstWeight);
  const often = policy.adaptive
    ? ['At 100 % it is the time until the candidate is suspected, and goes back to a small weight.']
    : ['At 100 % there is nothing to compare with: only gross failure is found there.'];
  if (tenth !== null && tenth < LONG_SECONDS) return often;
  const howLong = tenth === null ? 'is never found' : `needs about ${roughly(tenth)} to be seen`;
  return [
    `There is little traffic: at ${traffic.requestsPerSecond} requests a second a fault of one request in ten ${howLong} at ${firstWeight} %.`,
    ...often,
  ];
}

/** A time that is known by its size alone: `3 min`, `2 h`, `5 d`. */
function roughly(seconds: number): string {
  if (seconds < 5400) return duration(Math.max(60, Math.round(seconds / 60) * 60));
  return seconds < 2 * 86_400 ? `${Math.round(seconds / 3600)} h` : `${count(Math.round(seconds / 86_400))} d`;
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(6))} %`;
