import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ExecutableMask, MaskKeyScope } from '@citystreams/contracts';
import { compileCodec } from '../codec.js';
import type { Masks } from '../keep.js';
import { compileProjection } from '../projection.js';
import { compileProjector } from '../projector/projector.js';
import type { AvroField, AvroRecord, AvroType } from '../schema.js';
import { projectSchema } from '../view-schema.js';
import { checkMasks } from './field.mask.js';
import { deriveMaskKey } from './mask.key.js';

const secret = Buffer.alloc(32, 9);
const maskKey = (scope: MaskKeyScope): Buffer => deriveMaskKey(secret, scope, 1);
const epidemic: MaskKeyScope = { per: 'purpose', purpose: 'EPIDEMIC_CONTROL' };
const writerOf = (type: AvroType, more: Partial<AvroField> = {}): AvroRecord => ({
  type: 'record',
  name: 'Event',
  fields: [{ name: 'f', type, ...more }],
});
const hour: ExecutableMask = { kind: 'truncate', to: { unit: 'hour' } };
const day: ExecutableMask = { kind: 'truncate', to: { unit: 'day' } };
const characters = (count: number): ExecutableMask => ({ kind: 'truncate', to: { unit: 'characters', count } });
const step = (size: number): ExecutableMask => ({ kind: 'generalise', to: { by: 'step', step: size } });
const partial = (first: number, last: number): ExecutableMask => ({ kind: 'partial', first, last });
const pseudonym: ExecutableMask = { kind: 'pseudonym', text: 'hex', key: epidemic };
const constant = (value: string | number | boolean): ExecutableMask => ({ kind: 'constant', value });

/** The field as the view shows it; projector and oracle have to agree. */
function shown(type: AvroType, mask: ExecutableMask, value: unknown): unknown {
  const writer = writerOf(type);
  const options = { writer, fields: ['f'], masks: { f: mask }, maskKey, predicate: null, key: null, time: null };
  const body = compileCodec(writer).encode({ f: value });
  const [ours, plain] = [compileProjector(options), compileProjection(options)].map((p) => p.project(body)?.body);
  expect(ours).toEqual(plain);
  const decoded = compileCodec(projectSchema(writer, ['f'], { f: mask }) ?? 'null').decode(ours ?? Buffer.alloc(0));
  return (decoded as { f: unknown }).f;
}
const shownType = (type: AvroType, mask: ExecutableMask): AvroType | undefined =>
  projectSchema(writerOf(type), ['f'], { f: mask })?.fields[0]?.type;

const instant: AvroType = { type: 'long', logicalType: 'timestamp-millis' };

