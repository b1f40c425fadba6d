/**
 * What people see of the running city: for each sampled delivery the source, who got it, which fields with which
 * values, and what was withheld, by name only. Pure: events and the time in, lines out.
 */
import type { LiveEvent } from './live-event.js';
import { shortened, withheldOf, wrapped } from './live-text.js';
import type { SourceField } from './source-field.js';

/** How a word is coloured; plain text passes everything through. */
export interface Paint {
  faint(text: string): string;
  stream(text: string): string;
  receiver(text: string): string;
  value(text: string): string;
  withheld(text: string): string;
}

export interface LiveView {
  take(event: LiveEvent): void;
  /** What a stream holds at its source: without it nobody could say what a delivery lacks. */
  learnFields(stream: string, fields: readonly SourceField[]): void;
  /** The lines of at most one delivery, none if nothing new was seen. Deliveries take turns. */
  next(now: Date, width: number): string[];
}

type Received = Extract<LiveEvent, { live: 'received' }>;
interface Rows {
  readonly read: number;
  readonly withheld: number;
}

const NO_ROWS: Rows = { read: 0, withheld: 0 };
const LONGEST_VALUE = 28;
const STREAM_WIDTH = 45;
const INDENT = 10;
/** In turns, a little under a second each. A stream reaches nobody if no view of it moved for so long, ... */
const STILL = 12;
/** ... which is then said this rarely, because it says the same each time, ... */
const NOBODY_EVERY = 18;
/** ... and has one turn in so many beside busy streams. */
const NOBODY_TURN = 6;

export function createLiveView(paint: Paint): LiveView {
  const sources = new Map<string, readonly SourceField[]>();
  /** The newest delivery of each view and receiver that was not shown yet. */
  const waiting = new Map<string, Received>();
  const shownIn = new Map<string, number>();
  const rows = new Map<string, Rows>();
  /** In which turn a view of the stream last moved, at first when the stream was first seen. */
  const movedIn = new Map<string, number>();
  /** Streams that were published, and in which turn it was last said that they reach nobody. */
  const published = new Map<string, number>();
  let turn = 0;

  const route = (now: Date, stream: string, to: string): string =>
    `${paint.faint(now.toTimeString().slice(0, 8))}  ${paint.stream(stream)}${' '.repeat(Math.max(1, STREAM_WIDTH - stream.length))}→  ${to}`;

  function labelled(label: string, words: readonly string[], width: number, color: (text: string) => string): string[] {
    const lines = wrapped(words, Math.max(30, width - INDENT - label.length - 2));
    return lines.map((line, i) => {
      const head = i === 0 ? label : ' '.repeat(label.length);
      return `${' '.repeat(INDENT)}${paint.faint(head)}  ${color(line)}`;
    });
  }

  function delivery(event: Received, now: Date, width: number): string[] {
    const source = sources.get(event.stream) ?? [];
    const { read, withheld } = rows.get(event.topic) ?? NO_ROWS;
    rows.delete(event.topic);
    const typeOf = (name: string): string => source.find(({ path }) => path === name)?.type ?? '';
    const values = Object.entries(event.fields).map(
      ([name, value]) => `${name} ${shortened(value, typeOf(name), LONGEST_VALUE)}`,
    );
    const missing = withheldOf(source, event.fields);
    const words = missing.length === 0 ? ['no field'] : missing;
    if (withheld > 0) words.push(`· ${withheld} of ${read} events`);
    return [
      route(now, event.stream, paint.receiver(event.principal)),
      ...labelled('received', values, width, paint.value),
      ...labelled('withheld', words, width, paint.withheld),
    ];
  }

  function nobody(now: Date): string[] {
    const next = [...published].find(
      ([stream, saidIn]) => turn - saidIn >= NOBODY_EVERY && turn - (movedIn.get(stream) ?? 0) >= STILL,
    );
    if (next === undefined) return [];
    const [stream] = next;
    published.set(stream, turn);
    return [
      route(now, stream, paint.faint('nobody')),
      ...labelled('withheld', ['everything: no agency is entitled to it'], Number.POSITIVE_INFINITY, paint.withheld),
    ];
  }

  return {
    take(event) {
      if (event.live === 'published') {
        if (published.has(event.stream)) return;
        published.set(event.stream, Number.NEGATIVE_INFINITY);
        movedIn.set(event.stream, turn);
        return;
      }
      movedIn.set(event.stream, turn);
      if (event.live === 'received') {
        waiting.set(`${event.topic} ${event.principal}`, event);
        return;
      }
      const before = rows.get(event.topic) ?? NO_ROWS;
      rows.set(event.topic, { read: before.read + event.read, withheld: before.withheld + event.withheld });
    },
    learnFields: (stream, fields) => void sources.set(stream, fields),
    next(now, width) {
      turn += 1;
      const [longest] = [...waiting.keys()].toSorted((a, b) => (shownIn.get(a) ?? 0) - (shownIn.get(b) ?? 0));
      const event = longest === undefined ? undefined : waiting.get(longest);
      const quiet = event === undefined || turn % NOBODY_TURN === 0 ? nobody(now) : [];
      if (quiet.length > 0 || event === undefined || longest === undefined) return quiet;
      waiting.delete(longest);
      shownIn.set(longest, turn);
      return delivery(event, now, width);
    },
  };
}
