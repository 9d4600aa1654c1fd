/** Whether AWS said so: decided on the error's name, never on its text, which changes from year to year. */
export const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof Error && names.includes(error.name);

/** Answers undefined if AWS says that the thing does not exist. */
export async function orUndefined<T>(answer: Promise<T>, ...names: readonly string[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isNamed(error, ...names)) return undefined;
    throw error;
  }
}

/** Whether AWS refuses the caller this call: services spell it differently. */
export const isDenied = (error: unknown): boolean =>
  isNamed(error, 'AccessDeniedException', 'AccessDenied', 'UnauthorizedOperation', 'AuthorizationErrorException');
