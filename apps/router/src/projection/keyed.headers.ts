/**
 * Headers from L3 on: what could link or locate a person is replaced. `ce_type` and `ce_source` are constants of the
 * stream, the id is a keyed hash, the time is the event's own as the view shows it, or absent.
 */
import { INSTANT_BYTES, KeyedHash, writeInstant } from '@citystreams/avro';
import { ownerOf, type StreamName } from '@citystreams/contracts';
import { bytesOf, HeaderBlock, NULL_REGION } from '@citystreams/record-batch';
import type { EventHeaders } from './event.headers.js';
import { encodedName, type HeaderName } from './header.names.js';

const HASH = 'base64url';

export class KeyedHeaders extends HeaderBlock {
  readonly #before = new HeaderBlock();
  readonly #after = new HeaderBlock();
  readonly #hash: KeyedHash;
  readonly #text = bytesOf(Buffer.alloc(Math.max(KeyedHash.SIZE[HASH], INSTANT_BYTES)));

  /** `type`: full name of the contract's record. `key`: the view's own. */
  constructor(stream: StreamName, type: string, key: Buffer) {
    super();
    this.#hash = new KeyedHash(key);
    constant(this.#before, 'ce_specversion', '1.0');
    constant(this.#before, 'ce_type', type);
    constant(this.#before, 'ce_source', `urn:citystreams:${ownerOf(stream)}`);
    constant(this.#after, 'content-type', 'application/avro');
  }

  /** Makes this block the headers of one event. `time`: its own, milliseconds, as the view shows it; null: it does not. */
  fill(source: EventHeaders, time: number | null): void {
    const text = this.#text;
    this.clear();
    this.addRun(this.#before, this.#before.first, this.#before.end, this.#before.count);
    if (source.idStart !== NULL_REGION) {
      const end = this.#hash.write(source.bytes, source.idStart, source.idEnd, HASH, text.bytes, 0);
      this.add(encodedName('ce_id'), text, 0, end);
    }
    if (time !== null) {
      const end = writeInstant(time, text.bytes, 0);
      if (end > 0) this.add(encodedName('ce_time'), text, 0, end);
    }
    this.addRun(this.#after, this.#after.first, this.#after.end, this.#after.count);
  }
}

function constant(block: HeaderBlock, name: HeaderName, value: string): void {
  const bytes = bytesOf(Buffer.from(value));
  block.add(encodedName(name), bytes, 0, bytes.bytes.length);
}
