/** The quantile of the normal distribution that leaves 1 % above it: the bound of a two-sided interval of 98 %. */
const Z_OF_98_PERCENT = 2.3263478740408408;

/** How far from zero the interval has to be, as a share of the estimated shift. */
const TOLERANCE = 0.25;

/**
 * Whether the experiment's values are higher than the control's, as Kayenta's judge finds: the lower bound of the shift between the two,
 * by the Mann-Whitney U test with 98 % confidence, is above a quarter of the Hodges-Lehmann estimate of that shift. Without values on
 * either side nothing is found.
 *
 * The interval is the one of R's wilcox.test, by normal approximation: the bounds are ordered differences between the two sides.
 * Sources: github.com/spinnaker/kayenta, MannWhitneyClassifier.scala (calculateBounds, classify); M. Hollander, D. Wolfe,
 * "Nonparametric Statistical Methods", section 4.3.
 */
export function isHigher(experiment: readonly number[], control: readonly number[]): boolean {
  const [n, m] = [experiment.length, control.length];
  if (n === 0 || m === 0) return false;
  const differences = experiment.flatMap((value) => control.map((other) => value - other)).sort((a, b) => a - b);
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12);
  const rank = Math.floor((n * m) / 2 - Z_OF_98_PERCENT * deviation);
  const lowest = rank < 1 ? Number.NEGATIVE_INFINITY : (differences[rank - 1] as number);
  return lowest > TOLERANCE * Math.abs(medianOf(differences));
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2;
}
