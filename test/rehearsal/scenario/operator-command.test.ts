import { describe, expect, it } from 'vitest';
import { onCallCommands } from '../../../lib/cli/on-call.ts';
import { operatorCommandSchema, operatorCommands } from '../../../lib/rehearsal/scenario/operator-command.ts';

describe('a command that an operator types in a scenario', () => {
  it.each(operatorCommands)('may be %s, which the command line has', (command) => {
    expect(operatorCommandSchema.safeParse(`${command} checkout:live`).success).toBe(true);
    expect(operatorCommandSchema.safeParse(command).success).toBe(true);
    expect(Object.keys(onCallCommands)).toContain(command);
  });

  it.each(['status checkout', 'rollbacks', 'sluice rollback', ''])('may not be "%s"', (command) => {
    const { error } = operatorCommandSchema.safeParse(command);
    expect(error?.issues[0]?.message).toBe(
      'expected a command such as "rollback checkout:live": rollback, approve, reject, advance, hold, resume or start',
    );
  });
});
