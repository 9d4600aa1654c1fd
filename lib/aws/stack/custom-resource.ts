import * as z from 'zod';
import { refusalInWords } from '../../rollout/contracts/refusal.ts';
import { cut, oneLine } from '../../rollout/contracts/text.ts';
import { pause } from '../handler/pause.ts';

/** The part of a request that tells where its answer goes. A request that has it is answered, whatever else is wrong with it. */
export const answerableSchema = z.object({
  ResponseURL: z.url(),
  StackId: z.string().min(1),
  RequestId: z.string().min(1),
  LogicalResourceId: z.string().min(1),
  /** CloudFormation sends one with every Update and Delete. */
  PhysicalResourceId: z.string().catch(''),
});
export type Answerable = z.output<typeof answerableSchema>;

const properties = z.record(z.string(), z.unknown());
const event = answerableSchema.extend({ ResourceType: z.string().catch('') });

/** A request of CloudFormation to a custom resource, read loosely: AWS adds fields, and no Delete is refused for its properties. */
export const customResourceEventSchema = z.discriminatedUnion(
  'RequestType',
  [
    event.extend({ RequestType: z.literal('Create'), ResourceProperties: properties }),
    event.extend({
      RequestType: z.literal('Update'),
      ResourceProperties: properties,
      OldResourceProperties: properties.catch({}),
    }),
    event.extend({ RequestType: z.literal('Delete'), ResourceProperties: properties.catch({}) }),
  ],
  { error: 'expected "Create", "Update" or "Delete"' },
);
export type CustomResourceEvent = z.output<typeof customResourceEventSchema>;

/** Stands for the id of a stack in a request that Terraform makes: it has none, so nothing waits for a commit and nothing rolls back. */
export const TERRAFORM = 'Terraform';

/** The answer to CloudFormation. */
export interface CustomResourceAnswer {
  readonly status: 'SUCCESS' | 'FAILED';
  /** Shown in the stack's events if the request failed. */
  readonly reason: string;
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Sends an answer to the URL at which CloudFormation waits for it. */
export type Respond = (event: Answerable, answer: CustomResourceAnswer) => Promise<void>;

/**
 * The part of a request that tells where its answer goes.
 *
 * @throws Error that says what was expected if it is no request of CloudFormation
 */
export function answerableIn(received: unknown): Answerable {
  const parsed = answerableSchema.safeParse(received, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new Error(`expected a request of CloudFormation to a custom resource: ${refusalInWords(parsed.error)}`);
}

/**
 * Refuses a URL that is not CloudFormation's: whoever may invoke the function could have it send anything anywhere. CloudFormation waits at
 * presigned URLs of S3. (AWS: custom resource request objects.) An endpoint that stands for AWS answers on its own host.
 *
 * @param endpoint the URL of that endpoint, if there is one
 * @throws Error with what was expected
 */
export function refuseForeignUrl(url: string, endpoint: string | undefined): void {
  const { protocol, host, hostname } = new URL(url);
  if (endpoint !== undefined && URL.canParse(endpoint) && new URL(endpoint).host === host) return;
  if (protocol === 'https:' && /\.amazonaws\.com(\.cn)?$/.test(hostname)) return;
  throw new Error(
    `ResponseURL: expected an https URL of a host in amazonaws.com or amazonaws.com.cn, found ${oneLine(`${protocol}//${host}`, 100)}`,
  );
}

/** CloudFormation reads at most so many bytes of an answer. (AWS: custom resource response objects.) */
const LONGEST_ANSWER = 4096;
/** More of a reason is not read by people. */
const LONGEST_REASON = 1000;
const TRIES = 5;

/**
 * Puts the answer to the request's presigned URL, again if need be: a lost answer would hold the stack until its timeout.
 *
 * @throws Error if it could not be delivered in five tries
 */
export const putAnswer: Respond = async (event, answer) => {
  const body = bodyOf(event, answer);
  for (let attempt = 1; ; attempt++) {
    try {
      // The URL is signed for a request without a content type.
      const answer = await fetch(event.ResponseURL, {
        method: 'PUT',
        body,
        headers: { 'content-type': '' },
        signal: AbortSignal.timeout(10_000),
      });
      if (answer.ok) return;
      throw new Error(`CloudFormation's URL answered ${answer.status}`);
    } catch (error) {
      if (attempt === TRIES) throw error;
      await pause(500 * 2 ** attempt);
    }
  }
};

/** The answer as JSON. A reason that does not fit is cut: characters take up to three bytes each, and escapes more. */
function bodyOf(event: Answerable, { status, reason, physicalId, attributes }: CustomResourceAnswer): string {
  const withReason = (Reason: string) =>
    JSON.stringify({
      Status: status,
      Reason,
      PhysicalResourceId: physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      // A refused property may be of any length, and CloudFormation reads no attributes of a failure.
      Data: status === 'SUCCESS' ? attributes : {},
    });
  let shown = oneLine(cut(reason, LONGEST_REASON), LONGEST_REASON);
  for (;;) {
    const body = withReason(shown);
    const excess = Buffer.byteLength(body) - LONGEST_ANSWER;
    if (excess <= 0 || shown === '') return body;
    shown = cut(shown, Math.max(0, shown.length - Math.ceil(excess / 3)));
  }
}