describe('a mask', () => {
  test('shows a time to the hour or day of a clock', () => {
    const at = Date.UTC(2026, 2, 1, 17, 42, 7, 3);
    expect(shown(instant, hour, at)).toBe(Date.UTC(2026, 2, 1, 17));
    expect(shown(instant, day, at)).toBe(Date.UTC(2026, 2, 1));
    const shenzhenDay: ExecutableMask = { kind: 'truncate', to: { unit: 'day', utcOffsetMinutes: 480 } };
    expect(shown(instant, shenzhenDay, at)).toBe(Date.UTC(2026, 2, 1, 16));
    expect(shown(instant, hour, -1)).toBe(-3_600_000);
    expect(shown({ type: 'long', logicalType: 'timestamp-micros' }, hour, at * 1000)).toBe(
      Date.UTC(2026, 2, 1, 17) * 1000,
    );
    expect(shown({ type: 'int', logicalType: 'date' }, day, 20_000)).toBe(20_000);
    expect(shown({ type: 'int', logicalType: 'time-millis' }, hour, 3_600_001)).toBe(3_600_000);
    expect(shown(instant, day, -(2n ** 63n))).toBe(-(2n ** 63n));
  });

  test('shows a text to its first characters, which are code points', () => {
    expect(shown('string', characters(3), 'Shenzhen')).toBe('She');
    expect(shown('string', characters(2), '深圳市')).toBe('深圳');
    expect(shown('string', characters(2), '😀😀😀')).toBe('😀😀');
    expect(shown('string', characters(9), 'short')).toBe('short');
    expect(shown('string', characters(0), 'short')).toBe('');
  });

  test('shows both ends of a text and never the whole of it', () => {
    expect(shown('string', partial(3, 4), '13800138000')).toBe('138***8000');
    expect(shown('string', partial(1, 0), '李小明')).toBe('李***');
    expect(shown('string', partial(0, 1), '李小明')).toBe('***明');
    expect(shown('string', partial(1, 1), '李明')).toBe('***');
    expect(shown('string', partial(1, 1), '')).toBe('***');
    expect(shown('string', partial(0, 0), 'anything')).toBe('***');
    expect(shown('string', partial(1, 1), '😀é😀')).toBe('😀***😀');
  });

  test('shows numbers to a step, never below what their type can hold', () => {
    expect(shown('int', step(10), 27)).toBe(20);
    expect(shown('int', step(10), -1)).toBe(-10);
    expect(shown('int', step(1000), -(2 ** 31))).toBe(-(2 ** 31));
    expect(shown('long', step(1000), 2n ** 63n - 1n)).toBe(9_223_372_036_854_775_000n);
    expect(shown('double', step(0.5), 2.74)).toBe(2.5);
    expect(shown('float', step(10), -3)).toBe(-10);
  });

  test('shows a place to a cell that is nowhere narrower than asked', () => {
    const degrees: ExecutableMask = { kind: 'truncate', to: { unit: 'degrees', size: 0.5 } };
    expect(shown('double', degrees, 114.06)).toBe(114);
    const north: ExecutableMask = { kind: 'truncate', to: { unit: 'metres', axis: 'latitude', size: 500 } };
    const east: ExecutableMask = {
      kind: 'truncate',
      to: { unit: 'metres', axis: 'longitude', size: 500, latitude: 22.8 },
    };
    const latitude = Number(shown('double', north, 22.54));
    const longitude = Number(shown('double', east, 114.06));
    expect(22.54 - latitude).toBeLessThan(500 / 110_574);
    expect(shown('double', north, latitude + 499 / 111_694)).toBe(latitude);
    expect(shown('double', east, longitude + 499 / (111_320 * Math.cos((22.8 * Math.PI) / 180)))).toBeCloseTo(
      longitude,
      9,
    );
  });

  test('shows a group instead of a text or symbol', () => {
    const groups: ExecutableMask = {
      kind: 'generalise',
      to: { by: 'groups', groups: { flu: 'respiratory', asthma: 'respiratory' }, otherwise: 'other' },
    };
    expect(shown('string', groups, 'asthma')).toBe('respiratory');
    expect(shown('string', groups, 'toString')).toBe('other');
    expect(shown({ type: 'enum', name: 'E', symbols: ['flu', 'cold'] }, groups, 'flu')).toBe('respiratory');
  });

  test('shows the same pseudonym for the same id, be it text or a number', () => {
    const expected = createHmac('sha256', maskKey(epidemic)).update('4711').digest('hex');
    expect(shown('string', pseudonym, '4711')).toBe(expected);
    expect(shown('int', pseudonym, 4711)).toBe(expected);
    expect(shown('long', pseudonym, 4711)).toBe(expected);
    expect(shown('bytes', pseudonym, Buffer.from('4711'))).toBe(expected);
    expect(shown({ type: 'fixed', name: 'F', size: 4 }, pseudonym, Buffer.from('4711'))).toBe(expected);
    expect(shown({ type: 'enum', name: 'E', symbols: ['A'] }, pseudonym, 'A')).toMatch(/^[0-9a-f]{64}$/);
    expect(shown('string', { kind: 'pseudonym', text: 'base64url', key: epidemic }, '4711')).toBe(
      createHmac('sha256', maskKey(epidemic)).update('4711').digest('base64url'),
    );
  });

  test('shows a constant or null whatever the value is, null included', () => {
    expect(shown(['null', 'string'], constant('withheld'), null)).toBe('withheld');
    expect(shown(['null', 'string'], constant('withheld'), 'x')).toBe('withheld');
    expect(shown('long', constant('9223372036854775807'), 1)).toBe(2n ** 63n - 1n);
    expect(shown({ type: 'enum', name: 'E', symbols: ['A', 'B'] }, constant('B'), 'A')).toBe('B');
    expect(shown('boolean', constant(true), false)).toBe(true);
    expect(shown('string', { kind: 'null' }, 'x')).toBeNull();
    expect(shown({ type: 'map', values: 'string' }, { kind: 'null' }, { secret: 'key' })).toBeNull();
    expect(shown(['string', 'int', 'null'], { kind: 'null' }, 5)).toBeNull();
  });

  test('leaves null as it is otherwise, and masks each item of a list', () => {
    expect(shown(['null', 'string'], partial(1, 1), null)).toBeNull();
    expect(shown(['string', 'null'], pseudonym, null)).toBeNull();
    expect(shown({ type: 'array', items: ['null', 'string'] }, characters(1), ['ab', null, 'cd'])).toEqual([
      'a',
      null,
      'c',
    ]);
    expect(shown(['null', { type: 'array', items: 'int' }], step(10), [11, 29])).toEqual([10, 20]);
  });
});

