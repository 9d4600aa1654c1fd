/** Draws so many values. */
export const drawn = (count: number, draw: () => number) => Array.from({ length: count }, draw);
export const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const varianceOf = (values: readonly number[]) => {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
};
