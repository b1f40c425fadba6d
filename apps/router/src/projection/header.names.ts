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

/** Bytes that `isNameAt` may look at. */
export const LONGEST_NAME = 1 + Math.max(...HEADER_NAMES.map((name) => name.length));

/**
 * Whether the name of this place in the list begins at `at`, with its length in front (a byte: twice the length). Four
 * bytes at a time, the last four once more where they overlap; written out because a loop over a table takes twice the
 * time.
 */
export function isNameAt(view: DataView, at: number, index: number): boolean {
  switch (index) {
    case 0: // ce_specversion
      return (
        view.getInt32(at) === 0x1c63655f &&
        view.getInt32(at + 4) === 0x73706563 &&
        view.getInt32(at + 8) === 0x76657273 &&
        view.getInt32(at + 11) === 0x73696f6e
      );
    case 1: // ce_type
      return view.getInt32(at) === 0x0e63655f && view.getInt32(at + 4) === 0x74797065;
    case 2: // ce_source
      return (
        view.getInt32(at) === 0x1263655f && view.getInt32(at + 4) === 0x736f7572 && view.getInt32(at + 6) === 0x75726365
      );
    case 3: // ce_id
      return view.getInt32(at) === 0x0a63655f && view.getInt32(at + 2) === 0x655f6964;
    case 4: // ce_time
      return view.getInt32(at) === 0x0e63655f && view.getInt32(at + 4) === 0x74696d65;
    case 5: // content-type
      return (
        view.getInt32(at) === 0x18636f6e &&
        view.getInt32(at + 4) === 0x74656e74 &&
        view.getInt32(at + 8) === 0x2d747970 &&
        view.getInt32(at + 9) === 0x74797065
      );
    default: // traceparent
      return (
        view.getInt32(at) === 0x16747261 && view.getInt32(at + 4) === 0x63657061 && view.getInt32(at + 8) === 0x72656e74
      );
  }
}

/** Bytes of the name and its length. */
export const NAME_SIZES = Int32Array.from(HEADER_NAMES, (name) => 1 + name.length);
