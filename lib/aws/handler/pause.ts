/** Waits, in milliseconds, on whatever clock is installed. */
export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Waits for something that may as well be done without, in milliseconds at most. What it fails with is thrown while it is waited for. */
export async function atMost(milliseconds: number, optional: Promise<unknown>): Promise<void> {
  const patience = Promise.withResolvers<void>();
  const timer = setTimeout(patience.resolve, milliseconds);
  // After that nobody listens.
  optional.catch(() => {});
  try {
    await Promise.race([optional, patience.promise]);
  } finally {
    clearTimeout(timer);
  }
}
