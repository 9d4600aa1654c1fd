import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { carriesWeights, servedBy } from '../../rollout/alias/alias.ts';
import { ownerOf } from '../../rollout/alias/description.ts';
import { formatTarget } from '../../rollout/alias/format-target.ts';
import { oneLine } from '../../rollout/contracts/text.ts';
import type { NamedAlias } from '../../rollout/decisions/prune.ts';
import { alarmCheck } from '../../rollout/doctor/alarm-checks.ts';
import { aliasChecks, idleIn, provisionedChecks } from '../../rollout/doctor/alias-checks.ts';
import { capacityChecks } from '../../rollout/doctor/capacity-checks.ts';
import { type Check, problem, warning } from '../../rollout/doctor/check.ts';
import { controllerChecks, permissionsCheck } from '../../rollout/doctor/controller-checks.ts';
import { hangChecks, hookCheck, hooksIn, logChecks, registrationChecks } from '../../rollout/doctor/policy-checks.ts';
import { holdCheck, versionChecks } from '../../rollout/doctor/version-checks.ts';
import { planOf } from '../../rollout/policy/plan.ts';
import type { Policy } from '../../rollout/policy/policy.ts';
import { VERSION } from '../../version.ts';
import { isDenied, orUndefined } from '../handler/errors.ts';
import { Memo } from '../handler/memo.ts';
import { readVersion } from '../lambda/functions.ts';
import { readAliases, readProvisioned } from '../lambda/versions.ts';
import type { KnownAlias } from '../stack/registrations.ts';
import { executionArnOf } from '../states/executions.ts';
import { runningRolloutsOf } from '../states/function-rollouts.ts';
import { type AccountFacts, readAccount, readLoad } from './account-facts.ts';
import { readAlarmFacts } from './alarm-facts.ts';
import { type FoundController, readController } from './controller-facts.ts';
import { type FunctionFacts, readFunction } from './function-facts.ts';
import { type Simulation, simulateRoles } from './simulation.ts';

/** The clients that an inspection reads with. */
export interface InspectorClients {
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly cloudwatch: CloudWatchClient;
  readonly iam: IAMClient;
}

/** Checks aliases before a rollout does. It reads once whatever several aliases share, such as their controller. */
export class Inspector {
  readonly #aws: InspectorClients;
  readonly #all: readonly KnownAlias[];
  readonly #now: number;
  readonly #functions = new Memo<FunctionFacts | null>();
  readonly #aliases = new Memo<readonly NamedAlias[]>();
  readonly #provisioned = new Memo<ReadonlyMap<string, number>>();
  readonly #controllers = new Memo<FoundController>();
  readonly #simulations = new Memo<Simulation>();
  readonly #account = new Memo<AccountFacts>();

  /**
   * @param all every alias that is going to be checked
   * @param now in milliseconds since 1970
   */
  constructor(aws: InspectorClients, all: readonly KnownAlias[], now: number) {
    this.#aws = aws;
    this.#all = all;
    this.#now = now;
  }

