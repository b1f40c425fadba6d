/**
 * How a field is shown, in full: what may be asked for (`Mask`) and what the byte projector can execute. A field that a view does not list is dropped and
 * needs no mask.
 *
 * A mask belongs to a field path. On a list of scalars it applies to each item; null stays null except under `null`
 * and `constant`, which hide that as well. Which mask fits which type, and what type the view then shows, is said in
 * libs/avro (masks); whatever does not fit is refused when the view is compiled, never shown in the clear.
 */
import { z } from 'zod';
import { Ulid } from './names.js';
import { Scalar } from './predicate.js';

/** Longest shift of a clock from UTC that exists, in minutes. */
const FARTHEST_CLOCK = 14 * 60;
/** Largest cell of a grid: beyond it a place says nothing. */
const WIDEST_METRES = 1_000_000;

/**
 * A time down to its hour or day. Days and hours begin where a clock `utcOffsetMinutes` ahead of UTC says so (480:
 * Shenzhen; absent: UTC). Only for types whose unit is known: timestamps, local timestamps, times of day (hour), dates.
 */
const TimePrecision = z.strictObject({
  unit: z.enum(['hour', 'day']),
  utcOffsetMinutes: z.number().int().min(-FARTHEST_CLOCK).max(FARTHEST_CLOCK).optional(),
});

/** The first `count` characters (Unicode code points) of a text; a shorter text is shown whole. */
const TextPrecision = z.strictObject({ unit: z.literal('characters'), count: z.number().int().min(0).max(1024) });

/** A coordinate in degrees down to the lower edge of its cell, `size` degrees wide. */
const DegreesPrecision = z.strictObject({ unit: z.literal('degrees'), size: z.number().positive().max(180) });

/**
 * A coordinate in degrees down to the edge of its cell, at least `size` metres wide. A degree of longitude shrinks
 * towards the poles: `latitude` is the latitude of the area farthest from the equator, so that no cell is narrower.
 */
const MetresPrecision = z.discriminatedUnion('axis', [
  z.strictObject({
    unit: z.literal('metres'),
    axis: z.literal('latitude'),
    size: z.number().positive().max(WIDEST_METRES),
  }),
  z.strictObject({
    unit: z.literal('metres'),
    axis: z.literal('longitude'),
    size: z.number().positive().max(WIDEST_METRES),
    latitude: z.number().min(-85).max(85),
  }),
]);

const Generalisation = z.discriminatedUnion('by', [
  /** A number down to a multiple of `step`. */
  z.strictObject({ by: z.literal('step'), step: z.number().positive() }),
  /** A text or enum symbol by the name of its group; `otherwise` for every value that is not listed. */
  z.strictObject({
    by: z.literal('groups'),
    groups: z.record(z.string().max(1024), z.string().max(1024)),
    otherwise: z.string().max(1024),
  }),
]);

/**
 * Whose key a pseudonym is made with: what is linkable with what. The executor derives the key from this and from the
 * view's mask generation; nobody else can.
 */
export const MaskKeyScope = z.discriminatedUnion('per', [
  z.strictObject({ per: z.literal('purpose'), purpose: z.string().min(1).max(64) }),
  z.strictObject({ per: z.literal('entitlement'), entitlement: Ulid }),
]);
export type MaskKeyScope = z.infer<typeof MaskKeyScope>;

/** The masks that say all of themselves, whoever holds the view. */
const PLAIN_MASKS = [
  /** As it is. */
  z.strictObject({ kind: z.literal('keep') }),
  /** Absent, as if the view did not list it: takes one field out of a record that is listed whole. */
  z.strictObject({ kind: z.literal('drop') }),
  /** Always null: the view's type is a union with null first. Fits every type. */
  z.strictObject({ kind: z.literal('null') }),
  /** The same value for everybody; of the field's own type (for an enum one of its symbols; a `long` may be digits). */
  z.strictObject({ kind: z.literal('constant'), value: Scalar }),
  /** Less exact: a time, a text, a coordinate. */
  z.strictObject({
    kind: z.literal('truncate'),
    to: z.discriminatedUnion('unit', [TimePrecision, TextPrecision, DegreesPrecision, MetresPrecision]),
  }),
  /** A class instead of the value. */
  z.strictObject({ kind: z.literal('generalise'), to: Generalisation }),
  /**
   * The first and last characters of a text with `***` between them, whatever was there. Of a text that is not longer
   * than both together nothing is shown but `***`: it would be shown whole.
   */
  z.strictObject({
    kind: z.literal('partial'),
    first: z.number().int().min(0).max(64),
    last: z.number().int().min(0).max(64),
  }),
] as const;

const PseudonymText = z.enum(['hex', 'base64url']);

export const ExecutableMask = z.discriminatedUnion('kind', [
  ...PLAIN_MASKS,
  /**
   * HMAC-SHA-256 of the value under the key of a scope: equal values stay equal under one key and are not linkable
   * across keys. What is hashed: a text's UTF-8, an enum's symbol, an integer's decimal digits, bytes as
   * they are; what is shown is text (64 hexadecimal digits, or 43 characters of base64url), so an id of another type
   * becomes a string in the view.
   */
  z.strictObject({ kind: z.literal('pseudonym'), text: PseudonymText, key: MaskKeyScope }),
]);
export type ExecutableMask = z.infer<typeof ExecutableMask>;

/**
 * How a kept field may be asked for. A pseudonym names only what is linkable with what, the purpose or the entitlement:
 * which those are is known when the request is granted.
 */
export const Mask = z.discriminatedUnion('kind', [
  ...PLAIN_MASKS,
  z.strictObject({
    kind: z.literal('pseudonym'),
    per: z.enum(['purpose', 'entitlement']),
    text: PseudonymText.default('hex'),
  }),
]);
export type Mask = z.infer<typeof Mask>;
