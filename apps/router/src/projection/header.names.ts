/**
 * The headers that views may show, in the order in which they show them: CloudEvents attributes (binary mode of the
 * CloudEvents Kafka protocol binding 1.0) and the trace they belong to.
 */
import { type Bytes, bytesOf } from '@citystreams/record-batch';

export const HEADER_NAMES = [
  'ce_specversion',
  'ce_type',
  'ce_source',
  'ce_id',
  'ce_time',
  'content-type',
  'traceparent',
] as const;
export type HeaderName = (typeof HEADER_NAMES)[number];
export const CE_ID = HEADER_NAMES.indexOf('ce_id');

export const ENCODED_NAMES: readonly Bytes[] = HEADER_NAMES.map((name) => bytesOf(Buffer.from(name)));
export const encodedName = (name: HeaderName): Bytes => ENCODED_NAMES[HEADER_NAMES.indexOf(name)]!;

/**
 * Each name with its length in front, as it lies in a record, as a few numbers to compare: an int32 at every fourth
 * byte, and one that ends with the name. A fast way to see whether a header is the one that is expected.
 */
const places: number[] = [];
const values: number[] = [];
const firsts: number[] = [];
for (const name of HEADER_NAMES) {
  firsts.push(places.length);
  const bytes = Buffer.from([2 * name.length, ...Buffer.from(name)]);
  for (let at = 0; at < bytes.length; at += 4) {
    const place = Math.min(at, bytes.length - 4);
    places.push(place);
    values.push(bytes.readInt32BE(place));
  }
}
firsts.push(places.length);
const PLACES = Int32Array.from(places);
const VALUES = Int32Array.from(values);
const FIRSTS = Int32Array.from(firsts);

/** Bytes that `isNameAt` may look at. */
export const LONGEST_NAME = 1 + Math.max(...HEADER_NAMES.map((name) => name.length));

/** Whether the name of this place in the list begins at `at`, with its length in front. */
export function isNameAt(view: DataView, at: number, index: number): boolean {
  const end = FIRSTS[index + 1]!;
  for (let i = FIRSTS[index]!; i < end; i++) {
    if (view.getInt32(at + PLACES[i]!) !== VALUES[i]!) return false;
  }
  return true;
}

/** Bytes of the name and its length. */
export const NAME_SIZES = Int32Array.from(HEADER_NAMES, (name) => 1 + name.length);
