import { refusalInWords } from '../contracts/refusal.ts';
import { type Registration, registrationName } from '../contracts/registration.ts';
import { hangInWords } from '../hang.ts';
import { type Logging, whyNotCounted } from '../logs/logging.ts';
import { planOf } from '../policy/plan.ts';
import { type Policy, policySchema } from '../policy/policy.ts';
import { serviceOf } from '../version-state.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** The registration that the stack has deployed for an alias, and the policy in it if it can be used. */
export function registrationChecks(
  functionName: string,
  aliasName: string,
  registration: Registration | undefined,
): { readonly checks: readonly Check[]; readonly policy: Policy | undefined } {
  const parameter = registrationName(functionName, aliasName);
  if (!registration) {
    const found = `parameter ${parameter} does not tell which controller shifts the alias`;
    return { checks: [problem('registration', found, 'deploy the alias with a RolloutAlias')], policy: undefined };
  }
  const registered = ok('registration', `parameter ${parameter}`);
  if (registration.policy === undefined) {
    const check = warning('policy', 'none is deployed', 'give one to each rollout: sluice start --policy policy.json');
    return { checks: [registered, check], policy: undefined };
  }
  const parsed = policySchema.safeParse(registration.policy, { reportInput: true });
  if (!parsed.success) {
    const found = `the deployed policy is refused: ${refusalInWords(parsed.error)}`;
    return { checks: [registered, problem('policy', found, 'mend it and deploy again')], policy: undefined };
  }
  const check =
    parsed.data.alarms.length === 0
      ? warning('policy', 'names no alarm: time alone decides', 'give the RolloutAlias alarms')
      : ok('policy', `${parsed.data.alarms.length} alarms`);
  return { checks: [registered, check], policy: parsed.data };
}

/** Every hook of a policy, once. */
export const hooksIn = ({ hooks }: Policy): readonly string[] => [...new Set(Object.values(hooks).flat())];

/** A function that rollouts invoke: its state, or null if it does not exist. */
export function hookCheck(hook: string, state: string | null): Check {
  const name = `hook ${hook}`;
  if (state === null)
    return problem(name, 'does not exist; it would revert every rollout', 'deploy it, or a policy without it');
  // A hook that sleeps is woken by being asked.
  return serviceOf(state) === 'never'
    ? problem(name, `is ${state}, and only an Active function can be invoked`, 'deploy it again')
    : ok(name, `exists (${state})`);
}

/** Whether the next version's log can be counted, if the policy asks for that. */
export function logChecks(policy: Policy, logging: Logging | undefined): readonly Check[] {
  if (policy.evidence?.counts !== 'logs' || !logging) return [];
  const why = whyNotCounted(logging);
  return [
    why === undefined
      ? ok('log', 'JSON with the ends of invocations')
      : warning(
          'log',
          `the function ${why}: rollouts count by CloudWatch's minutes`,
          'set its log format to JSON and its system log level to INFO',
        ),
  ];
}

/** Whether a request that hangs fails while the step is watched in which it began; nothing if the timeout is not known. */
export function hangChecks(policy: Policy, timeoutSeconds: number | undefined): readonly Check[] {
  if (timeoutSeconds === undefined) return [];
  const hang = hangInWords(planOf(policy).steps, timeoutSeconds);
  return [
    hang === undefined
      ? ok('timeout', `a hang of ${timeoutSeconds} s shows within every watched step`)
      : warning('timeout', hang, "shorten the function's timeout, lengthen the step, or alarm on Duration"),
  ];
}
