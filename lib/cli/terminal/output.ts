import { writeFileSync } from 'node:fs';
import { CommandRefused } from './command-refused.ts';

/**
 * Writes a file that the command line names.
 *
 * @throws CommandRefused if it cannot be written there
 */
export function writeOutput(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      { ENOENT: 'there is no such folder', EISDIR: 'it is a folder', EACCES: 'writing it is not allowed' }[
        code ?? ''
      ] ?? message;
    throw new CommandRefused(`${file} cannot be written: ${why}.\n\n  expected: the path of a file to write`);
  }
}