describe('a dropped field', () => {
  const inner: AvroType = {
    type: 'record',
    name: 'Person',
    fields: ['name', 'phone'].map((name) => ({ name, type: 'string' })),
  };
  const writer: AvroRecord = {
    ...writerOf(inner),
    fields: [
      { name: 'f', type: inner },
      { name: 'g', type: 'int' },
    ],
  };
  const masks: Masks = { 'f.phone': { kind: 'drop' }, g: { kind: 'drop' } };

  test('is absent although all around it is listed', () => {
    const options = { writer, fields: ['f', 'g'], masks, predicate: null, key: 'g', time: null };
    const body = compileCodec(writer).encode({ f: { name: 'n', phone: '138' }, g: 7 });
    const ours = compileProjector(options).project(body);
    expect(ours).toEqual(compileProjection(options).project(body));
    expect(ours).toEqual({ body: Buffer.from([2, 0x6e]), key: null, time: null });
    expect(projectSchema(writer, ['f', 'g'], masks)).toMatchObject({
      fields: [{ name: 'f', type: { fields: [{ name: 'name' }] } }],
    });
    expect(checkMasks(masks, writer)).toEqual([]);
  });

  test('stays absent where what is around it is masked, and leaves nothing to show where it was the last', () => {
    expect(projectSchema(writer, ['f'], { ...masks, f: { kind: 'null' } })?.fields[0]?.type).toMatchObject([
      'null',
      { fields: [{ name: 'name' }] },
    ]);
    expect(projectSchema(writer, ['g'], masks)).toBeNull();
  });
});

describe('the schema of a masked field', () => {
  test('stays, becomes text, becomes nullable or loses null, as the mask shows it', () => {
    expect(shownType(instant, hour)).toEqual(instant);
    expect(shownType('double', step(1))).toBe('double');
    expect(shownType('long', pseudonym)).toBe('string');
    expect(shownType(['null', 'long'], pseudonym)).toEqual(['null', 'string']);
    expect(shownType({ type: 'string', logicalType: 'uuid' }, partial(4, 0))).toBe('string');
    expect(shownType({ type: 'array', items: 'int' }, pseudonym)).toEqual({ type: 'array', items: 'string' });
    expect(shownType('string', { kind: 'null' })).toEqual(['null', 'string']);
    expect(shownType(['string', 'null'], { kind: 'null' })).toEqual(['null', 'string']);
    expect(shownType(['null', 'string'], constant('x'))).toBe('string');
  });

  test('masks its default too', () => {
    const defaultOf = (type: AvroType, value: unknown, mask: ExecutableMask): unknown =>
      projectSchema(writerOf(type, { default: value }), ['f'], { f: mask })?.fields[0]?.default;
    expect(defaultOf('string', 'unknown patient', partial(1, 1))).toBe('u***t');
    expect(defaultOf('string', '4711', pseudonym)).toBe('');
    expect(defaultOf('int', 27, step(10))).toBe(20);
    expect(defaultOf('string', 'x', { kind: 'null' })).toBeNull();
    expect(defaultOf(['null', 'string'], null, constant('x'))).toBe('x');
    expect(defaultOf(['null', 'string'], null, pseudonym)).toBeNull();
    expect(defaultOf({ type: 'array', items: 'string' }, ['abc'], characters(1))).toEqual(['a']);
    expect(projectSchema(writerOf('string'), ['f'], { f: pseudonym })?.fields[0]).not.toHaveProperty('default');
  });

  test('shows in a record’s default nothing that the view drops or masks', () => {
    const person: AvroType = {
      type: 'record',
      name: 'Person',
      fields: ['name', 'phone', 'secret'].map((name) => ({ name, type: 'string' })),
    };
    const value = { name: 'nobody', phone: '13800138000', secret: 'XYZZY' };
    const masks: Masks = { 'f.phone': partial(3, 0) };
    const one = projectSchema(writerOf(person, { default: value }), ['f.name', 'f.phone'], masks);
    expect(one?.fields[0]?.default).toEqual({ name: 'nobody', phone: '138***' });
    const many = projectSchema(
      writerOf({ type: 'array', items: person }, { default: [value] }),
      ['f.name', 'f.phone'],
      masks,
    );
    expect(many?.fields[0]?.default).toEqual([{ name: 'nobody', phone: '138***' }]);
    expect(() => compileCodec(many ?? 'null')).not.toThrow();
  });
});

