import type { Clients } from '../../aws/handler/clients.ts';
import type { HandlerFactory } from '../../aws/handler/entry.ts';
import type { Definition } from '../services/definition.ts';
import type { FunctionConfiguration } from './lambda-runtime.ts';

/** The state machine and its functions as they were synthesized: `dist/state-machine.json`. */
export interface Synthesized {
  readonly definition: Definition;
  readonly functions: Readonly<Record<string, FunctionConfiguration>>;
}

/** The code that a rehearsal runs: the synthesized machine and the real handlers. */
export interface ControllerUnderTest {
  readonly synthesized: Synthesized;
  readonly handlers: Readonly<Record<string, HandlerFactory>>;
  /** The command line, for operators who use it. */
  readonly commands?: OperatorCommands;
}

/** The command line as people use it, on an account that is handed in. */
export interface OperatorCommands {
  /** Reads everything that a command needs from disk, before virtual time begins. */
  readonly load: () => Promise<void>;
  /** Runs a command as it is typed, without `sluice`. A command that is refused changes nothing. */
  readonly run: (line: string, clients: Clients) => Promise<void>;
}
