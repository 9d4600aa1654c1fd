/** Where an alias sends its traffic, weights in percent. */
interface Traffic {
  readonly functionVersion: string;
  readonly additionalVersionWeights: Readonly<Record<string, number>>;
}

/**
 * The versions that an alias serves: `41 alone`, or `41, 10 % 42`.
 *
 * @param alone what follows the version if it is the only one
 */
export function servedInWords({ functionVersion, additionalVersionWeights }: Traffic, alone = ' alone'): string {
  const weights = Object.entries(additionalVersionWeights).map(([version, weight]) => `, ${weight} % ${version}`);
  return `${functionVersion}${weights.length === 0 ? alone : weights.join('')}`;
}
