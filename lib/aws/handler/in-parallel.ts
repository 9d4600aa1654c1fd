/**
 * Works on all items, at most so many at a time. One that fails holds up no other.
 *
 * @returns the results and the errors, in the order of the items
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<{ readonly results: readonly Result[]; readonly failures: readonly unknown[] }> {
  const settled: PromiseSettledResult<Result>[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const [outcome] = await Promise.allSettled([work(items[index] as Item)]);
      settled[index] = outcome as PromiseSettledResult<Result>;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  return {
    results: settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : [])),
    failures: settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : [])),
  };
}
