/** Lets so many pieces of work run at a time; what comes later waits its turn. One that fails lets the next one in. */
export function inTurns(atOnce: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place goes to whoever waits the longest.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
