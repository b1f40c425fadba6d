import { describe, expect, test } from '@jest/globals';
import { type LauncherOptions, readOptions, USAGE } from './options.js';

const ROOT = '/repository';
const problemsOf = (line: string, env: Record<string, string> = {}): string => {
  const asked = readOptions(line === '' ? [] : line.split(' '), env, ROOT);
  return asked.kind === 'usage' ? asked.problems.join('\n') : '';
};
function optionsOf(line: string, env: Record<string, string> = {}): LauncherOptions {
  const asked = readOptions(line === '' ? [] : line.split(' '), env, ROOT);
  if (asked.kind !== 'run') throw new Error(JSON.stringify(asked));
  return asked.options;
}

describe('without options', () => {
  test('the demonstration city runs in .citystreams of the repository, on the usual ports, which may move', () => {
    const { city, rate, dataDirectory, ports, only } = optionsOf('');
    expect({ city, rate, dataDirectory }).toEqual({ city: 'demo', rate: 5, dataDirectory: '/repository/.citystreams' });
    expect(ports.gateway).toEqual({ preferred: 8080, asked: false });
    expect(ports.postgres).toEqual({ preferred: 15432, asked: false });
    expect(only.size).toBe(8);
  });
});

describe('ports', () => {
  test('asked for by option, by variable or by base may not move; the nearer word wins', () => {
    const env = { CITYSTREAMS_ROUTER_PORT: '9001' };
    const { ports } = optionsOf('--port-base 7000 --gateway-port 9000', env);
    expect(ports.gateway).toEqual({ preferred: 9000, asked: true });
    expect(ports.router).toEqual({ preferred: 9001, asked: true });
    expect(ports.catalogue).toEqual({ preferred: 7001, asked: true });
    expect(ports.postgres).toEqual({ preferred: 7006, asked: true });
  });

  test('asked for twice are refused', () => {
    expect(problemsOf('--gateway-port 9000 --router-port 9000')).toContain('port 9000 is asked for by both');
  });
});

describe('--only', () => {
  test('names parts, and what they need', () => {
    expect([...optionsOf('--only kafka,postgres,identity').only]).toEqual(['kafka', 'postgres', 'identity']);
    expect(problemsOf('--only router')).toContain('router needs kafka, identity');
    expect(problemsOf('--only kafka,zookeeper')).toContain('"zookeeper"');
  });

  test('may leave out what is given by address', () => {
    const env = { KAFKA_BROKERS: 'b:9092', OIDC_ISSUER: 'https://issuer.example', ACCOUNTS_FILE: '/a.json' };
    const { only, given } = optionsOf('--only router', env);
    expect([...only]).toEqual(['router']);
    expect(given.kafka?.brokers).toEqual(['b:9092']);
    expect(given.issuer).toEqual({ url: 'https://issuer.example', accountsFile: '/a.json' });
  });
});

describe('--registry open', () => {
  test('is the registry alone, with its data apart from the city’s', () => {
    const { registry, city, rate, only, dataDirectory } = optionsOf('--registry open');
    expect({ registry, city, rate, dataDirectory }).toEqual({
      registry: 'open',
      city: 'empty',
      rate: null,
      dataDirectory: '/repository/.citystreams/open-registry',
    });
    expect([...only]).toEqual(['kafka', 'postgres', 'identity', 'catalogue']);
    expect([...optionsOf('--registry open --only postgres,catalogue').only]).toEqual(['postgres', 'catalogue']);
  });

  test('has no city around it', () => {
    expect(problemsOf('--registry open --city demo')).toContain('no city');
    expect(problemsOf('--registry open --only catalogue,gateway')).toContain('"gateway"');
    expect(problemsOf('--registry open --only catalogue')).toContain('catalogue needs postgres');
    expect(problemsOf('--registry closed')).toContain('city or open');
  });
});

describe('what is wrong', () => {
  test('is told all at once', () => {
    const problems = problemsOf('--citty demo --rate fast --city village extra', { DATABASE_URL: 'mysql://x' });
    expect(problems).toContain('unknown option --citty');
    expect(problems).toContain('"fast"');
    expect(problems).toContain('"village" is not empty or demo');
    expect(problems).toContain('unknown word "extra"');
    expect(problems).toContain('DATABASE_URL is not a postgres:// address');
  });

  test.each([
    ['--rate 0', 'above 0'],
    ['--rate', 'needs a value'],
    ['--gateway-port 70000', 'at most 65535'],
    ['--gateway-port 80.5', 'whole number'],
    ['--no-demo-feed=yes', 'takes no value'],
    ['--kafka java', 'docker or local'],
  ])('%s', (line, words) => {
    expect(problemsOf(line)).toContain(words);
  });

  test('an issuer by address without the accounts there', () => {
    expect(problemsOf('', { OIDC_ISSUER: 'https://issuer.example' })).toContain('ACCOUNTS_FILE');
  });
});

test('a city without feeds has no rate', () => {
  expect(optionsOf('--no-demo-feed').rate).toBeNull();
  expect(optionsOf('--city empty').rate).toBeNull();
  expect(optionsOf('--rate 0.5').rate).toBe(0.5);
});

test('--help wins over everything else, and names every option', () => {
  expect(readOptions(['--nonsense', '--help'], {}, ROOT).kind).toBe('help');
  for (const option of ['--city', '--registry', '--rate', '--no-demo-feed', '--only', '--port-base'])
    expect(USAGE).toContain(option);
});
