/** Records of `notice.<agency>`: what a consumer is told on its control channel. Key: the entitlement. JSON. */
import { z } from 'zod';
import { AgencyId, StreamName, Ulid, ViewTopic } from '../names.js';

export const Notice = z.object({
  format: z.literal(1),
  kind: z.enum(['active', 'revoked']),
  entitlement: Ulid,
  consumer: AgencyId,
  stream: StreamName,
  topic: ViewTopic,
  reasonCode: z.string().nullable(),
  text: z.string().nullable(),
  /** Source offsets at which the view stopped for this entitlement, per partition. */
  positions: z.array(z.object({ partition: z.number(), stoppedAt: z.string() })),
  at: z.iso.datetime(),
});
export type Notice = z.infer<typeof Notice>;
