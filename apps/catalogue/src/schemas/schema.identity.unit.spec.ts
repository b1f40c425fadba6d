import { describe, expect, test } from '@jest/globals';
import { identityOf, orderedMetadata, readStored, withMetadata } from './schema.identity.js';

const identity = (schema: unknown, references: string[] = []) => {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return identityOf(text, readStored(text, references));
};
const record = (...fields: object[]): object => ({ type: 'record', name: 'a.R', fields });

describe('a GUID', () => {
  test('is the MD5 of what the original hashes', () => {
    const text = '"string"';
    expect(identity(text).guid).toBe('095d71cf-1255-6b9d-5e33-0ad575b3df5d');
    const references = [{ name: 'n', subject: 's', version: 3 }];
    const { guid } = identityOf(text, readStored(text), references, { properties: { k: 'v' } });
    expect(guid).toBe('93728a55-3929-efe7-edd2-3c77817d9668');
  });
});

describe('a fingerprint', () => {
  test('differs with text, references and metadata, and not with the order that metadata were written in', () => {
    const plain = identity(record());
    const owned = withMetadata(plain, { properties: { a: '1', b: '2' } });
    const reversed = withMetadata(plain, { properties: { b: '2', a: '1' } });
    const referring = identityOf(plain.text, readStored(plain.text), [{ name: 'n', subject: 's', version: 1 }]);
    expect(reversed.fingerprint).toBe(owned.fingerprint);
    expect(new Set([plain, owned, referring, identity('"int"')].map(({ fingerprint }) => fingerprint)).size).toBe(4);
    expect(withMetadata(plain, {}).fingerprint).not.toBe(plain.fingerprint);
  });
});

describe('equivalence', () => {
  test('does not see how a schema is spelled, and sees docs and attributes', () => {
    const one = identity(record({ name: 'f', type: { type: 'string' }, doc: 'A doc.', x: 1, y: 2 }));
    const other = identity(record({ y: 2, x: 1, doc: 'A doc.', name: 'f', type: 'string' }));
    expect(other.equivalence).toBe(one.equivalence);
    for (const change of [{ doc: 'Another.' }, { x: 2 }]) {
      const changed = identity(record({ name: 'f', type: 'string', doc: 'A doc.', x: 1, y: 2, ...change }));
      expect(changed.equivalence).not.toBe(one.equivalence);
    }
  });

  test('takes a schema with a reference for the same with everything written out', () => {
    const shared = '{"type":"fixed","name":"b.S","size":2}';
    const referring = identity(record({ name: 'f', type: 'b.S' }), [shared]);
    const whole = identity(record({ name: 'f', type: JSON.parse(shared) }));
    expect([referring.equivalence, referring.form]).toEqual([whole.equivalence, whole.form]);
  });
});

test('metadata are kept in order and without what is empty', () => {
  const metadata = { tags: { b: ['y', 'x', 'y'], a: [] }, properties: {}, sensitive: ['s', 'r'] };
  expect(JSON.stringify(orderedMetadata(metadata))).toBe('{"tags":{"a":[],"b":["x","y"]},"sensitive":["r","s"]}');
});
