import { ProblemError } from '@citystreams/nest';
import { describe, expect, test } from '@jest/globals';
import { asRegistryError, registryErrorFormat } from './registry-error.js';

const problem = (code: string) => ({ type: 'about:blank', title: '', status: 0, code, detail: 'Why.' });

describe('errors of the registry', () => {
  test('are told in its own shape below its own addresses only', () => {
    for (const path of [
      '/subjects',
      '/subjects/a-value/versions',
      '/schemas/ids/1',
      '/config',
      '/mode',
      '/associations/x',
    ]) {
      expect(registryErrorFormat.matches(path)).toBe(true);
    }
    for (const path of ['/api/streams', '/subjectsx', '/readyz', '/openapi.json']) {
      expect(registryErrorFormat.matches(path)).toBe(false);
    }
  });

  test('carry the published codes', () => {
    const told = (code: string) => registryErrorFormat.render(problem(code));
    expect(told('UNAUTHENTICATED')).toEqual({ status: 401, body: { error_code: 40101, message: 'Why.' } });
    expect(told('VALIDATION_FAILED')).toEqual({ status: 422, body: { error_code: 42201, message: 'Why.' } });
    expect(told('UNAVAILABLE')).toEqual({ status: 503, body: { error_code: 50003, message: 'Why.' } });
    expect(told('NOT_FOUND')).toEqual({ status: 404, body: { error_code: 404, message: 'Why.' } });
    expect(told('INTERNAL')).toEqual({ status: 500, body: { error_code: 50001, message: 'Why.' } });
  });

  test('name every finding of a refused contract', () => {
    const problems = [
      { field: '$.a', message: 'one' },
      { field: '$.b', message: 'two' },
    ];
    const invalid = asRegistryError(new ProblemError('CONTRACT_INVALID', 'Bad.', { problems }));
    expect(invalid).toMatchObject({ errorCode: 42201, status: 422, message: 'Invalid schema: $.a: one; $.b: two' });
    const incompatible = asRegistryError(new ProblemError('CONTRACT_INCOMPATIBLE', 'Differs', { problems }));
    expect(incompatible).toMatchObject({ errorCode: 409, status: 409, message: 'Differs: $.a: one; $.b: two' });
  });

  test('leave what is no refusal of a contract as it is', () => {
    const other = new TypeError('a fault of ours');
    expect(asRegistryError(other)).toBe(other);
  });
});
