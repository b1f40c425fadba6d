import { z } from 'zod';
import { FieldPath } from '../names.js';
import { WrittenMask, WrittenPredicate } from './requests.js';

/** What a counter-offer takes away of what is asked; at least one part. Masks and condition as text or tree. */
export const WrittenDelta = z.strictObject({
  /** Fields, or records with all their fields, that are not shown. */
  remove: z.array(FieldPath).min(1).max(1000).optional(),
  /** Coarser masks, by field; `drop` removes it. */
  masks: z.record(FieldPath, WrittenMask).optional(),
  /** One more condition; it may use any field of the contract. */
  predicate: WrittenPredicate.optional(),
  /** A shorter term. */
  months: z.number().int().min(1).max(120).optional(),
  /** A later start. */
  start: z.union([z.literal('now'), z.iso.datetime({ offset: true })]).optional(),
});
export type WrittenDelta = z.infer<typeof WrittenDelta>;
