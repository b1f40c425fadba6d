import { resolveRecord, type RecordNode } from '../model.js';
import type { AvroRecord } from '../schema.js';
import { compileCanonicalCopy } from './canonical.copy.js';
import { checkedReading, type ScanState } from './checked.js';
import { build } from './code.js';
import { type Layout, layoutOf } from './layout.js';
import { MalformedEvent } from './malformed.error.js';
import { Reader } from './reader.js';
import { scannerSource } from './scan.source.js';
import { Scratch, viewOf } from './scratch.js';

/** Longest Avro body that is taken, unless the caller says otherwise. */
export const MOST_EVENT_BYTES = 8 * 1024 * 1024;

/** An event as a scanner has last found it: what compiled views read. Valid until the next `scan`. */
export interface ScannedEvent {
  /** Position of each slot of the writer's layout in `bytes`. */
  readonly offsets: Int32Array;
  /** The bytes that were scanned, or the same event written anew where they were not in the one form views copy. */
  readonly bytes: Uint8Array;
  /** A view of exactly `bytes`. */
  readonly data: DataView;
}

/**
 * Finds every field of one writer version's events, in one pass, checking all of it: types, lengths, counts, UTF-8,
 * depth. Made once per writer schema and shared by all views of its stream; not re-entrant.
 */
export interface EventScanner {
  /** The writer's schema; views are compiled for the same one. */
  readonly root: RecordNode;
  readonly layout: Layout;
  readonly event: ScannedEvent;
  /**
   * Takes the Avro body at `start` up to `end` of `bytes` (`data`: a DataView of exactly these). Reads nothing outside
   * it. Throws MalformedEvent, in time proportional to the body, when it is not one event.
   */
  scan(bytes: Uint8Array, data: DataView, start: number, end: number): void;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
const NOTHING = new Uint8Array(0);

type Scan = (b: Uint8Array, v: DataView, p: number, e: number, f: Int32Array) => void;

export interface ScannerOptions {
  /** Longest body taken; longer ones are MalformedEvent `TOO_LARGE`. */
  mostBytes?: number;
}

/** Throws RangeError when the schema cannot be scanned. */
export function compileScanner(writer: AvroRecord, options: ScannerOptions = {}): EventScanner {
  const root = resolveRecord(writer);
  const layout = layoutOf(root);
  const state: ScanState = { value: 0, blockBytes: -1, odd: false, empty: 0 };
  const scan = build(scannerSource(root, layout), checkedReading(state)) as Scan;
  const most = options.mostBytes ?? MOST_EVENT_BYTES;
  const event: Writable<ScannedEvent> = {
    offsets: new Int32Array(layout.slots),
    bytes: NOTHING,
    data: viewOf(NOTHING),
  };
  const detour = canonicalDetour(root, most);

  return {
    root,
    layout,
    event,
    scan(bytes, data, start, end) {
      if (end - start > most) throw new MalformedEvent('TOO_LARGE');
      state.odd = false;
      state.empty = 0;
      scan(bytes, data, start, end, event.offsets);
      event.bytes = bytes;
      event.data = data;
      if (!state.odd) return;
      const anew = detour(bytes, data, start);
      state.empty = 0;
      scan(anew.bytes, anew.data, 0, anew.at, event.offsets);
      event.bytes = anew.bytes;
      event.data = anew.data;
    },
  };
}

/** Made when the first event needs it: most writers never do. */
function canonicalDetour(root: RecordNode, most: number) {
  let made: { copy: ReturnType<typeof compileCanonicalCopy>; reader: Reader; scratch: Scratch } | null = null;
  return (bytes: Uint8Array, data: DataView, start: number): Scratch => {
    made ??= { copy: compileCanonicalCopy(root), reader: new Reader(), scratch: new Scratch(most + 16) };
    made.scratch.clear();
    made.copy(made.reader.open(bytes, data, start), made.scratch);
    return made.scratch;
  };
}

/** Scans one body that stands alone. */
export const scanBody = (scanner: EventScanner, body: Uint8Array): void =>
  scanner.scan(body, viewOf(body), 0, body.length);
