import { z } from 'zod';
import { ExecutableMask } from './mask.js';
import { FieldPath, StreamName, Ulid } from './names.js';
import { Predicate } from './predicate.js';

/** `retained`: the view replays what the source still holds within the replay right. `from-grant`: only what comes after. */
export const HistoryClass = z.enum(['retained', 'from-grant']);
export type HistoryClass = z.infer<typeof HistoryClass>;

/**
 * What a view is. Its identity is the SHA-256 of its canonical form (libs/domain). `entitlement` is part of every
 * definition that is not an L1/L2 `retained` one: such a view belongs to that entitlement alone.
 */
export const ViewDefinition = z.strictObject({
  stream: StreamName,
  fields: z.array(FieldPath).min(1).max(1000),
  masks: z.record(FieldPath, ExecutableMask),
  predicate: Predicate.nullable(),
  /** `field`: the contract's key field as the view shows it; `none`: the key field is dropped, so the key is null. */
  key: z.enum(['field', 'none']),
  history: HistoryClass,
  retentionMs: z.number().int().positive(),
  entitlement: Ulid.nullable(),
});
export type ViewDefinition = z.infer<typeof ViewDefinition>;
