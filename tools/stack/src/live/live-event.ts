/** Lines that agencies and the router print for people watching. Samples, not a record of everything. */
import { z } from 'zod';

const Fields = z.record(z.string(), z.unknown());

export const LiveEvent = z.discriminatedUnion('live', [
  z.object({ live: z.literal('published'), stream: z.string(), id: z.string() }),
  z.object({
    live: z.literal('received'),
    stream: z.string(),
    topic: z.string(),
    principal: z.string(),
    id: z.string(),
    fields: Fields,
  }),
  /** Counts since the last such line of this view. */
  z.object({
    live: z.literal('routed'),
    stream: z.string(),
    topic: z.string(),
    read: z.number(),
    written: z.number(),
    withheld: z.number(),
  }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;
