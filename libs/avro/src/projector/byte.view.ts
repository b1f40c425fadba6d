import type { Predicate } from '@citystreams/contracts';
import { keepTree, type Masks } from '../keep.js';
import { shownNode } from '../masks/field.mask.js';
import type { MaskKeys } from '../masks/mask.key.js';
import type { AvroNode } from '../model.js';
import { build } from './code.js';
import { COMPARE } from './compare.js';
import { copyRun } from './copy.js';
import { type Piece, piecesOf } from './pieces.js';
import { planOf, type RecordPlan } from './plan.js';
import { type Absent, predicateSource } from './predicate.source.js';
import { pseudonymsOf } from './pseudonym.js';
import { Reader } from './reader.js';
import { Rewrites } from './rewrite.js';
import type { EventScanner, ScannedEvent } from './scanner.js';
import { Scratch } from './scratch.js';
import { ShownKey, shownTime } from './shown.js';
import { Skips } from './skip.js';
import { viewSource } from './view.source.js';

/** Most bytes that the masked and rewritten parts of one event may become. */
const MOST_MADE_BYTES = 16 * 1024 * 1024;

/**
 * A view of one writer version, over events that this version's scanner has found. Made once, run per event, without
 * objects in between; not re-entrant. For one event `measure` comes first, then any of the others.
 */
export interface ByteView {
  /**
   * Bytes of the value, frame included; -1: the predicate withholds the event. Throws PredicateFailed when it cannot be
   * told, MalformedEvent `TOO_LARGE` when masks make the value too large.
   */
  measure(event: ScannedEvent): number;
  /** Bytes of the key as the view shows it; -1: the key is null. */
  readonly keySize: number;
  /** Writes the value, exactly as many bytes as measured, at `at` of `target`, and returns the position after it. */
  write(event: ScannedEvent, target: Uint8Array, data: DataView, at: number): number;
  /** Writes the key, which must not be null, and returns the position after it. */
  writeKey(event: ScannedEvent, target: Uint8Array, data: DataView, at: number): number;
  /** The time field as the view shows it, in its own unit; null where it shows none. */
  time(event: ScannedEvent): number | null;
}

export interface ByteViewOptions {
  /** Field paths; whatever is not listed is absent. */
  fields: readonly string[];
  masks?: Masks;
  /** What pseudonyms are made with; needed by views that show any. Asked once for each scope. */
  maskKey?: MaskKeys;
  predicate: Predicate | null;
  /** Values of predicate fields that this writer version lacks, by path: the contract's defaults. */
  absent?: Absent;
  /** Name of the contract's key field; the key is null where the view drops it. Null: the view has no key. */
  key: string | null;
  /** Name of the contract's time field. */
  time: string | null;
  /** Id of the view's schema, for the Confluent frame before the body; null: no frame. */
  schemaId: number | null;
}

interface Generated extends ByteView {
  /** Where part i begins among the parts made. */
  begin(part: number): number;
}

/**
 * Throws RangeError when the view cannot be made of this writer version: it has none of its fields, a mask or predicate
 * does not fit a type, a path leads into a choice that holds plain values, pseudonyms lack a key.
 */
export function compileByteView(scanner: EventScanner, options: ByteViewOptions): ByteView {
  const { layout } = scanner;
  const plan = planOf(scanner.root, keepTree(options.fields, options.masks));
  if (plan.fields.every((field) => field.plan === null))
    throw new RangeError('this version of the contract has none of the fields of the view');
  const pieces = piecesOf(layout.fields, plan);
  const predicate =
    options.predicate === null ? null : predicateSource(options.predicate, layout, options.absent ?? {});
  const rewrites = new Rewrites({
    skips: new Skips(),
    pseudonyms: pseudonymsOf(options.maskKey),
  });
  const made = new Scratch(MOST_MADE_BYTES);
  const key = options.key === null ? null : place(options.key, plan, scanner, pieces);
  const plainText = key !== null && key.part < 0 && key.node.kind === 'string';
  const source = viewSource({ pieces, schemaId: options.schemaId, predicate, key: key && { ...key, plainText } });
  const view = build(source, {
    copy: copyRun,
    from: new Reader(),
    o: made,
    m: pieces.flatMap((piece) => ('plan' in piece ? [rewrites.of(piece.plan)] : [])),
    k: predicate?.values ?? [],
    key: key === null ? null : new ShownKey(key.node),
    compare: COMPARE,
  }) as Generated;
  const time = options.time === null ? null : place(options.time, plan, scanner, pieces);
  const read = time === null ? null : shownTime(time.node);
  view.time =
    time === null || read === null
      ? () => null
      : (event) =>
          time.part < 0
            ? read(event.bytes, event.data, event.offsets[time.slot]!)
            : read(made.bytes, made.data, view.begin(time.part));
  return view;
}

interface Place {
  /** The type that the view shows. */
  node: AvroNode;
  /** Index among the parts that are made, or -1: it is copied from `slot`. */
  part: number;
  slot: number;
}

/** Where a field of the event itself is found as the view shows it; null where the view drops it. */
function place(name: string, plan: RecordPlan, scanner: EventScanner, pieces: readonly Piece[]): Place | null {
  const index = plan.fields.findIndex((field) => field.name === name);
  const field = plan.fields[index];
  const slot = scanner.layout.fields[index]?.slot;
  if (field === undefined || field.plan === null || slot === undefined) return null;
  if (field.plan.does !== 'mask') return { node: field.node, part: -1, slot };
  const part = pieces.filter((piece) => 'plan' in piece).findIndex((piece) => piece.field === field);
  return { node: shownNode(field.node, field.plan.mask), part, slot };
}