  /** Every check of one alias. */
  async checksOf(named: KnownAlias): Promise<readonly Check[]> {
    const { functionName, aliasName, registration } = named;
    const { checks, policy } = registrationChecks(functionName, aliasName, registration);
    const missing = problem('function', `${functionName} does not exist`, 'deploy it, or delete its parameter');
    const groups = await guarded('function', async () => {
      const facts = await this.#functions.get(functionName, this.#now, () =>
        readFunction(this.#aws.lambda, functionName),
      );
      if (!facts) return [missing];
      const machine = registration?.stateMachineArn;
      const all = await Promise.all([
        [holdCheck(functionName, facts.hold)],
        policy ? hangChecks(policy, facts.latest.timeoutSeconds) : [],
        policy ? logChecks(policy, facts.latest.logging) : [],
        guarded('alias', () => this.#aliasAndVersions(named, facts)),
        guarded('capacity', () => this.#capacity(functionName, facts)),
        guarded('alarms', () => this.#alarms(named, policy)),
        guarded('hooks', () => this.#hooks(policy)),
        machine === undefined ? [] : guarded('controller', () => this.#controller(functionName, machine)),
      ]);
      return all.flat();
    });
    return [...checks, ...groups];
  }

  async #aliasAndVersions(named: KnownAlias, { latest }: FunctionFacts): Promise<readonly Check[]> {
    const { lambda } = this.#aws;
    const { functionName, aliasName } = named;
    const [aliases, provisioned] = await Promise.all([
      this.#aliases.get(functionName, this.#now, () => readAliases(lambda, functionName)),
      this.#provisioned.get(functionName, this.#now, () => readProvisioned(lambda, functionName)),
    ]);
    const alias = aliases.find(({ name }) => name === aliasName) ?? null;
    const checks = [
      ...aliasChecks({ functionName, aliasName, alias, ownerStatus: await this.#ownerStatus(named, alias) }),
      ...provisionedChecks({
        functionName,
        aliasName,
        aliases,
        provisioned,
        rolling: await this.#rolling(named, aliases, provisioned),
      }),
    ];
    if (!alias) return checks;
    const { functionVersion: version } = alias;
    const served = version === latest.version ? latest : await readVersion(lambda, functionName, version);
    return [...checks, ...versionChecks({ alias: formatTarget(named), version, served, latest })];
  }

  /** The status of the execution that the alias names as the owner of its weights. */
  async #ownerStatus({ registration }: KnownAlias, alias: NamedAlias | null): Promise<string | null> {
    const owner = alias && carriesWeights(alias) ? ownerOf(alias) : undefined;
    if (!owner || !registration) return null;
    const executionArn = executionArnOf(registration.stateMachineArn, owner.execution);
    const found = await orUndefined(
      this.#aws.sfn.send(new DescribeExecutionCommand({ executionArn })),
      'ExecutionDoesNotExist',
    );
    return found?.status ?? null;
  }

  /** The versions of the rollouts under way; read only if a version is warm that no alias serves. */
  async #rolling(
    { functionName, registration }: KnownAlias,
    aliases: readonly NamedAlias[],
    provisioned: ReadonlyMap<string, number>,
  ): Promise<readonly string[]> {
    const served = aliases.flatMap(servedBy);
    if (!registration || idleIn(provisioned).every((version) => served.includes(version))) return [];
    const rollouts = await runningRolloutsOf(this.#aws.sfn, registration.stateMachineArn, functionName);
    return rollouts.flatMap(({ stable, candidate }) => [candidate, ...(stable ? [stable] : [])]);
  }

  async #capacity(functionName: string, { reserved }: FunctionFacts): Promise<readonly Check[]> {
    const [load, account] = await Promise.all([
      readLoad(this.#aws.cloudwatch, functionName, this.#now),
      this.#account.get('here', this.#now, () => this.#readAccount()),
    ]);
    return capacityChecks({ reserved, ...load, ...account });
  }

  async #readAccount(): Promise<AccountFacts> {
    try {
      return await readAccount(this.#aws, this.#now);
    } catch (error) {
      if (isDenied(error)) return { unreserved: null, unreservedPeak: null };
      throw error;
    }
  }

  async #alarms({ functionName, aliasName }: KnownAlias, policy: Policy | undefined): Promise<readonly Check[]> {
    if (!policy || policy.alarms.length === 0) return [];
    const { alarms, invocations } = await readAlarmFacts(
      this.#aws.cloudwatch,
      policy.alarms,
      { functionName, aliasName },
      this.#now,
    );
    const aliases = await this.#aliases.get(functionName, this.#now, () => readAliases(this.#aws.lambda, functionName));
    const bakes = planOf(policy).steps.flatMap(({ bakeSeconds }) => (bakeSeconds > 0 ? [bakeSeconds] : []));
    const watched = {
      functionName,
      aliasName,
      invocations,
      alarmsAlreadyFiring: policy.alarmsAlreadyFiring,
      shortestStep: bakes.length > 0 ? Math.min(...bakes) : null,
      served: aliases.filter(({ name }) => name === aliasName).flatMap(servedBy),
    };
    return alarms.map((alarm) => alarmCheck(alarm, watched));
  }

  async #hooks(policy: Policy | undefined): Promise<readonly Check[]> {
    const checks: Check[] = [];
    for (const hook of policy ? hooksIn(policy) : []) {
      const facts = await this.#functions.get(hook, this.#now, () => readFunction(this.#aws.lambda, hook));
      checks.push(hookCheck(hook, facts ? facts.latest.state : null));
    }
    return checks;
  }

  async #controller(functionName: string, machine: string): Promise<readonly Check[]> {
    const found = await this.#controllers.get(machine, this.#now, () => readController(this.#aws, machine));
    const checks = controllerChecks(found, VERSION);
    if (found.status === null) return checks;
    const { calls, why } = await this.#simulations.get(machine, this.#now, () => this.#simulate(found));
    return [...checks, permissionsCheck(calls(functionName), why)];
  }

  /** For every checked function that the controller serves. */
  async #simulate({ stateMachineArn, roles }: FoundController): Promise<Simulation> {
    const served = this.#all.filter(({ registration }) => registration?.stateMachineArn === stateMachineArn);
    const functions = new Map<string, string | null>();
    for (const { functionName } of served) {
      const facts = await this.#functions.get(functionName, this.#now, () =>
        readFunction(this.#aws.lambda, functionName),
      );
      if (facts?.managedBy !== undefined) functions.set(functionName, facts.managedBy);
    }
    return simulateRoles(this.#aws.iam, roles, stateMachineArn, functions);
  }
}

/** A group that the caller may not read becomes a warning, and the other groups are checked. */
async function guarded(group: string, look: () => Promise<readonly Check[]>): Promise<readonly Check[]> {
  try {
    return await look();
  } catch (error) {
    if (!isDenied(error)) throw error;
    const { message } = error as Error;
    return [
      warning(
        group,
        `not checked: ${oneLine(message, 300)}`,
        'grant this permission to the caller to enable the check',
      ),
    ];
  }
}
