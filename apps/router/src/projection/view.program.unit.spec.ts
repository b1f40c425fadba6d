import { expect, test } from '@jest/globals';
import { streamProgram, viewOf, viewSchemas } from '../readings/walk.sample.js';
import { ViewFault } from './view.fault.js';
import { parseMaskSecret, viewKey } from './view.key.js';
import { ViewProgram } from './view.program.js';

const secret = Buffer.alloc(32, 1);
const fault = (make: () => void): string => {
  try {
    make();
    return 'none';
  } catch (error) {
    if (error instanceof ViewFault) return error.code;
    throw error;
  }
};

test('a view is never written without its schema, or under one that is not its own', () => {
  const view = viewOf('V', { fields: ['claimId'] });
  const program = (schemas: ReturnType<typeof viewSchemas> | undefined) =>
    new ViewProgram(view, streamProgram(), schemas, secret);
  expect(fault(() => program(viewSchemas(view)).compileAll())).toBe('none');
  expect(fault(() => program(undefined).compileAll())).toBe('SCHEMA_MISSING');
  const other = viewSchemas(viewOf('V', { fields: ['amount'] }));
  expect(fault(() => program(other).compileAll())).toBe('SCHEMA_MISSING');
});

test('a version that has nothing of the view needs no schema', () => {
  const view = viewOf('V', { fields: ['gone'] });
  expect(fault(() => new ViewProgram(view, streamProgram(), undefined, secret).compileAll())).toBe('none');
});

test('a view that does not fit its stream is at fault alone', () => {
  const view = viewOf('V', { fields: ['claimId'], predicate: { op: 'gt', field: 'claimId', value: 5 } });
  expect(fault(() => new ViewProgram(view, streamProgram(), viewSchemas(view), secret).compileAll())).toBe(
    'NOT_COMPILED',
  );
});

test('each view has a key of its own', () => {
  expect(viewKey(secret, 'a')).toEqual(viewKey(secret, 'a'));
  expect(viewKey(secret, 'a')).not.toEqual(viewKey(secret, 'b'));
});

test('a mask secret that is short or not hex is refused', () => {
  expect(() => parseMaskSecret('ab'.repeat(16))).toThrow(RangeError);
  expect(() => parseMaskSecret('zz'.repeat(32))).toThrow(RangeError);
  expect(parseMaskSecret(`${'ab'.repeat(32)}\n`)).toHaveLength(32);
});
