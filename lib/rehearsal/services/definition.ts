/** The parts of a state machine's definition that the rehearsal itself reads. */
export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSecondsPath?: string;
  readonly Parameters?: object;
}

/** The definition from another state on. */
export const startingAt = (definition: Definition, state: string | undefined): Definition =>
  state === undefined ? definition : { ...definition, StartAt: state };

/** The Task states, and whether each waits for its token to be sent back. */
export const tasksOf = ({ States }: Definition): readonly { readonly state: string; readonly waits: boolean }[] =>
  Object.entries(States)
    .filter(([, { Type }]) => Type === 'Task')
    .map(([state, { Resource }]) => ({ state, waits: Resource?.endsWith('.waitForTaskToken') ?? false }));

/**
 * AWS takes TimeoutSecondsPath from the state's input: its guide's own example narrows the Parameters and still points there. The
 * interpreter takes it from the result of the Parameters, so the value is handed through them.
 */
export function withTimeoutsOfTheInput(definition: Definition): Definition {
  const states = Object.entries(definition.States).map(([name, state]): [string, State] => {
    const { TimeoutSecondsPath: path } = state;
    if (path === undefined) return [name, state];
    const parameters = { ...state.Parameters, 'timeoutSeconds.$': path };
    return [name, { ...state, Parameters: parameters, TimeoutSecondsPath: '$.timeoutSeconds' }];
  });
  return { ...definition, States: Object.fromEntries(states) };
}
