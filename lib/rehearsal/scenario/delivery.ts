import * as z from 'zod';
import { counted } from './values.ts';

/** Events whose delivery is out of the ordinary, counted by kind from 1. */
export const deliverySchema = z.strictObject({
  event: z.enum(['executionEnded', 'alarm']),
  ...counted,
  deliver: z.enum(['late', 'twice', 'never']),
});

/** How an event is delivered. */
export type Delivery = z.output<typeof deliverySchema>;
