/** Starts that go wrong say what is wrong, where, and what to do; and two cities do not see each other. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { waitUntil } from '@citystreams/testing';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type City, launcherEnds, newDataDirectory, openCity } from './city/city.js';
import { processesOf } from './city/processes.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PATIENCE_MS = 60_000;
const scratch: string[] = [];

function folder(): string {
  const made = newDataDirectory();
  scratch.push(made);
  return made;
}

afterAll(() => {
  for (const made of scratch) rmSync(made, { recursive: true, force: true });
});

async function refusedStart(options: Parameters<typeof launcherEnds>[0]): Promise<string> {
  const dataDirectory = options.dataDirectory ?? folder();
  const { code, output } = await launcherEnds({ ...options, dataDirectory });
  expect(code).not.toBe(0);
  expect(output).not.toMatch(/^\s+at .*\.js:\d+/m);
  await waitUntil('nothing of it runs any more', () => processesOf(dataDirectory).length === 0, { timeoutMs: 3000 });
  return output;
}

const listening = (): Promise<{ server: Server; port: number }> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({ server, port: typeof address === 'object' && address !== null ? address.port : 0 });
    });
  });

describe('a start that cannot succeed says why, and leaves nothing behind', () => {
  test('words it does not know', async () => {
    const { code, output } = await launcherEnds({ dataDirectory: folder(), args: ['--citty', 'demo'] });
    expect(code).toBe(2);
    expect(output).toContain('--citty');
    expect(output).toContain('Usage:');
  });

  test(
    'a port that was asked for and is in use',
    async () => {
      const { server, port } = await listening();
      expect(await refusedStart({ args: ['--gateway-port', String(port)] })).toContain(String(port));
      server.close();
    },
    PATIENCE_MS,
  );

  test(
    'an address of Kafka that does not answer is no reason to start another',
    async () => {
      const output = await refusedStart({ env: { KAFKA_BROKERS: '127.0.0.1:1' } });
      expect(output).toContain('127.0.0.1:1');
      expect(output).toContain('KAFKA_BROKERS');
    },
    PATIENCE_MS,
  );

  test(
    'an address of PostgreSQL that does not answer, without its password in the message',
    async () => {
      const output = await refusedStart({ env: { DATABASE_URL: 'postgres://boss:hunter2@127.0.0.1:1/city' } });
      expect(output).toContain('127.0.0.1:1');
      expect(output).not.toContain('hunter2');
    },
    PATIENCE_MS,
  );

  test(
    'an issuer that does not answer',
    async () => {
      const accounts = join(folder(), 'accounts.json');
      writeFileSync(accounts, JSON.stringify({ clients: {} }));
      const output = await refusedStart({ env: { OIDC_ISSUER: 'http://127.0.0.1:1', ACCOUNTS_FILE: accounts } });
      expect(output).toContain('127.0.0.1:1');
    },
    PATIENCE_MS,
  );

  test(
    'neither an address nor a container engine nor Java: it names the three ways',
    async () => {
      const bin = folder();
      for (const tool of ['sh', 'setpriv', 'unshare', 'env']) symlinkSync(`/usr/bin/${tool}`, join(bin, tool));
      symlinkSync(process.execPath, join(bin, 'node'));
      const env = { PATH: bin, JAVA_HOME: '', DOCKER_HOST: 'unix:///nowhere', CITYSTREAMS_JARS: folder() };
      const output = await refusedStart({ env, anyWay: true });
      expect(output).toContain('KAFKA_BROKERS');
      expect(output).toMatch(/Docker/);
      expect(output).toMatch(/Java/);
    },
    PATIENCE_MS,
  );

  test(
    'a contract that is no JSON, and one with an unclassified field: every file at once, and nothing was started',
    async () => {
      const root = cityWithFiles();
      const flights = join(root, 'schemas/bao-an/flight-movement/v1.avsc');
      writeFileSync(flights, readFileSync(flights, 'utf8').replace('"type": "record",', '"type": "record"'));
      const weather = join(root, 'schemas/meteorology/weather-observation/v1.avsc');
      const contract = JSON.parse(readFileSync(weather, 'utf8')) as {
        fields: { name: string; classification?: unknown }[];
      };
      delete contract.fields[1]?.classification;
      writeFileSync(weather, JSON.stringify(contract));
      const output = await refusedStart({ root });
      expect(output).toContain('flight-movement/v1.avsc');
      expect(output).toContain('weather-observation/v1.avsc');
      expect(output).toContain(`"${contract.fields[1]?.name}" is not classified`);
    },
    PATIENCE_MS,
  );
});

describe('beside a running city', () => {
  let city: City;
  beforeAll(async () => {
    city = await openCity({ dataDirectory: folder(), args: ['--city', 'empty'] });
  }, 150_000);
  afterAll(() => city?.dispose(), 60_000);

  test(
    'a second start on the same data names the first',
    async () => {
      const { code, output } = await launcherEnds({ dataDirectory: city.dataDirectory, args: ['--city', 'empty'] });
      expect(code).not.toBe(0);
      expect(output).toContain(String(city.launcher));
      expect((await fetch(`${city.stack.gateway}/readyz`)).status).toBe(200);
    },
    PATIENCE_MS,
  );

  test('a second city on other data gets other ports and other secrets', async () => {
    const other = await openCity({ dataDirectory: folder(), args: ['--city', 'empty'] });
    try {
      expect(other.stack.gateway).not.toBe(city.stack.gateway);
      expect(other.stack.people['cdo']?.clientSecret).not.toBe(city.stack.people['cdo']?.clientSecret);
      const token = await tokenOf(city, 'cdo');
      expect(
        (await fetch(`${city.stack.gateway}/api/whoami`, { headers: { authorization: `Bearer ${token}` } })).status,
      ).toBe(200);
      expect(
        (await fetch(`${other.stack.gateway}/api/whoami`, { headers: { authorization: `Bearer ${token}` } })).status,
      ).toBe(401);
    } finally {
      await other.dispose();
    }
  }, 150_000);

  test('a wrong secret gets no token, and a wrong token no answer', async () => {
    const refused = await fetch(city.stack.tokenEndpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from('cdo:guessed').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: city.stack.httpAudience }),
    });
    expect(refused.status).toBe(401);
    const answer = await fetch(`${city.stack.gateway}/api/requests`, { headers: { authorization: 'Bearer x.y.z' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });

  test(
    'data that was damaged is named, with what to do',
    async () => {
      const { dataDirectory } = city;
      await city.stop();
      writeFileSync(join(dataDirectory, 'kafka/data/meta.properties'), 'rubbish');
      const { code, output } = await launcherEnds({ dataDirectory, args: ['--city', 'empty'] });
      expect(code).not.toBe(0);
      expect(output).toContain(join(dataDirectory, 'kafka'));
      expect(output).toContain('npm run reset');
      await waitUntil('nothing of it runs any more', () => processesOf(dataDirectory).length === 0, {
        timeoutMs: 3000,
      });
    },
    PATIENCE_MS,
  );
});

async function tokenOf(city: City, account: string): Promise<string> {
  const secret = city.stack.people[account]?.clientSecret ?? '';
  const answer = await fetch(city.stack.tokenEndpoint, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${account}:${encodeURIComponent(secret)}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: city.stack.httpAudience }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The repository with files of the city that may be spoiled: everything else is a link. */
function cityWithFiles(): string {
  const root = mkdtempSync(join(tmpdir(), 'citystreams-files-'));
  scratch.push(root);
  for (const name of ['node_modules', 'apps', 'libs', 'policy', 'package.json'])
    symlinkSync(join(ROOT, name), join(root, name));
  for (const name of ['schemas', 'tools/stack']) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    cpSync(join(ROOT, name), join(root, name), { recursive: true });
  }
  return root;
}
