import { afterEach, describe, expect, test } from '@jest/globals';
import { type Server, createServer } from 'node:net';
import { type PortLease, leasePort } from './port-lease.js';

const leases: PortLease[] = [];
const servers: Server[] = [];
afterEach(() => {
  for (const lease of leases.splice(0)) lease.release();
  for (const server of servers.splice(0)) server.close();
});

async function lease(preferred?: number, asked = false): Promise<PortLease> {
  const got = await leasePort({ name: 'gateway', preferred, asked });
  leases.push(got);
  return got;
}
const listen = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve());
    servers.push(server);
  });
const freePort = async (): Promise<number> => {
  const { port, release } = await lease();
  release();
  return port;
};

describe('a port', () => {
  test('is the usual one when nothing has it', async () => {
    const usual = await freePort();
    expect(await lease(usual)).toMatchObject({ port: usual, moved: false });
  });

  test('is the next free one when somebody listens there, and says so', async () => {
    const usual = await freePort();
    await listen(usual);
    const got = await lease(usual);
    expect(got.port).toBeGreaterThan(usual);
    expect(got).toMatchObject({ preferred: usual, moved: true });
  });

  test('is an error when it was asked for and somebody listens there', async () => {
    const asked = await freePort();
    await listen(asked);
    await expect(lease(asked, true)).rejects.toMatchObject({ code: 'PORT_IN_USE', port: asked, who: 'gateway' });
  });

  test('is given to one only, before anybody listens on it', async () => {
    const usual = await freePort();
    const all = await Promise.all(Array.from({ length: 8 }, () => lease(usual)));
    expect(new Set(all.map(({ port }) => port)).size).toBe(8);
  });

  test('is free again when released', async () => {
    const { port, release } = await lease();
    release();
    expect((await lease(port, true)).port).toBe(port);
  });
});
