import { z } from 'zod';

/** Sensitivity of a field; a stream's level is the highest of its fields. L1 public .. L5 core. */
export const Level = z.enum(['L1', 'L2', 'L3', 'L4', 'L5']);
export type Level = z.infer<typeof Level>;

export const isAtLeast = (level: Level, floor: Level): boolean => level >= floor;
export const highest = (levels: readonly Level[]): Level => levels.reduce((a, b) => (a >= b ? a : b), 'L1');

export const Category = z.enum([
  'identifier',
  'contact',
  'location',
  'health',
  'finance',
  'time',
  'measurement',
  'description',
]);
export type Category = z.infer<typeof Category>;

/** What a contract says of one field, beside its type. */
export const Classification = z.strictObject({ level: Level, category: Category });
export type Classification = z.infer<typeof Classification>;

/** A word of `policy/concepts.yaml` for what fields of different streams mean alike: `person-number`, `air-temperature`. */
export const Concept = z
  .string()
  .max(64)
  .regex(
    /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
    'a concept is lowercase words joined by hyphens, for example person-number',
  );
export type Concept = z.infer<typeof Concept>;

export const FieldInfo = z.strictObject({
  path: z.string(),
  type: z.string(),
  doc: z.string(),
  level: Level,
  category: Category,
  concept: Concept.optional(),
});
export type FieldInfo = z.infer<typeof FieldInfo>;

export const SharingAttribute = z.enum(['unconditional', 'conditional', 'not-shared']);
export type SharingAttribute = z.infer<typeof SharingAttribute>;

export const Visibility = z.enum(['listed', 'hidden']);
export type Visibility = z.infer<typeof Visibility>;
