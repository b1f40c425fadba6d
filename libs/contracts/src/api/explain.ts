import { z } from 'zod';
import { FieldPath, PrincipalId, StreamName, Ulid } from '../names.js';
import { DecisionResource } from './requests.js';

const At = z.iso.datetime({ offset: true }).optional();

/** `GET /api/explain`: why can or can't `principal` read `field`? `at`: absent: now. */
export const ExplainAsked = z.strictObject({ principal: PrincipalId, stream: StreamName, field: FieldPath, at: At });
export type ExplainAsked = z.infer<typeof ExplainAsked>;

/** `GET /api/explain/readers`: who could read `field` at that time? */
export const ReadersAsked = z.strictObject({ stream: StreamName, field: FieldPath, at: At });
export type ReadersAsked = z.infer<typeof ReadersAsked>;

/** `perhaps`: rights were being given or taken, or the term was over and the rights not yet seen to be gone. */
export const Readable = z.enum(['yes', 'perhaps', 'no']);

export const ExplainResource = z.object({
  principal: PrincipalId,
  stream: StreamName,
  field: FieldPath,
  at: z.string(),
  readable: Readable,
  /** A stable code: `GRANTED`, `CHANGING`, `NOT_IN_FORCE`, ... */
  reason: z.string(),
  /** The same for people. */
  text: z.string(),
  /** The version of an entitlement that the answer rests on, and its state then; null: there is none. */
  entitlement: z
    .object({
      id: Ulid,
      version: z.number(),
      request: Ulid,
      state: z.string().nullable(),
      since: z.string().nullable(),
    })
    .nullable(),
  /** How the field is shown, and which events, as people write masks and conditions; null: not, and all of them. */
  shownAs: z.string().nullable(),
  condition: z.string().nullable(),
  /** Of the request that the entitlement comes from, or of the newest one that was refused. */
  decisions: z.array(DecisionResource),
});
export type ExplainResource = z.infer<typeof ExplainResource>;

export const ReadersResource = z.object({
  stream: StreamName,
  field: FieldPath,
  at: z.string(),
  readers: z.array(
    z.object({
      principal: PrincipalId,
      entitlement: Ulid,
      version: z.number(),
      readable: z.enum(['yes', 'perhaps']),
      shownAs: z.string(),
      condition: z.string().nullable(),
    }),
  ),
});
export type ReadersResource = z.infer<typeof ReadersResource>;
