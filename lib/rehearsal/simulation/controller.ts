import type { Clients } from '../../aws/handler/clients.ts';
import type { HandlerFactory } from '../../aws/handler/entry.ts';
import type { Definition } from '../services/definition.ts';
import type { FunctionConfiguration } from './lambda-runtime.ts';

/** The state machine and its functions as they were synthesized: `dist/state-machine.json`. */
export interface Synthesized {
  readonly definition: Definition;
  readonly functions: Readonly<Record<string, FunctionConfiguration>>;
}

/** What a rehearsal runs: the synthesized machine and the handlers' real code. */
export interface ControllerUnderTest {
  readonly synthesized: Synthesized;
  readonly handlers: Readonly<Record<string, HandlerFactory>>;
  /** The command line, for operators who use it. */
  readonly commands?: OperatorCommands;
}

/** The command line as people use it, on an account that is handed in. */
export interface OperatorCommands {
  /** Reads everything that a command needs from disk: in a rehearsal that takes no time. */
  readonly load: () => Promise<void>;
  /** Runs a command as it is typed, without `sluice`; what it refuses changes nothing. */
  readonly run: (line: string, clients: Clients) => Promise<void>;
}
