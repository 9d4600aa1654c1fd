/** The name under which people's calls and writes are told apart from the controller's. */
export const OPERATOR = 'operator';
