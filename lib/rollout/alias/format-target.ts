import { functionNameOf } from '../document/start.ts';

/** An alias as people name it: `checkout:live`. The function may be given by name or ARN. */
export const formatTarget = ({
  functionName,
  aliasName,
}: {
  readonly functionName: string;
  readonly aliasName: string;
}): string => `${functionNameOf(functionName)}:${aliasName}`;
