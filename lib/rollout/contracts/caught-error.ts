import type { CaughtError } from '../document/rollout.ts';
import { oneLine } from './text.ts';

/**
 * The error that was thrown, in one line. A Catch hands over ragged things: a handler's error has JSON text as its Cause, a
 * timeout an empty one, a failed callback null, a missing function plain text. (Recorded on AWS.)
 */
export function errorInWords(error: CaughtError | null): string {
  const name = typeof error?.Error === 'string' && error.Error ? error.Error : 'an error without a name';
  const cause = messageIn(error?.Cause);
  return oneLine(cause ? `${name}: ${cause}` : name);
}

/** The message in a Cause: of JSON text its `errorMessage`, of anything else the text itself. */
export function messageIn(cause: unknown): string {
  if (typeof cause !== 'string') return '';
  try {
    const message = (JSON.parse(cause) as { errorMessage?: unknown } | null)?.errorMessage;
    return typeof message === 'string' ? message : cause;
  } catch {
    return cause;
  }
}