describe('a mask does not fit', () => {
  const refused: [AvroType, ExecutableMask][] = [
    ['long', hour],
    [{ type: 'int', logicalType: 'timestamp-millis' }, hour],
    [{ type: 'long', logicalType: 'time-micros' }, day],
    ['int', characters(2)],
    ['boolean', pseudonym],
    ['double', pseudonym],
    ['int', step(0.5)],
    ['string', step(1)],
    ['string', { kind: 'truncate', to: { unit: 'degrees', size: 1 } }],
    ['string', constant(5)],
    [{ type: 'string', logicalType: 'uuid' }, constant('withheld')],
    ['int', constant(2 ** 31)],
    [{ type: 'enum', name: 'E', symbols: ['A'] }, constant('B')],
    [['null', 'string', 'int'], partial(1, 1)],
    [{ type: 'map', values: 'string' }, pseudonym],
    [{ type: 'array', items: 'string' }, constant('x')],
    [{ type: 'record', name: 'R', fields: [{ name: 'a', type: 'string' }] }, pseudonym],
  ];

  test('a type that it says nothing about: told at the door, and nothing compiles', () => {
    for (const [type, mask] of refused) {
      const writer = writerOf(type);
      const options = {
        writer,
        fields: ['f'],
        masks: { f: mask },
        maskKey,
        predicate: null,
        key: null,
        time: null,
      };
      expect(checkMasks({ f: mask }, writer)).toHaveLength(1);
      expect(() => projectSchema(writer, ['f'], { f: mask })).toThrow(RangeError);
      expect(() => compileProjector(options)).toThrow(RangeError);
      expect(() => compileProjection(options)).toThrow(RangeError);
    }
  });

  test('a field that the contract does not have', () => {
    expect(checkMasks({ g: hour, f: hour, 'f.x': { kind: 'keep' } }, writerOf(instant))).toEqual([
      { field: 'g', message: 'the contract has no such field' },
      { field: 'f.x', message: 'the contract has no such field' },
    ]);
  });
});

describe('masks and dropped fields of a record within itself', () => {
  const writer: AvroRecord = {
    type: 'record',
    name: 'Household',
    fields: [
      {
        name: 'head',
        type: {
          type: 'record',
          name: 'Person',
          fields: [
            { name: 'name', type: 'string' },
            { name: 'phone', type: 'string' },
            { name: 'secret', type: 'string' },
            { name: 'children', type: { type: 'array', items: 'Person' } },
          ],
        },
      },
      { name: 'note', type: 'string' },
    ],
  };
  const child = { name: 'child', phone: '13900139000', secret: 'CHILD', children: [] };
  const event = { head: { name: 'parent', phone: '13800138000', secret: 'PARENT', children: [child] }, note: 'n' };

  const shownOf = (fields: string[], masks: Masks): unknown => {
    const options = { writer, fields, masks, maskKey, predicate: null, key: null, time: null };
    const body = compileCodec(writer).encode(event);
    const ours = compileProjector(options).project(body)?.body;
    expect(ours).toEqual(compileProjection(options).project(body)?.body);
    return compileCodec(projectSchema(writer, fields, masks) ?? 'null').decode(ours ?? Buffer.alloc(0));
  };

  test('hold at every depth', () => {
    expect(shownOf(['head.name', 'head.phone', 'head.children'], { 'head.phone': partial(3, 0) })).toEqual({
      head: { name: 'parent', phone: '138***', children: [{ name: 'child', phone: '139***', children: [] }] },
    });
    expect(shownOf(['head', 'note'], { 'head.secret': constant('-') })).toMatchObject({
      head: { secret: '-', children: [{ secret: '-' }] },
    });
  });

  test('hold within although the inner one has masks of its own', () => {
    const fields = ['head.name', 'head.phone', 'head.children'];
    expect(shownOf(fields, { 'head.phone': partial(3, 0), 'head.children.name': characters(1) })).toEqual({
      head: { name: 'parent', phone: '138***', children: [{ name: 'c', phone: '139***', children: [] }] },
    });
    expect(shownOf(fields, { 'head.children.secret': characters(1), 'head.children.phone': { kind: 'drop' } })).toEqual(
      {
        head: { name: 'parent', phone: '13800138000', children: [{ name: 'child', children: [] }] },
      },
    );
  });

  test('are those of the inner field where the view lists it', () => {
    expect(shownOf(['head.phone', 'head.children.name'], {})).toEqual({
      head: { phone: '13800138000', children: [{ name: 'child' }] },
    });
  });
});
