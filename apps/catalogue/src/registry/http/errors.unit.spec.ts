import { ProblemError } from '@citystreams/nest';
import { describe, expect, test } from '@jest/globals';
import { asRegistryError, RegistryError } from '../registry-error.js';
import { registryErrorFormat } from './errors.js';

const problem = (code: string) => ({ type: 'about:blank', title: '', status: 0, code, detail: 'Why.' });

describe('errors of the registry', () => {
  test('are told in its own shape below its own addresses only', () => {
    for (const path of [
      ...['/subjects', '/subjects/a-value/versions', '/schemas/ids/1', '/config', '/mode', '/associations/x'],
      ...['/contexts/.x/subjects', '/v1/metadata/id'],
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
    expect(told('VALIDATION_FAILED')).toEqual({ status: 400, body: { error_code: 400, message: 'Why.' } });
    expect(told('UNAVAILABLE')).toEqual({ status: 503, body: { error_code: 50003, message: 'Why.' } });
    expect(told('NOT_FOUND')).toEqual({ status: 404, body: { error_code: 404, message: 'HTTP 404 Not Found' } });
    expect(told('PAYLOAD_TOO_LARGE').status).toBe(413);
  });

  test('have the status that their code begins with, and "not ready" the one that is tried again', () => {
    expect(new RegistryError('SCHEMA_NOT_FOUND', '').status).toBe(404);
    expect(new RegistryError('REFERENCE_NOT_FOUND', '')).toMatchObject({ status: 422, errorCode: 42201 });
    expect(new RegistryError('NOT_READY', '')).toMatchObject({ status: 503, errorCode: 50003 });
    expect(new RegistryError('METHOD_NOT_ALLOWED', '')).toMatchObject({ status: 405, errorCode: 405 });
  });

  test('name every finding of a contract, and let other errors be', () => {
    const problems = [
      { field: '$.key', message: 'no key' },
      { field: '$.doc', message: 'no doc' },
    ];
    const invalid = asRegistryError(new ProblemError('CONTRACT_INVALID', 'x', { problems }), 's');
    expect(invalid).toMatchObject({
      errorCode: 42201,
      message: expect.stringContaining('$.key: no key; $.doc: no doc'),
    });
    const incompatible = asRegistryError(new ProblemError('CONTRACT_INCOMPATIBLE', 'x', { problems }), 's');
    expect(incompatible).toMatchObject({ errorCode: 40901, status: 409 });
    const other = new Error('else');
    expect(asRegistryError(other, 's')).toBe(other);
  });
});
