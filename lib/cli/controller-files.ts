import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { packageRoot } from '../package-root.ts';
import { CommandRefused } from './terminal/command-refused.ts';
import { zip } from './zip.ts';

/** The template of a standalone controller and the code of its functions. */
export interface ControllerFiles {
  /** As JSON text. */
  readonly template: string;
  /** The zips by the names of their files. */
  readonly functions: Readonly<Record<string, Uint8Array>>;
  /** Differs if any of the zips does. */
  readonly hash: string;
}

/**
 * Reads what the build has made of a standalone controller.
 *
 * @throws CommandRefused if the project was not built
 */
export function controllerFiles(): ControllerFiles {
  const dist = new URL('dist/', packageRoot());
  try {
    const template = readFileSync(new URL('controller.template.json', dist), 'utf8');
    // Other constructs have functions, too.
    const names = readdirSync(new URL('functions/', dist))
      .filter((name) => template.includes(`"${name}.zip"`))
      .sort();
    const functions = Object.fromEntries(
      names.map((name) => {
        const data = readFileSync(new URL(`functions/${name}/index.mjs`, dist));
        return [`${name}.zip`, zip([{ name: 'index.mjs', data }])];
      }),
    );
    const hash = createHash('sha256');
    for (const [name, bytes] of Object.entries(functions)) hash.update(name).update(bytes);
    return { template, functions, hash: hash.digest('hex').slice(0, 12) };
  } catch (error) {
    throw new CommandRefused(
      `the controller's template cannot be read (${(error as Error).message}).\n\n  try: npm run build`,
    );
  }
}
