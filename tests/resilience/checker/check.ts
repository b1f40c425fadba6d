/**
 * The judge. Pure: the same facts give the same violations, and it knows nothing of routers, groups or processes.
 *
 * - LEDGER: the source does not hold what the producer knows it committed, or holds what it knows it aborted.
 * - LOSS, DUPLICATE, REORDER, WRONG_PARTITION: a view's committed records are not its events, each once, in source order.
 * - FOREIGN: a record that the view has no right to, or that speaks of no event at all.
 * - BEYOND_SPAN: an event from before the view began or after it was stopped.
 * - ABORTED_SOURCE: an event whose own transaction was aborted, in any byte of the view.
 * - ALTERED: key, value, headers or time are not what the view says of that event; also in aborted batches.
 * - LEAK: bytes of a withheld value, anywhere, also in aborted batches.
 * - ISOLATION: a read_committed reader gets something else than the markers in the log say.
 * - POSITION_AHEAD / POSITION_BEHIND: a committed position has passed an event without its output, or not passed one with it.
 * - NOT_REPEATABLE: one event was written twice (once aborted) with different bytes.
 */
import type { Facts, SeenRecord, SourceEvent, Span, ViewFacts, Violation, ViolationKind } from './facts.js';

interface Identified {
  readonly record: SeenRecord;
  readonly id: string | null;
}

export function check(facts: Facts): Violation[] {
  const found: Violation[] = [...checkLedger(facts)];
  const places = new Map(facts.source.map((event) => [event.id, event]));
  const ordered = [...facts.source].sort((a, b) => a.partition - b.partition || compare(a.offset, b.offset));
  for (const view of facts.views) {
    const own = ordered.filter(({ stream }) => stream === view.stream);
    const log = view.log.map((record): Identified => ({ record, id: view.identify(record) }));
    found.push(
      ...checkContents(view, log, facts, places),
      ...checkSequence(view, log, places, own),
      ...checkIsolation(view),
      ...checkPositions(view, log, own),
    );
  }
  return found;
}

function checkLedger({ source, ledger }: Facts): Violation[] {
  const found: Violation[] = [];
  const seen = new Map<string, number>();
  for (const { id } of source) seen.set(id, (seen.get(id) ?? 0) + 1);
  for (const [id, outcome] of ledger) {
    const times = seen.get(id) ?? 0;
    const right = outcome === 'unknown' ? times <= 1 : times === (outcome === 'committed' ? 1 : 0);
    if (!right) found.push({ kind: 'LEDGER', where: 'source', detail: `${id} is ${outcome} and is there ${times}x` });
  }
  for (const id of seen.keys())
    if (!ledger.has(id)) found.push({ kind: 'LEDGER', where: 'source', detail: `${id} was never published` });
  return found;
}

/** Every record in the log, committed or not: whose it is, what it says, and what it must never say. */
function checkContents(
  view: ViewFacts,
  log: readonly Identified[],
  facts: Facts,
  places: ReadonlyMap<string, SourceEvent>,
): Violation[] {
  const found: Violation[] = [];
  const said = new Map<string, string>();
  for (const { record, id } of log) {
    const add = (kind: ViolationKind, detail: string) =>
      found.push({ kind, where: placeOf(view, record), detail: `${detail} (${record.visibility})` });
    const leaked = view.withheld.find((secret) => holds(record, secret));
    if (leaked !== undefined) add('LEAK', `holds a withheld value of ${id ?? 'an unreadable record'}`);
    const outcome = id === null ? undefined : facts.ledger.get(id);
    if (id === null || outcome === undefined) {
      add('FOREIGN', `speaks of no event of its stream (${id ?? 'unreadable'})`);
      continue;
    }
    const place = places.get(id);
    if (place === undefined) {
      add('ABORTED_SOURCE', `${id} was never committed`);
      continue;
    }
    if (place.stream !== view.stream) {
      add('FOREIGN', `${id} belongs to ${place.stream}`);
      continue;
    }
    if (place.partition !== record.partition) add('WRONG_PARTITION', `${id} comes from partition ${place.partition}`);
    if (!shows(view, place))
      add('BEYOND_SPAN', `${id} lies at ${place.offset}, the view shows ${spansText(view.spans.get(place.partition))}`);
    const expected = view.expected(id);
    if (expected === null) add('FOREIGN', `${id} is withheld from this view`);
    else {
      const difference = differenceOf(record, expected);
      if (difference !== null) add('ALTERED', `${id}: ${difference}`);
    }
    const text = bytesOf(record).toString('latin1');
    if ((said.get(id) ?? text) !== text) add('NOT_REPEATABLE', `${id} was written before with other bytes`);
    said.set(id, text);
  }
  return found;
}

