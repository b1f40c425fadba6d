import { expect, test } from '@jest/globals';
import { serverProperties } from '../kafka/server-properties.js';
import { composeServerProperties } from './broker-configuration.js';

const configuration = {
  ports: { client: 1, internal: 2, controller: 3 },
  bindHost: '0.0.0.0',
  advertisedHost: 'kafka',
  logDirectory: '/data',
  jwksUrl: 'file:///jwks.json',
  issuer: 'http://identity:8082',
  audience: 'urn:kafka',
  internalPassword: 'hush',
};
const settingsOf = (text: string): Map<string, string> =>
  new Map(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
const local = settingsOf(serverProperties(configuration));
const compose = settingsOf(composeServerProperties(configuration, { port: 4, advertised: 'localhost:9092' }));
const LISTS = ['listeners', 'advertised.listeners', 'listener.security.protocol.map'];

test('the host has a listener of its own, with the address it must come back to', () => {
  expect(compose.get('listeners')).toBe(`${local.get('listeners')},HOST://0.0.0.0:4`);
  expect(compose.get('advertised.listeners')).toBe(`${local.get('advertised.listeners')},HOST://localhost:9092`);
  expect(compose.get('listener.security.protocol.map')).toMatch(/,HOST:SASL_PLAINTEXT$/);
});

test('the host listener asks for everything that the client listener asks for', () => {
  const ofListener = (name: string): [string, string][] =>
    [...compose].flatMap(([key, value]) =>
      key.startsWith(`listener.name.${name}.`) ? [[key.slice(`listener.name.${name}.`.length), value]] : [],
    );
  expect(ofListener('client').length).toBeGreaterThan(5);
  expect(ofListener('host')).toEqual(ofListener('client'));
});

test('everything else is as in the local stack', () => {
  const rest = new Map([...compose].filter(([key]) => !LISTS.includes(key) && !key.startsWith('listener.name.host.')));
  expect([...rest]).toEqual([...local].filter(([key]) => !LISTS.includes(key)));
});
