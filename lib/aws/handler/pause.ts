/** Waits, in milliseconds, on whatever clock is installed. */
export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** Waits for something optional, at most for so many milliseconds. If it fails within that time, its error is thrown. */
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