/** Exactly once, in order: the committed records of each partition are the expected events, one after the other. */
function checkSequence(
  view: ViewFacts,
  log: readonly Identified[],
  places: ReadonlyMap<string, SourceEvent>,
  ordered: readonly SourceEvent[],
): Violation[] {
  const found: Violation[] = [];
  const times = new Map<string, number>();
  const last = new Map<number, SourceEvent>();
  const inOrder = log
    .filter(({ record }) => record.visibility === 'committed')
    .sort((a, b) => a.record.partition - b.record.partition || compare(a.record.offset, b.record.offset));
  for (const { record, id } of inOrder) {
    const place = id === null ? undefined : places.get(id);
    if (id === null || place?.stream !== view.stream) continue;
    const before = times.get(id) ?? 0;
    times.set(id, before + 1);
    const where = placeOf(view, record);
    if (before > 0) found.push({ kind: 'DUPLICATE', where, detail: `${id} comes again, ${placeText(place)}` });
    const previous = last.get(record.partition);
    // A duplicate steps back by nature; it is told as one.
    if (before === 0 && previous !== undefined && place.offset <= previous.offset)
      found.push({ kind: 'REORDER', where, detail: `${placeText(place)} after ${placeText(previous)}` });
    if (previous === undefined || place.offset > previous.offset) last.set(record.partition, place);
  }
  for (const event of ordered) {
    if (!shows(view, event) || view.expected(event.id) === null || times.has(event.id)) continue;
    found.push({ kind: 'LOSS', where: view.topic, detail: `${event.id} is missing, ${placeText(event)}` });
  }
  return found;
}

function checkIsolation(view: ViewFacts): Violation[] {
  const name = (r: { partition: number; offset: bigint }): string => `${r.partition}/${r.offset}`;
  const byMarkers = new Set(view.log.filter((r) => r.visibility === 'committed').map(name));
  const byReader = new Set(view.committedReader.map(name));
  return [
    ...[...byReader].filter((at) => !byMarkers.has(at)).map((at) => `${at} is read and not committed`),
    ...[...byMarkers].filter((at) => !byReader.has(at)).map((at) => `${at} is committed and not read`),
  ].map((detail) => ({ kind: 'ISOLATION', where: view.topic, detail }));
}

/** A position is right when the outputs of everything before it are visible, and of nothing at or after it. */
function checkPositions(view: ViewFacts, log: readonly Identified[], ordered: readonly SourceEvent[]): Violation[] {
  const visible = new Set(log.filter(({ record }) => record.visibility === 'committed').map(({ id }) => id));
  const found: Violation[] = [];
  for (const event of ordered) {
    const position = view.positions.get(event.partition);
    if (position === undefined || !shows(view, event) || view.expected(event.id) === null) continue;
    const where = `${view.topic}, position ${event.partition}/${position}`;
    if (event.offset < position && !visible.has(event.id))
      found.push({ kind: 'POSITION_AHEAD', where, detail: `${event.id} at ${event.offset} has no committed output` });
    if (event.offset >= position && visible.has(event.id))
      found.push({ kind: 'POSITION_BEHIND', where, detail: `${event.id} at ${event.offset} has a committed output` });
  }
  return found;
}

function differenceOf(record: SeenRecord, expected: NonNullable<ReturnType<ViewFacts['expected']>>): string | null {
  if (!sameBytes(record.key, expected.key)) return 'another key';
  if (!sameBytes(record.value, expected.value)) return 'another value';
  if (expected.timestamp !== null && expected.timestamp !== record.timestamp) return 'another time';
  const names = record.headers.map(([name]) => name).join(' ');
  const wanted = expected.headers.map(([name]) => name).join(' ');
  if (names !== wanted) return `headers ${names} instead of ${wanted}`;
  const other = record.headers.find(([, value], i) => {
    const want = expected.headers[i]?.[1] ?? null;
    return want !== null && !want.equals(value);
  });
  return other === undefined ? null : `another header ${other[0]}`;
}

function bytesOf({ key, value, headers }: SeenRecord): Buffer {
  const parts = [key, value, ...headers.flatMap(([name, content]) => [Buffer.from(name), content])];
  return Buffer.concat(parts.flatMap((part) => [Buffer.from(part === null ? [0] : [1]), part ?? Buffer.alloc(0)]));
}

const holds = (record: SeenRecord, secret: Buffer): boolean =>
  [record.key, record.value, ...record.headers.flatMap(([name, value]) => [Buffer.from(name), value])].some(
    (part) => part?.includes(secret) === true,
  );

const sameBytes = (a: Buffer | null, b: Buffer | null): boolean => (a === null || b === null ? a === b : a.equals(b));
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const placeOf = (view: ViewFacts, r: SeenRecord): string => `${view.topic} ${r.partition}/${r.offset}`;
const placeText = (e: SourceEvent): string => `source ${e.partition}/${e.offset}`;
const spansText = (spans: readonly Span[] = []): string =>
  spans.length === 0 ? 'nothing of that partition' : spans.map(({ from, to }) => `${from} to ${to}`).join(', ');
const shows = (view: ViewFacts, { partition, offset }: SourceEvent): boolean =>
  view.spans.get(partition)?.some(({ from, to }) => offset >= from && offset < to) ?? false;
