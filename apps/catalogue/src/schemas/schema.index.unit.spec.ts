import { describe, expect, test } from '@jest/globals';
import { SchemaIndex, type SchemaRow, type VersionRow } from './schema.index.js';

const schema = (id: number, more: Partial<SchemaRow> = {}): SchemaRow => ({
  ...{ id, text: `"${id}"`, references: [], metadata: null, fingerprint: `f${id}`, guid: `g${id}` },
  ...{ equivalence: `e${id}`, form: `d${id}`, change: id },
  ...more,
});
const version = (
  subject: string,
  number: number,
  schemaId: number,
  change: number,
  state: VersionRow['state'] = 'live',
) => ({
  ...{ subject, version: number, schemaId, change, state },
  registeredAt: change,
});
const numbers = (index: SchemaIndex, subject: string) =>
  index.versions(subject).map((v) => (v.deleted ? -v.version : v.version));

function filled(): SchemaIndex {
  const index = new SchemaIndex();
  index.takeSchemas([schema(1), schema(2), schema(3, { references: [{ name: 'n', subject: 'a', version: 1 }] })]);
  index.takeVersions([version('a', 1, 1, 11), version('a', 2, 2, 12), version('b', 1, 1, 13), version('b', 2, 3, 14)]);
  return index;
}

describe('the index', () => {
  test('finds schemas by id, content and GUID, and versions by subject', () => {
    const index = filled();
    expect(index.schema(2)?.text).toBe('"2"');
    expect(index.sameAs('f2')).toBe(index.schema(2));
    expect(index.withGuid('g1')).toEqual([index.schema(1)]);
    expect(index.version('a', 2)?.schema.id).toBe(2);
    expect(index.latest('b')?.version).toBe(2);
    expect([...index.subjects()].sort()).toEqual(['a', 'b']);
    expect(index.schema(1)?.uses.map((use) => `${use.subject}${use.version}`)).toEqual(['a1', 'b1']);
    expect(index.maxId).toBe(3);
    expect(index.version('a', 3) ?? index.schema(4) ?? index.sameAs('f4') ?? index.latest('c')).toBeUndefined();
  });

  test('follows deletions, and gives a number again after one for good', () => {
    const index = filled();
    index.takeVersions([version('a', 2, 2, 15, 'deleted')]);
    expect(numbers(index, 'a')).toEqual([1, -2]);
    expect(index.latest('a')?.version).toBe(1);
    index.takeVersions([version('a', 2, 2, 16, 'gone')]);
    expect([numbers(index, 'a'), index.schema(2)?.uses]).toEqual([[1], []]);
    index.takeVersions([version('a', 2, 3, 17), version('a', 1, 1, 18, 'gone'), version('b', 1, 1, 19, 'gone')]);
    expect(index.version('a', 2)?.schema.id).toBe(3);
    expect([numbers(index, 'a'), numbers(index, 'b')]).toEqual([[2], [2]]);
    // What nobody uses keeps its id all the same.
    expect(index.sameAs('f1')?.id).toBe(1);
  });

  test('takes each change once, whoever brings it and in whatever portions', () => {
    const index = filled();
    index.takeVersions([version('a', 2, 2, 20, 'deleted')]);
    index.takeVersions([version('a', 2, 2, 12), version('a', 2, 2, 15), version('b', 3, 2, 21)]);
    expect([numbers(index, 'a'), numbers(index, 'b')]).toEqual([
      [1, -2],
      [1, 2, 3],
    ]);
    expect(index.position).toEqual({ schemas: 3, versions: 21, settings: 0 });
  });

  test('keeps versions in order, however they come', () => {
    const index = filled();
    index.takeVersions([
      version('c', 5, 1, 30),
      version('c', 2, 2, 31),
      version('c', 9, 3, 32),
      version('c', 3, 1, 33),
    ]);
    expect(numbers(index, 'c')).toEqual([2, 3, 5, 9]);
    expect(index.version('c', 9)?.schema.id).toBe(3);
  });

  test('knows what refers to a version, until that is gone', () => {
    const index = filled();
    expect(index.referringTo('a', 1).map(({ id }) => id)).toEqual([3]);
    expect(index.referringTo('a', 2)).toEqual([]);
    index.takeVersions([version('b', 2, 3, 40, 'deleted')]);
    expect(index.referringTo('a', 1)).toHaveLength(1);
    index.takeVersions([version('b', 2, 3, 41, 'gone')]);
    expect(index.referringTo('a', 1)).toEqual([]);
  });

  test('forgets settings that were taken back', () => {
    const index = filled();
    index.takeSettings([{ subject: 'a', config: { normalize: true }, mode: null, change: 50 }]);
    expect(index.settings('a')).toEqual({ config: { normalize: true }, mode: null });
    index.takeSettings([{ subject: 'a', config: null, mode: null, change: 51 }]);
    expect([index.settings('a').config, index.allSettings()]).toEqual([null, []]);
  });
});
