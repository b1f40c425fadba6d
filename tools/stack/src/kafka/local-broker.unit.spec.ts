import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { javaVersion } from './jars.js';
import { isFormatted } from './local-broker.js';

const folder = (): string => mkdtempSync(join(tmpdir(), 'kafka-data-'));
const withMeta = (text: string): string => {
  const data = folder();
  writeFileSync(join(data, 'meta.properties'), text);
  return data;
};

describe('the storage of our broker', () => {
  test('is made when there is none, or when making it was interrupted', () => {
    expect(isFormatted(join(folder(), 'not-there'))).toBe(false);
    expect(isFormatted(folder())).toBe(false);
  });

  test('is kept when Kafka wrote it', () => {
    expect(isFormatted(withMeta('#\n#Mon\nnode.id=1\ndirectory.id=a\nversion=1\ncluster.id=b\n'))).toBe(true);
  });

  test.each(['garbage', '', 'version=1\nnode.id=7\ncluster.id=b\n'])(
    'is damaged when meta.properties is %j',
    (text) => {
      const data = withMeta(text);
      expect(() => isFormatted(data)).toThrow(expect.objectContaining({ code: 'DAMAGED_DATA', directory: data }));
      expect(() => isFormatted(data)).toThrow(/npm run reset/);
    },
  );

  test('is damaged, not made anew, when data are there without meta.properties', () => {
    const data = folder();
    mkdirSync(join(data, '__cluster_metadata-0'));
    expect(() => isFormatted(data)).toThrow(expect.objectContaining({ code: 'DAMAGED_DATA' }));
  });
});

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_292"', 8],
  ['openjdk version "25" 2025-09-16', 25],
  ['no java here', undefined],
])('the Java of %j is %p', (output, version) => {
  expect(javaVersion(output)).toBe(version);
});
