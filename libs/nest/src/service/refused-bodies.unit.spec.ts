import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { readRefusedBodies } from './refused-bodies.js';

let fastify: FastifyInstance;
let port: number;
beforeAll(async () => {
  fastify = Fastify({ bodyLimit: 1_000 });
  readRefusedBodies(fastify);
  fastify.post('/', () => 'taken');
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = fastify.server.address() as { port: number });
});
afterAll(() => fastify.close());

/** Sends all of it, and only then looks at what came back; until the server closes the connection. */
async function sendFirst(head: string[], body: (write: (bytes: Buffer) => Promise<void>) => Promise<void>) {
  const socket = connect(port, '127.0.0.1').pause();
  const write = (bytes: Buffer): Promise<void> =>
    new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve())));
  await write(Buffer.from(['POST / HTTP/1.1', 'host: x', 'connection: close', ...head, '', ''].join('\r\n')));
  await body(write);
  return text(socket);
}

const MEBIBYTE = Buffer.alloc(1_048_576, 32);
const JSON_TYPE = 'content-type: application/json';

test('one who sends far too much reads the refusal, not a broken connection', async () => {
  const answer = await sendFirst([JSON_TYPE, `content-length: ${20 * MEBIBYTE.length}`], async (write) => {
    for (let i = 0; i < 20; i += 1) await write(MEBIBYTE);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test('also where the length is not told before', async () => {
  const answer = await sendFirst([JSON_TYPE, 'transfer-encoding: chunked'], async (write) => {
    for (let i = 0; i < 10; i += 1) {
      await write(Buffer.from(`${MEBIBYTE.length.toString(16)}\r\n`));
      await write(MEBIBYTE);
      await write(Buffer.from('\r\n'));
    }
    await write(Buffer.from('0\r\n\r\n'));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
});

test('and where the type is one that nobody reads', async () => {
  const answer = await sendFirst(
    ['content-type: text/csv', `content-length: ${8 * MEBIBYTE.length}`],
    async (write) => {
      for (let i = 0; i < 8; i += 1) await write(MEBIBYTE);
    },
  );
  expect(answer).toMatch(/^HTTP\/1\.1 415 /);
});

test('one who sends without an end is not listened to without an end', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${JSON_TYPE}\r\ncontent-length: 99999999999\r\n\r\n`);
  let sent = 0;
  const closed = new Promise<void>((resolve) => socket.on('error', () => resolve()).on('close', () => resolve()));
  const more = (): void => {
    while (!socket.destroyed && socket.write(MEBIBYTE)) sent += 1;
    sent += 1;
  };
  socket.on('drain', more).resume();
  more();
  await closed;
  expect(sent).toBeGreaterThanOrEqual(30);
  expect(sent).toBeLessThan(200);
});
