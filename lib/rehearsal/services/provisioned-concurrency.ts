import * as sdk from '@aws-sdk/client-lambda';

/** A qualifier's provisioned concurrency: how many environments, since when, and whether their init fails. */
interface Provisioned {
  readonly requested: number;
  readonly since: number;
  readonly fails: boolean;
}

/**
 * How long it takes until provisioned concurrency is ready, or a failing init has given up, in seconds. (Recorded: about two and
 * five minutes.)
 */
const READY_AFTER_SECONDS = 120;
const FAILED_AFTER_SECONDS = 300;

/** The provisioned concurrency of one function by qualifier: a version, or the alias. */
export class ProvisionedConcurrency {
  readonly #provisioned = new Map<string, Provisioned>();

  has(qualifier: string): boolean {
    return this.#provisioned.has(qualifier);
  }

  put(qualifier: string, provisioned: Provisioned) {
    this.#provisioned.set(qualifier, provisioned);
    return configOf(provisioned, provisioned.since);
  }

  /** @throws ProvisionedConcurrencyConfigNotFoundException if the qualifier has none */
  get(qualifier: string, second: number) {
    const provisioned = this.#provisioned.get(qualifier);
    if (provisioned) return configOf(provisioned, second);
    throw new sdk.ProvisionedConcurrencyConfigNotFoundException({
      message: 'No Provisioned Concurrency Config found for this function',
      $metadata: { httpStatusCode: 404 },
    });
  }

  delete(qualifier: string): void {
    this.#provisioned.delete(qualifier);
  }

  /** How many execution environments are configured, by qualifier. */
  get requested(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#provisioned].map(([qualifier, { requested }]) => [qualifier, requested]));
  }
}

function configOf({ requested, since, fails }: Provisioned, second: number) {
  const age = second - since;
  const over = age >= (fails ? FAILED_AFTER_SECONDS : READY_AFTER_SECONDS);
  const ready = over && !fails;
  const status: sdk.ProvisionedConcurrencyStatusEnum = ready ? 'READY' : over ? 'FAILED' : 'IN_PROGRESS';
  return {
    RequestedProvisionedConcurrentExecutions: requested,
    AvailableProvisionedConcurrentExecutions: ready ? requested : 0,
    AllocatedProvisionedConcurrentExecutions: ready ? requested : 0,
    Status: status,
    ...(status === 'FAILED' ? { StatusReason: 'FUNCTION_ERROR_INIT_FAILURE' } : {}),
  };
}
