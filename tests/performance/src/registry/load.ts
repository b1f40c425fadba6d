/**
 * A client that asks one thing over and over, as a process of its own: its time is nobody else's.
 * `load.js <json of LoadPlan>`; its answer is one line of JSON.
 */
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

export interface LoadPlan {
  readonly url: string;
  readonly path: string;
  /** Sent by POST; null: GET. */
  readonly body: string | null;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly perSecond: number;
  /** Answers other than 200; there must be none. */
  readonly refused: number;
}

const HEAD_END = '\r\n\r\n';

function requestOf({ url, path, body }: LoadPlan): Buffer {
  const type = 'application/vnd.schemaregistry.v1+json';
  const lines = [`${body === null ? 'GET' : 'POST'} ${path} HTTP/1.1`, `host: ${new URL(url).host}`, `accept: ${type}`];
  if (body !== null) lines.push(`content-type: ${type}`, `content-length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}${HEAD_END}${body ?? ''}`);
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const request = requestOf(plan);
  const { hostname, port } = new URL(plan.url);
  let answered = 0;
  let refused = 0;
  for (let i = 0; i < plan.connections; i += 1) {
    const socket = connect(Number(port), hostname, () => socket.write(request));
    socket.setNoDelay(true);
    let rest = Buffer.alloc(0);
    socket.on('data', (data) => {
      rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
      for (;;) {
        const end = rest.indexOf(HEAD_END);
        if (end < 0) return;
        const head = rest.toString('latin1', 0, end);
        const length = end + HEAD_END.length + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        if (rest.length < length) return;
        if (!head.startsWith('HTTP/1.1 200')) refused += 1;
        rest = rest.subarray(length);
        answered += 1;
        socket.write(request);
      }
    });
  }
  await setTimeout(plan.warmUpSeconds * 1_000);
  const [before, began] = [answered, performance.now()];
  await setTimeout(plan.seconds * 1_000);
  return { perSecond: ((answered - before) * 1_000) / (performance.now() - began), refused };
}

process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '') as LoadPlan))}\n`);
process.exit(0);
