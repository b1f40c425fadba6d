import { describe, expect, test } from '@jest/globals';
import { type BrokerConfiguration, LOG4J_PROPERTIES, serverProperties, tokenKeyFlags } from './server-properties.js';

const CONFIGURATION: BrokerConfiguration = {
  ports: { client: 9092, internal: 21_091, controller: 21_093 },
  bindHost: '0.0.0.0',
  advertisedHost: '127.0.0.1',
  logDirectory: '/data',
  jwksUrl: 'file:///keys/jwks.json',
  issuer: 'http://127.0.0.1:8082',
  audience: 'urn:citystreams:kafka',
  internalPassword: 'generated',
};

const entriesOf = (text: string): Map<string, string> =>
  new Map(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
const properties = entriesOf(serverProperties(CONFIGURATION));

describe('the configuration of our broker', () => {
  test('denies by default, and its only super user is the internal principal', () => {
    expect(properties.get('allow.everyone.if.no.acl.found')).toBe('false');
    expect(properties.get('super.users')).toBe('User:internal-broker');
    expect(properties.get('auto.create.topics.enable')).toBe('false');
  });

  test('lets in by token on the client listener only, and by password on the internal one only', () => {
    expect(properties.get('listener.name.client.sasl.enabled.mechanisms')).toBe('OAUTHBEARER');
    expect(properties.get('listener.name.internal.sasl.enabled.mechanisms')).toBe('PLAIN');
    expect(properties.get('listeners')).toBe(
      'CLIENT://0.0.0.0:9092,INTERNAL://0.0.0.0:21091,CONTROLLER://127.0.0.1:21093',
    );
  });

  test('tells clients the address they can reach, never the one it binds', () => {
    expect(properties.get('advertised.listeners')).toBe('CLIENT://127.0.0.1:9092,INTERNAL://127.0.0.1:21091');
  });

  test('bounds what a parked fetch can still get and how long a token is believed', () => {
    expect(properties.get('connections.max.idle.ms')).toBe('10000');
    expect(properties.get('listener.name.client.oauthbearer.connections.max.reauth.ms')).toBe('60000');
  });

  test('trusts tokens of one issuer for one audience, by keys from one file', () => {
    expect(properties.get('listener.name.client.sasl.oauthbearer.expected.issuer')).toBe(CONFIGURATION.issuer);
    expect(properties.get('listener.name.client.sasl.oauthbearer.expected.audience')).toBe(CONFIGURATION.audience);
    expect(tokenKeyFlags(CONFIGURATION.jwksUrl, '/keys/jwks.json')).toEqual([
      '-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file:///keys/jwks.json',
      '-Dorg.apache.kafka.sasl.oauthbearer.allowed.files=/keys/jwks.json',
    ]);
  });

  test('keeps a backslash, and refuses a value that would begin another line', () => {
    const odd = serverProperties({ ...CONFIGURATION, logDirectory: 'C:\\data' });
    expect(entriesOf(odd).get('log.dirs')).toBe('C:\\\\data');
    expect(() => serverProperties({ ...CONFIGURATION, issuer: 'x\nsuper.users=User:y' })).toThrow(/line break/);
  });

  test('does not log the claims of refused tokens', () => {
    expect(LOG4J_PROPERTIES).toMatch(/OAuthBearerValidatorCallbackHandler\nlogger\.token\.level=ERROR/);
  });
});
