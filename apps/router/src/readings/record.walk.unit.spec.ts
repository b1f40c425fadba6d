import { describe, expect, test } from '@jest/globals';
import { frameOf } from '@citystreams/avro';
import { crc32c } from '@node-rs/crc32';
import { RecordBatchError } from '@citystreams/record-batch';
import { answerOf, claim, fieldsOf, NOW, type SourceRecord, walked, WRITER_ID } from './walk.sample.js';

const event = (over: SourceRecord = {}): SourceRecord => ({
  value: claim('c-1'),
  headers: [
    ['ce_specversion', '1.0'],
    ['ce_type', 'person-type'],
    ['ce_source', '/wards/secret'],
    ['ce_id', 'person-4711'],
    ['ce_time', '2026-01-02T03:04:05Z'],
    ['content-type', 'application/avro'],
  ],
  ...over,
});
const loaded = event({
  headers: [
    ['x-debug', 'patient zhang'],
    ['traceparent', '00-1'],
    ...(event().headers ?? []),
    ['ce_id', 'second'],
    ['ce_subject', 'zhang-wei'],
  ],
});
const AMOUNT = { fields: ['amount'] };

describe('a view’s record', () => {
  test('is the event cut down, under the view’s schema, with the key and the time of the source', () => {
    const { shown, position, events } = walked([event({ timestamp: 123_456 })], {
      V: { fields: ['claimId', 'amount'] },
    });
    expect({ position, events }).toEqual({ position: 1, events: 1 });
    const [record] = shown.get('V') ?? [];
    expect(record).toMatchObject({ key: 'c-1', timestamp: 123_456 });
    expect(fieldsOf(record, ['claimId', 'amount'])).toEqual({ claimId: 'c-1', amount: 7 });
  });

  test('is keyed by the key field where the view has it, and by nothing where it does not', () => {
    const { shown } = walked([event({ key: 'something else' })], { A: { fields: ['claimId'] }, B: AMOUNT });
    expect(shown.get('A')?.[0]?.key).toBe('c-1');
    expect(shown.get('B')?.[0]?.key).toBeNull();
  });

  test('carries the allowed headers as they are, in one order, and nothing else', () => {
    const { shown } = walked([event(), loaded], { V: AMOUNT });
    const [plain, cleaned] = shown.get('V') ?? [];
    expect(plain?.headers).toEqual(event().headers);
    expect(cleaned?.headers).toEqual([...(event().headers ?? []), ['traceparent', '00-1']]);
  });

  test('from L3 on tells neither the event’s id nor where it came from, and no time that the view does not keep', () => {
    const { shown } = walked([loaded], {
      A: { ...AMOUNT, level: 'L3' },
      B: { fields: ['amount', 'settledAt'], level: 'L4' },
    });
    const [a] = shown.get('A') ?? [];
    const id = new Map(a?.headers).get('ce_id');
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(a?.headers).toEqual([
      ['ce_specversion', '1.0'],
      ['ce_type', 'city.Claim'],
      ['ce_source', 'urn:citystreams:medical-insurance'],
      ['ce_id', id],
      ['content-type', 'application/avro'],
    ]);
    expect(a?.timestamp).toBe(NOW);
    const b = new Map(shown.get('B')?.[0]?.headers);
    expect(b.get('ce_time')).toBe('2026-01-02T03:04:05.000Z');
    expect(b.get('ce_id')).not.toBe(id);
  });

  test('has no header for what the event does not say', () => {
    const nothing = event({ headers: [['ce_id', null]] });
    const { shown } = walked([nothing], { A: AMOUNT, B: { ...AMOUNT, level: 'L3' } });
    expect(shown.get('A')?.[0]?.headers).toEqual([['ce_id', null]]);
    expect(shown.get('B')?.[0]?.headers.map(([name]) => name)).not.toContain('ce_id');
  });

  test('has the same bytes whenever the same event is read', () => {
    const views = { A: { fields: ['claimId', 'amount'] }, B: { ...AMOUNT, level: 'L3' as const } };
    expect(walked([loaded, event()], views)).toEqual(walked([loaded, event()], views));
  });

  test('is not there when the predicate withholds the event', () => {
    const records = [event({ value: claim('c-1', 1) }), event({ value: claim('c-2', 9) })];
    const predicate = { op: 'gt', field: 'amount', value: 5 } as const;
    const { shown, events } = walked(records, { V: { fields: ['claimId'], predicate }, W: { fields: ['claimId'] } });
    expect(shown.get('V')?.map(({ key }) => key)).toEqual(['c-2']);
    expect(shown.get('W')?.map(({ key }) => key)).toEqual(['c-1', 'c-2']);
    expect(events).toBe(2);
  });
});

