/** Waits, in milliseconds, on whatever clock is installed. */
export const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
