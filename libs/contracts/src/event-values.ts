/**
 * The values of events as the codec gives and takes them, for the generated schemas: nothing that a type of Avro can
 * hold is lost, nothing that it cannot hold passes.
 */
import { z } from 'zod';

const LONGEST = 2n ** 63n;

/** A `long`: a number while that is exact, a bigint beyond 2^53. */
export type Long = number | bigint;

export const longValue: z.ZodType<Long> = z.union([
  z.int(),
  z
    .bigint()
    .min(-LONGEST)
    .max(LONGEST - 1n),
]);

/** Of a logical type whose numbers stay below 2^53: moments to the microsecond, times of day. */
export const ticksValue: z.ZodType<number> = z.int();

/** Also NaN and the infinities, which zod's own number leaves out. */
export const doubleValue: z.ZodType<number> = z.custom<number>(
  (value) => typeof value === 'number',
  'expected a number',
);

/** @param size of a `fixed`; null for `bytes` */
export const bytesValue = (size: number | null): z.ZodType<Uint8Array> =>
  z.custom<Uint8Array>(
    (value) => value instanceof Uint8Array && (size === null || value.length === size),
    size === null ? 'expected bytes' : `expected ${size} bytes`,
  );

/** Its digits, never a float: `12.30`. */
export function decimalValue(precision: number, scale: number): z.ZodType<string> {
  const fraction = scale === 0 ? '' : `(?:\\.(\\d{1,${scale}}))?`;
  const form = new RegExp(`^-?0*(\\d{0,${precision - scale}})${fraction}$`);
  return z.string().refine((text) => /\d/.test(text) && form.test(text), {
    message: `expected a decimal of ${precision} digits, ${scale} after the point`,
  });
}
