import { describe, expect, test } from '@jest/globals';
import type { SchemaIdentity, SchemaMetadata, SubjectVersion } from '../../schemas/schema.model.js';
import { findVersion, meansTheSame } from './matching.js';
import { inheritedMetadata } from './metadata.js';

const identity = (name: string, more: Partial<SchemaIdentity> = {}): SchemaIdentity => ({
  ...{ text: name, references: [], metadata: null, fingerprint: `${name}!`, guid: name },
  ...{ equivalence: name, form: name.toLowerCase() },
  ...more,
});
const version = (number: number, schema: SchemaIdentity, deleted = false): SubjectVersion => ({
  ...{ subject: 's', version: number, deleted, registeredAt: 0 },
  schema: { ...schema, id: number, uses: [] },
});
const numbered = (number: string): SchemaMetadata => ({ properties: { 'confluent:version': number } });
const LIVE = { deleted: false, byForm: false };
const reference = { name: 'n', subject: 't', version: 1 };

describe('the version that is a schema', () => {
  test('is the newest with the same content, before any that means the same', () => {
    const spelled = identity('A', { fingerprint: 'other spelling' });
    const versions = [version(1, identity('A')), version(2, identity('A')), version(3, spelled)];
    expect(findVersion(versions, identity('A'), LIVE)?.version).toBe(2);
    expect(findVersion(versions, identity('A', { fingerprint: 'a third' }), LIVE)?.version).toBe(3);
    expect(findVersion(versions, identity('B'), LIVE)).toBeUndefined();
  });

  test('is a deleted one only for those who ask for it', () => {
    const versions = [version(1, identity('A')), version(2, identity('B'), true)];
    expect(findVersion(versions, identity('B'), LIVE)).toBeUndefined();
    expect(findVersion(versions, identity('B'), { ...LIVE, deleted: true })?.version).toBe(2);
  });

  test('may have another doc where docs do not count', () => {
    const versions = [version(1, identity('A')), version(2, identity('B'))];
    expect(findVersion(versions, identity('a'), LIVE)).toBeUndefined();
    expect(findVersion(versions, identity('a'), { ...LIVE, byForm: true })?.version).toBe(1);
  });
});

describe('a schema means the same', () => {
  test('with the same references, or with all of them written out', () => {
    const known = version(1, identity('A', { references: [reference] }));
    expect(meansTheSame(identity('A', { references: [{ ...reference }] }), known)).toBe(true);
    expect(meansTheSame(identity('A'), known)).toBe(true);
    expect(meansTheSame(identity('A', { references: [{ ...reference, version: 2 }] }), known)).toBe(false);
    expect(meansTheSame(identity('A', { references: [reference] }), version(1, identity('A')))).toBe(false);
  });

  test('with the same metadata, or with the number that one of the two lacks', () => {
    const same = (mine: SchemaMetadata | null, theirs: SchemaMetadata | null, number = 2): boolean =>
      meansTheSame(identity('A', { metadata: mine }), version(number, identity('A', { metadata: theirs })));
    expect(same(null, null)).toBe(true);
    expect(same({ properties: { a: '1', b: '2' } }, { properties: { b: '2', a: '1' } })).toBe(true);
    expect(same(null, { properties: { a: '1' } })).toBe(false);
    expect(same(null, numbered('7'))).toBe(true);
    expect(same(numbered('2'), null)).toBe(true);
    expect(same(numbered('3'), null)).toBe(false);
    expect(same(numbered('3'), numbered('2'))).toBe(false);
  });
});

describe('metadata of a new version', () => {
  const previous = version(1, identity('A', { metadata: { properties: { owner: 'harbour' } } }));
  const of = (schema: SchemaIdentity, ...more: [config: object, number?: { number: number; asked: boolean }]) =>
    inheritedMetadata(schema, more[0], previous, more[1]).metadata;

  test('are its own, else those of the version before', () => {
    expect(of(identity('B'), {})).toEqual({ properties: { owner: 'harbour' } });
    expect(of(identity('B', { metadata: { sensitive: ['x'] } }), {})).toEqual({ sensitive: ['x'] });
    expect(inheritedMetadata(identity('B'), {}, undefined).metadata).toBeNull();
  });

  test('stand between the defaults and the overrides', () => {
    const config = {
      defaultMetadata: { properties: { owner: 'default', a: 'default' } },
      overrideMetadata: { properties: { b: 'override' }, tags: { x: ['PII'] } },
    };
    expect(of(identity('B', { metadata: { properties: { b: 'own' } } }), config)).toEqual({
      properties: { owner: 'default', a: 'default', b: 'override' },
      tags: { x: ['PII'] },
    });
  });

  test('carry the number where one was asked for, or was there', () => {
    expect(of(identity('B'), {}, { number: 5, asked: false })).toEqual({ properties: { owner: 'harbour' } });
    expect(of(identity('B', { metadata: {} }), {}, { number: 5, asked: true })).toEqual(numbered('5'));
    expect(of(identity('B', { metadata: numbered('4') }), {}, { number: 5, asked: false })).toEqual(numbered('5'));
  });
});
