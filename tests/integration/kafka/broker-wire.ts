import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/**
 * What becomes of one request: it passes, and its answer; its answer is held until `release`; the request itself is held
 * (`late`); the connection is cut instead of the answer, or in the midst of it; the broker does not get it (a Produce
 * request) and says that it leads none of the partitions.
 */
export type Fate = 'pass' | 'hold' | 'late' | 'cut' | 'cut-inside' | 'not-leader';

export interface WireRequest {
  readonly key: number;
  readonly version: number;
}

/**
 * A wire to a broker that a spec bends: it knows where requests and answers begin, so it can treat one of them. The
 * address that the broker tells of itself is replaced by the wire's own, so that every connection comes through it.
 */
export class BrokerWire {
  /** Asked for each request when it passes. */
  fate: (request: WireRequest) => Fate = () => 'pass';
  /** Sees each answer before its fate. */
  seen: (request: WireRequest, answer: Buffer) => void = () => undefined;
  readonly requests: WireRequest[] = [];
  readonly #server: Server;
  readonly #ends = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #releases = 0;
  #port = 0;

  private constructor(
    private readonly broker: { host: string; port: number },
    tls: { key: string; cert: string } | null,
  ) {
    const join = (near: Socket) => this.#join(near);
    this.#server = tls === null ? createServer(join) : createTlsServer(tls, join);
  }

  /** With `tls` its near end is secured, its far end is not. */
  static async open(address: string, tls: { key: string; cert: string } | null = null): Promise<BrokerWire> {
    const colon = address.lastIndexOf(':');
    const wire = new BrokerWire({ host: address.slice(0, colon), port: Number(address.slice(colon + 1)) }, tls);
    await new Promise<void>((resolve) => wire.#server.listen(0, wire.broker.host, resolve));
    wire.#port = (wire.#server.address() as AddressInfo).port;
    return wire;
  }

  get address(): string {
    return `${this.broker.host}:${this.#port}`;
  }

  get connections(): number {
    return this.#ends.size / 2;
  }

  /** Cuts every connection. */
  cut(): void {
    for (const end of this.#ends) end.destroy();
  }

  /** Lets through what is held, and what was to be held until now. */
  release(): void {
    this.#releases++;
    for (const pass of this.#held.splice(0)) pass();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(near: Socket): void {
    const far = connect(this.broker.port, this.broker.host);
    const asked = new Map<number, { request: WireRequest; fate: Fate; releases: number }>();
    // Answers keep the order of the requests: our own wait for the broker's before them.
    const order: number[] = [];
    const own: { behind: number | undefined; answer: Buffer }[] = [];
    const passOwn = () => {
      while (own[0] !== undefined && !order.includes(own[0].behind ?? -1)) near.write(own.shift()!.answer);
    };
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#ends.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined); // Its other end learns of it by 'close'.
      one.on('close', () => {
        this.#ends.delete(one);
        other.destroy();
      });
    }
    inFrames(near, (frame) => {
      const request = { key: frame.readInt16BE(4), version: frame.readInt16BE(6) };
      this.requests.push(request);
      const fate = this.fate(request);
      asked.set(frame.readInt32BE(8), { request, fate, releases: this.#releases });
      if (fate === 'late') this.#held.push(() => far.write(frame));
      else if (fate !== 'not-leader') far.write(frame);
      if (fate === 'not-leader') own.push({ behind: order.at(-1), answer: notLeader(frame) });
      else order.push(frame.readInt32BE(8));
      passOwn();
    });
    inFrames(far, (frame) => {
      const correlation = frame.readInt32BE(4);
      const { request, fate, releases } = asked.get(correlation) ?? { fate: 'pass' };
      asked.delete(correlation);
      this.#replaceAddress(frame);
      if (request !== undefined) this.seen(request, frame);
      if (fate === 'cut') near.destroy();
      else if (fate === 'cut-inside') near.write(frame.subarray(0, frame.length >> 1), () => near.destroy());
      else if (fate === 'hold' && releases === this.#releases) this.#held.push(() => near.write(frame));
      else near.write(frame);
      order.splice(order.indexOf(correlation), 1);
      passOwn();
    });
  }

  /** Host (compact string) and port, as brokers and coordinators are named. */
  #replaceAddress(frame: Buffer): void {
    const { host, port } = this.broker;
    const named = Buffer.from([host.length + 1, ...Buffer.from(host), 0, 0, port >> 8, port & 255]);
    for (let at = frame.indexOf(named); at >= 0; at = frame.indexOf(named, at + 1)) {
      frame.writeInt32BE(this.#port, at + 1 + host.length);
    }
  }
}

function inFrames(socket: Socket, take: (frame: Buffer) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 4 && rest.length >= 4 + rest.readInt32BE()) {
      const end = 4 + rest.readInt32BE();
      take(Buffer.from(rest.subarray(0, end)));
      rest = rest.subarray(end);
    }
  });
}

const NOT_LEADER_OR_FOLLOWER = 6;

/** The answer to a Produce request, version 12, of fewer than 127 topics with names shorter than that. */
function notLeader(request: Buffer): Buffer {
  let at = 12 + 2 + request.readInt16BE(12) + 1;
  at += request[at]! + 2 + 4;
  const topics = request[at++]! - 1;
  const answer: Buffer[] = [request.subarray(8, 12), Buffer.from([0, topics + 1])];
  for (let topic = 0; topic < topics; topic++) {
    const name = request.subarray(at, at + request[at]!);
    at += name.length;
    const partitions = request[at++]! - 1;
    answer.push(name, Buffer.from([partitions + 1]));
    for (let one = 0; one < partitions; one++) {
      const refused = Buffer.alloc(4 + 2 + 24 + 3, 0xff);
      request.copy(refused, 0, at, at + 4);
      refused.writeInt16BE(NOT_LEADER_OR_FOLLOWER, 4);
      refused.set([1, 0, 0], refused.length - 3);
      answer.push(refused);
      at += 4;
      let [length, shift, byte] = [0, 0, 0];
      do {
        byte = request[at++]!;
        length += (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      at += length - 1 + 1;
    }
    at++;
    answer.push(Buffer.from([0]));
  }
  answer.push(Buffer.alloc(5));
  const length = Buffer.alloc(4);
  length.writeInt32BE(answer.reduce((sum, { length: bytes }) => sum + bytes, 0));
  return Buffer.concat([length, ...answer]);
}
