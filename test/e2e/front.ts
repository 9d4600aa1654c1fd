import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';

const lambda = new LambdaClient({});

/** The release of a function that the front calls through its alias; null if that function fails. */
async function releaseOf(functionName: string | undefined): Promise<string | null> {
  const { FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: functionName }));
  return FunctionError ? null : (JSON.parse(new TextDecoder().decode(Payload)) as string);
}

/** The releases of the three functions, as a request meets them. */
export const handler = async () => {
  const [prices, orders] = await Promise.all([releaseOf(process.env['PRICES']), releaseOf(process.env['ORDERS'])]);
  return { statusCode: 200, body: JSON.stringify({ front: process.env['RELEASE'], prices, orders }) };
};
