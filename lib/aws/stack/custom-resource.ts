import * as z from 'zod';
import { pause } from '../handler/pause.ts';

const event = z.object({
  ResponseURL: z.url(),
  StackId: z.string().min(1),
  RequestId: z.string().min(1),
  LogicalResourceId: z.string().min(1),
  ResourceType: z.string().catch(''),
});

/** A request of CloudFormation to a custom resource, read loosely: AWS adds fields. */
export const customResourceEventSchema = z.discriminatedUnion('RequestType', [
  event.extend({ RequestType: z.literal('Create'), ResourceProperties: z.record(z.string(), z.unknown()) }),
  event.extend({
    RequestType: z.literal('Update'),
    PhysicalResourceId: z.string(),
    ResourceProperties: z.record(z.string(), z.unknown()),
    OldResourceProperties: z.record(z.string(), z.unknown()),
  }),
  event.extend({
    RequestType: z.literal('Delete'),
    PhysicalResourceId: z.string(),
    ResourceProperties: z.record(z.string(), z.unknown()),
  }),
]);
export type CustomResourceEvent = z.output<typeof customResourceEventSchema>;

/** The answer to CloudFormation. */
export interface CustomResourceAnswer {
  readonly status: 'SUCCESS' | 'FAILED';
  /** Shown in the stack's events if the request failed. */
  readonly reason: string;
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Sends an answer to the URL at which CloudFormation waits for it. */
export type Respond = (event: CustomResourceEvent, answer: CustomResourceAnswer) => Promise<void>;

/** CloudFormation reads at most 4096 bytes; the rest of the answer stays far below a quarter of that. */
const LONGEST_REASON = 1000;
const TRIES = 5;

/**
 * Puts the answer to the request's presigned URL, again if need be: a lost answer would hold the stack until its timeout.
 *
 * @throws Error if it could not be delivered in five tries
 */
export const putAnswer: Respond = async (event, { status, reason, physicalId, attributes }) => {
  const body = JSON.stringify({
    Status: status,
    Reason: reason.slice(0, LONGEST_REASON),
    PhysicalResourceId: physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: attributes,
  });
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
