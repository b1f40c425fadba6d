import { describe, expect, test } from '@jest/globals';
import type { LiveEvent } from './live-event.js';
import { shortened, withheldOf, wrapped } from './live-text.js';
import { createLiveView, type LiveView, type Paint } from './live-view.js';

const same = (text: string): string => text;
const plain: Paint = { faint: same, stream: same, receiver: same, value: same, withheld: same };
const noon = new Date(2026, 10, 23, 12, 0, 0);
const after = (seconds: number): Date => new Date(noon.getTime() + seconds * 1000);

const flights = ['flightId', 'date', 'delay', 'distance', 'origin', 'destination', 'ingestedAt'];
const received = (over: Partial<Extract<LiveEvent, { live: 'received' }>> = {}): LiveEvent => ({
  live: 'received',
  stream: 'bao-an.flight-movement',
  topic: 'view.bao-an.flight-movement.01',
  principal: 'futian.operations',
  id: '1',
  fields: { flightId: 1183, delay: 14, origin: 'SFO' },
  ...over,
});
const published = (stream: string): LiveEvent => ({ live: 'published', stream, id: '1' });

function view(): LiveView {
  const made = createLiveView(plain);
  made.learnFields(
    'bao-an.flight-movement',
    flights.map((path) => ({ path, type: 'long' })),
  );
  return made;
}

describe('a delivery', () => {
  test('shows the source, the receiver, the values received and the names withheld', () => {
    const shown = view();
    shown.take(received());
    expect(shown.next(noon, 120)).toEqual([
      '12:00:00  bao-an.flight-movement                       →  futian.operations',
      '          received  flightId 1183  delay 14  origin SFO',
      '          withheld  date  distance  destination  ingestedAt',
    ]);
  });

  test('says how many events the row filter withheld since the last one shown', () => {
    const shown = view();
    const topic = 'view.bao-an.flight-movement.01';
    const routed = {
      live: 'routed',
      stream: 'bao-an.flight-movement',
      topic,
      read: 50,
      written: 4,
      withheld: 46,
    } as const;
    shown.take(routed);
    shown.take(routed);
    shown.take(received());
    expect(shown.next(noon, 120)[2]).toContain('· 92 of 100 events');
    shown.take(received());
    expect(shown.next(noon, 120)[2]).not.toContain('events');
  });

  test('never shows a value that was withheld', () => {
    const shown = view();
    shown.take(published('bao-an.flight-movement'));
    shown.take(received());
    expect(shown.next(noon, 120).join('\n')).not.toContain('hush');
  });

  test('is shown once; of many the newest', () => {
    const shown = view();
    shown.take(received());
    shown.take(received({ fields: { flightId: 1184 } }));
    expect(shown.next(noon, 120)[1]).toContain('1184');
    expect(shown.next(noon, 120)).toEqual([]);
  });

  test('of a quiet receiver has its turn beside a busy one', () => {
    const shown = view();
    const receivers: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      shown.take(received());
      if (i < 2) shown.take(received({ principal: 'nanshan.operations', id: String(i) }));
      receivers.push(shown.next(after(i), 120)[0]?.split('→  ')[1] ?? '');
    }
    expect(receivers).toEqual(['futian.operations', 'nanshan.operations', 'futian.operations', 'futian.operations']);
  });
});

describe('a stream that no view carries', () => {
  const claims = 'medical-insurance.claim-settled';
  const turns = (shown: LiveView, count: number): string[] =>
    Array.from({ length: count }, (_, i) => shown.next(after(i), 120)).flatMap(([first = '']) => first);

  test('is said to reach nobody, after a while, and rarely', () => {
    const shown = view();
    shown.take(published(claims));
    expect(turns(shown, 11).join('')).toBe('');
    expect(turns(shown, 2).join('')).toMatch(/medical-insurance\.claim-settled +→ {2}nobody/);
    shown.take(published(claims));
    expect(turns(shown, 16).join('')).toBe('');
    expect(turns(shown, 2).join('')).toContain('nobody');
  });

  test('is not said to reach nobody while its view moves, even if every event is withheld', () => {
    const shown = view();
    const routed = { live: 'routed', stream: claims, topic: 'view.x', read: 5, written: 0, withheld: 5 } as const;
    shown.take(published(claims));
    for (let i = 0; i < 40; i += 1) {
      shown.take(routed);
      expect(shown.next(after(i), 120)).toEqual([]);
    }
  });

  test('has its turn beside a busy stream', () => {
    const shown = view();
    shown.take(published(claims));
    const seen: string[] = [];
    for (let i = 0; i < 20; i += 1) {
      shown.take(received());
      seen.push(shown.next(after(i), 120)[0] ?? '');
    }
    expect(seen.filter((line) => line.includes('nobody'))).toHaveLength(1);
  });
});

describe('text', () => {
  test('a long value is cut with a mark, and nothing in it steers the terminal', () => {
    expect(shortened('x'.repeat(50), 'string', 10)).toBe(`${'x'.repeat(9)}…`);
    expect(shortened('red\u001b[31m\nnext', 'string', 40)).toBe('red [31m next');
  });

  test('times are shown as people read them, null as a dash', () => {
    expect(shortened(Date.UTC(2001, 0, 10, 18, 20), 'long (timestamp-millis)', 28)).toBe('2001-01-10 18:20');
    expect(shortened(null, 'string', 28)).toBe('–');
  });

  test('of a nested record only the outermost missing name is told', () => {
    const source = ['id', 'payment', 'payment.fund', 'payment.own', 'place', 'place.lat'].map((path) => ({
      path,
      type: '',
    }));
    expect(withheldOf(source, { id: 1, place: { lat: 2 } })).toEqual(['payment']);
    expect(withheldOf(source, { id: 1, payment: { own: 3 }, place: null })).toEqual(['payment.fund']);
  });

  test('words are wrapped, never cut', () => {
    expect(wrapped(['aaaa', 'bbbb', 'cccc'], 10)).toEqual(['aaaa  bbbb', 'cccc']);
    expect(wrapped(['longer-than-that'], 5)).toEqual(['longer-than-that']);
  });
});