describe('a record that is no event', () => {
  test('goes to no view, and the records after it do', () => {
    const { shown, poison, position } = walked(
      [
        event(),
        event({ value: null }),
        event({ value: Buffer.from('{"not":"avro"}') }),
        event({ value: Buffer.alloc(0) }),
        event({ value: frameOf(99, Buffer.alloc(3)) }),
        event({ value: claim('c-1').subarray(0, 9) }),
        event({ value: Buffer.concat([claim('c-1'), Buffer.alloc(1)]) }),
        event({ value: frameOf(WRITER_ID, Buffer.alloc(12, 0xff)) }),
        event({ value: frameOf(WRITER_ID, Buffer.alloc(2 << 20, 2)) }),
        event({ value: claim('c-9') }),
      ],
      { V: { fields: ['claimId'] } },
    );
    expect(poison.map(([, reason]) => reason)).toEqual([
      'TOMBSTONE',
      'NOT_AVRO',
      'NOT_AVRO',
      'UNKNOWN_SCHEMA_ID',
      'UNDECODABLE',
      'UNDECODABLE',
      'UNDECODABLE',
      'TOO_LARGE',
    ]);
    expect(shown.get('V')?.map(({ key }) => key)).toEqual(['c-1', 'c-9']);
    expect(position).toBe(10);
  });
});

describe('bytes that are no records', () => {
  const views = { V: { fields: ['claimId'] } };
  const keys = (result: ReturnType<typeof walked>) => result.shown.get('V')?.map(({ key }) => key);
  /** A batch like this one, whose attributes name a codec. */
  const compressed = (batch: Buffer, codec: number): Buffer => {
    const changed = Buffer.from(batch);
    changed.writeInt16BE(codec, 21);
    changed.writeUInt32BE(crc32c(changed.subarray(21)), 17);
    return changed;
  };

  test('are put away as the batch that they are, and what comes after is read on', () => {
    const bad = compressed(answerOf([event(), event()], 1), 1);
    const answer = Buffer.concat([answerOf([event()]), bad, answerOf([event({ value: claim('c-9') })], 3)]);
    const result = walked(answer, views);
    expect(result).toMatchObject({ poison: [[1, 'CORRUPT']], unreadable: [bad], position: 4 });
    expect(keys(result)).toEqual(['c-1', 'c-9']);
  });

  test('are met again when their check sum is wrong: another replica may have them right', () => {
    const bad = answerOf([event()], 1);
    bad.writeUInt32BE(1, 17);
    expect(() => walked(Buffer.concat([answerOf([event()]), bad]), views)).toThrow(RecordBatchError);
  });
});

describe('a walk', () => {
  const five = Array.from({ length: 5 }, (_, i) => event({ value: claim(`c-${i}`) }));
  const keys = (result: ReturnType<typeof walked>) => result.shown.get('V')?.map(({ key }) => key);

  test('begins where the reading is, and does not reach its limit', () => {
    const result = walked(five, { V: { fields: ['claimId'] } }, { from: 1, limit: 3 });
    expect(keys(result)).toEqual(['c-1', 'c-2']);
    expect(result.position).toBe(3);
  });

  test('stops before a record that has to wait', () => {
    const records = [...five.slice(0, 2), event({ value: frameOf(77, Buffer.alloc(1)) }), ...five.slice(2)];
    const result = walked(records, { V: { fields: ['claimId'] } }, { waitsFor: 77 });
    expect(keys(result)).toEqual(['c-0', 'c-1']);
    expect(result).toMatchObject({ position: 2, poison: [] });
  });

  test('judges records also where there is no view', () => {
    expect(walked([event(), event({ value: null })], {}).poison).toEqual([[1, 'TOMBSTONE']]);
  });
});
