import { Undecodable } from '../failures.js';

/** What is wrong with the bytes of an event; never which value. */
export const MALFORMED = {
  TRUNCATED: 'the event ends before its last field',
  TRAILING: 'bytes follow the last field',
  VARINT: 'a number has more bytes or bits than its type',
  LENGTH: 'a length is negative or beyond the event',
  COUNT: 'a list or map announces more items than the event can hold',
  BLOCK_SIZE: 'a block does not have the size it announces',
  BRANCH: 'a union has no such branch',
  SYMBOL: 'an enum has no such symbol',
  BOOLEAN: 'a boolean is neither 0 nor 1',
  TEXT: 'a text is not UTF-8',
  DEPTH: 'values are nested too deeply',
  TOO_LARGE: 'the event, or what a view makes of it, is too large',
} as const;
export type MalformedCode = keyof typeof MALFORMED;

/** The bytes are not one event of the writer version that this platform takes. */
export class MalformedEvent extends Undecodable {
  override name = 'MalformedEvent';

  constructor(readonly code: MalformedCode) {
    super(MALFORMED[code]);
  }
}
