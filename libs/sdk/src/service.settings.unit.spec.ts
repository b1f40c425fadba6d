import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { readServiceSettings, SettingsUnusable } from './service.settings.js';

let folder: string;
let env: Record<string, string>;
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'));
  env = {
    OIDC_ISSUER: 'http://issuer:8082',
    HTTP_AUDIENCE: 'urn:http',
    KAFKA_AUDIENCE: 'urn:kafka',
    KAFKA_BROKERS: 'a:9092,b:9092',
    KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
    CLIENT_ID: 'public-security.residence-registry',
    CLIENT_SECRET_FILE: file('secret', 's3cret\n'),
    REGISTRY_URL: 'http://registry:8081',
  };
});
afterAll(() => rmSync(folder, { recursive: true }));

function problemsOf(...given: Parameters<typeof readServiceSettings>): Record<string, string> {
  try {
    readServiceSettings(...given);
  } catch (error) {
    if (!(error instanceof SettingsUnusable)) throw error;
    return Object.fromEntries(error.problems.map(({ variable, message }) => [variable, message]));
  }
  return {};
}

describe('the settings of a service', () => {
  test('say who it is and where to go, and ask nobody', () => {
    const fetching = jest.spyOn(globalThis, 'fetch');
    const { kafka, registry, ...settings } = readServiceSettings(env);
    expect(settings).toEqual({
      clientId: 'public-security.residence-registry',
      agency: 'public-security',
      source: '/public-security.residence-registry',
      rate: 1,
    });
    expect(kafka).toMatchObject({ brokers: ['a:9092', 'b:9092'], securityProtocol: 'SASL_PLAINTEXT' });
    expect(registry.url).toBe('http://registry:8081');
    expect(fetching).not.toHaveBeenCalled();
  });

  test('hold what the service said that it needs', () => {
    const more = { ...env, STATE_DIR: '/var/lib/x', GATEWAY_URL: 'http://gateway:8080', RATE: '0.5' };
    const { stateDir, gateway, rate, registry } = readServiceSettings(more, 'stateDir', 'gateway');
    expect({ stateDir, rate, url: gateway.url }).toEqual({
      stateDir: '/var/lib/x',
      rate: 0.5,
      url: 'http://gateway:8080',
    });
    expect(gateway.tokens).toBe(registry.tokens);
    expect(problemsOf(env, 'stateDir', 'gateway')).toEqual({ STATE_DIR: 'is not set', GATEWAY_URL: 'is not set' });
  });

  test('report everything that is wrong at once, and no value', () => {
    const wrong = {
      OIDC_ISSUER: 'ldap://directory',
      KAFKA_AUDIENCE: '',
      KAFKA_BROKERS: 'broker',
      KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTXT',
      KAFKA_CA_FILE: join(folder, 'absent'),
      CLIENT_ID: 'Residences',
      RATE: '-3',
    };
    const problems = problemsOf(wrong, 'stateDir');
    expect(Object.keys(problems).toSorted()).toEqual([
      'CLIENT_ID',
      'CLIENT_SECRET',
      'HTTP_AUDIENCE',
      'KAFKA_AUDIENCE',
      'KAFKA_BROKERS',
      'KAFKA_CA_FILE',
      'KAFKA_SECURITY_PROTOCOL',
      'OIDC_ISSUER',
      'RATE',
      'REGISTRY_URL',
      'STATE_DIR',
    ]);
    expect(problems['KAFKA_SECURITY_PROTOCOL']).toBe('is neither SASL_SSL nor SASL_PLAINTEXT');
    expect(JSON.stringify(problems)).not.toMatch(/ldap|PLAINTXT|Residences|-3/);
    expect(() => readServiceSettings(wrong)).toThrow(/OIDC_ISSUER.*\n.*HTTP_AUDIENCE is not set\n/);
  });

  test('encrypt the way to Kafka unless told otherwise', () => {
    const { KAFKA_SECURITY_PROTOCOL: _, ...silent } = env;
    expect(readServiceSettings(silent).kafka.securityProtocol).toBe('SASL_SSL');
  });

  test('take the secret in one way', () => {
    expect(problemsOf({ ...env, CLIENT_SECRET: 'x' })).toEqual({
      CLIENT_SECRET: 'is given twice, also as CLIENT_SECRET_FILE',
    });
    expect(problemsOf({ ...env, CLIENT_SECRET_FILE: folder })).toEqual({
      CLIENT_SECRET_FILE: 'names a file that cannot be read',
    });
    expect(problemsOf({ ...env, CLIENT_SECRET_FILE: file('empty', '\n') })).toEqual({
      CLIENT_SECRET_FILE: 'names an empty file',
    });
    expect(problemsOf({ ...env, CLIENT_SECRET_FILE: '', CLIENT_SECRET: 'x' })).toEqual({});
  });
});
