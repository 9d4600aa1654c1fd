import { readFileSync } from 'node:fs';
import { create as announceApproval } from '../../functions/announce-approval.ts';
import { create as observe } from '../../functions/observe.ts';
import { create as preflight } from '../../functions/preflight.ts';
import { create as provision } from '../../functions/provision.ts';
import { create as revert } from '../../functions/revert.ts';
import { create as runHooks } from '../../functions/run-hooks.ts';
import { create as shift } from '../../functions/shift.ts';
import { packageRoot } from '../package-root.ts';
import type { ControllerUnderTest, Synthesized } from '../rehearsal/simulation/controller.ts';
import { commands } from './operator-commands.ts';
import { CommandRefused } from './terminal/command-refused.ts';

/** The handlers that AWS runs, by the name of their entry point. */
export const handlers = {
  preflight,
  shift,
  observe,
  revert,
  'announce-approval': announceApproval,
  'run-hooks': runHooks,
  provision,
};

/**
 * The real handlers, and the state machine that the build synthesized, so that a rehearsal loads no CDK.
 *
 * @throws CommandRefused if the project was not built
 */
export function loadController(): ControllerUnderTest {
  const file = new URL('dist/state-machine.json', packageRoot());
  try {
    return { handlers, commands, synthesized: JSON.parse(readFileSync(file, 'utf8')) as Synthesized };
  } catch (error) {
    throw new CommandRefused(
      `the synthesized state machine cannot be read (${(error as Error).message}).\n\n  try: npm run build`,
    );
  }
}
