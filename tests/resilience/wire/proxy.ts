/**
 * A proxy in front of every broker. It understands just enough of the protocol to break one chosen request or answer,
 * and keeps a book of what passed, so that a scenario can prove that its fault happened.
 *
 * The brokers advertise the proxy's addresses to clients, so nothing in an answer has to be rewritten.
 */
import { createServer, type Server, type Socket, connect } from 'node:net';
import { once } from 'node:events';
import { errorsIn, framed, FrameSplitter, type RequestHead, requestHead, transactionOf } from './frames.js';

export interface Passing extends RequestHead {
  readonly kind: 'request' | 'answer';
  /** Which connection; they are numbered in the order in which they came. */
  readonly connection: number;
  readonly node: number;
  readonly message: Buffer;
  /** Of requests about a transaction. */
  readonly transaction: { id: string; commits: boolean | null } | null;
  /** Of answers: every error code in it that the proxy can read. */
  readonly errors: readonly number[];
}

/** What the book keeps of a message. */
export type Entry = Omit<Passing, 'message'>;

/**
 * What becomes of one message: `pass`; `drop`: it is never delivered, the connection stays; `cut`: it is not delivered
 * and the connection breaks; `{ cutAfter }`: so many of its bytes are delivered, then the connection breaks; a promise:
 * it and everything behind it waits until the promise resolves, also when the other side hangs up meanwhile.
 */
export type Fate = 'pass' | 'drop' | 'cut' | { cutAfter: number } | Promise<void>;
/** Undefined: not my business. */
export type Fault = (message: Passing) => Fate | undefined;

export interface KafkaProxy {
  /** Address to advertise for each node. */
  readonly addresses: readonly string[];
  /** Every message from now on is shown to the fault, newest fault first. Returns how to take it away again. */
  add(fault: Fault): () => void;
  /** Takes every fault away, and begins the book anew. */
  clear(): void;
  /** Breaks every open connection; returns how many that were. */
  cutAll(): number;
  /** Breaks one connection for its client; what was on its way to the broker still arrives there. */
  cutClient(connection: number): void;
  /** Sends the end of the stream to every client and goes on reading from it; returns how many. */
  halfCloseAll(): number;
  /** No new connections, as if nobody listened. */
  refuse(refusing: boolean): void;
  /** Messages that came through since it was begun, without their bytes. */
  readonly book: readonly Entry[];
  openConnections(): number;
  close(): Promise<void>;
}

export interface ProxyTarget {
  readonly node: number;
  readonly listenPort: number;
  readonly brokerPort: number;
}

const HOST = '127.0.0.1';
/** Of a client that is gone; a broker parks a fetch for less. */
const ANSWER_WITHIN_MS = 10_000;
const MOST_IN_BOOK = 200_000;

export async function openProxy(targets: readonly ProxyTarget[]): Promise<KafkaProxy> {
  const faults: Fault[] = [];
  const book: Entry[] = [];
  const links = new Set<Link>();
  let refusing = false;
  let count = 0;

  const judge = (passing: Passing): Fate => {
    const { message: _, ...entry } = passing;
    if (book.length < MOST_IN_BOOK) book.push(entry);
    for (const fault of faults) {
      const fate = fault(passing);
      if (fate !== undefined) return fate;
    }
    return 'pass';
  };

  const servers = await Promise.all(
    targets.map(async ({ node, listenPort, brokerPort }) => {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
        if (refusing) {
          client.destroy();
          return;
        }
        const link = new Link(client, brokerPort, { node, connection: ++count, judge });
        links.add(link);
        link.whenGone(() => links.delete(link));
      });
      server.listen(listenPort, HOST);
      await once(server, 'listening');
      return server;
    }),
  );

  return {
    addresses: targets.map(({ listenPort }) => `${HOST}:${listenPort}`),
    add(fault) {
      faults.unshift(fault);
      return () => {
        const index = faults.indexOf(fault);
        if (index >= 0) faults.splice(index, 1);
      };
    },
    clear() {
      faults.splice(0);
      book.splice(0);
    },
    cutAll() {
      const open = [...links];
      for (const link of open) link.cut();
      return open.length;
    },
    cutClient(connection) {
      for (const link of links) if (link.connection === connection) link.cutClient();
    },
    halfCloseAll() {
      const open = [...links];
      for (const link of open) link.halfClose();
      return open.length;
    },
    refuse: (value) => void (refusing = value),
    book,
    openConnections: () => links.size,
    async close() {
      for (const link of links) link.cut();
      await Promise.all(servers.map(ended));
    },
  };
}

const ended = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

interface LinkContext {
  readonly node: number;
  readonly connection: number;
  judge(passing: Passing): Fate;
}

/** One client connection and the broker connection behind it. */
class Link {
  private readonly broker: Socket;
  private readonly asked = new Map<number, RequestHead>();
  private clientGone = false;

  constructor(
    private readonly client: Socket,
    brokerPort: number,
    private readonly context: LinkContext,
  ) {
    this.broker = connect({ host: HOST, port: brokerPort, allowHalfOpen: true, noDelay: true });
    for (const socket of [client, this.broker]) socket.on('error', () => undefined);
    const towardsBroker = this.carry(client, this.broker, (message) => this.request(message));
    const towardsClient = this.carry(this.broker, client, (message) => this.answer(message));
    client.on('end', () => void towardsBroker().then(() => this.broker.end()));
    this.broker.on('end', () => void towardsClient().then(() => client.end()));
    client.on('close', () => {
      this.clientGone = true;
      // What a fault holds back is still delivered, and its answer is read: it belongs into the book.
      void towardsBroker().then(() => this.endWhenAnswered());
    });
    this.broker.on('close', () => void towardsClient().then(() => client.destroy()));
  }

  get connection(): number {
    return this.context.connection;
  }

  whenGone(listener: () => void): void {
    this.broker.once('close', listener);
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.broker.destroy();
  }

  cutClient(): void {
    this.client.resetAndDestroy();
  }

  halfClose(): void {
    this.client.end();
  }

  private endWhenAnswered(): void {
    if (this.asked.size === 0) return void this.broker.end();
    setTimeout(() => this.broker.destroy(), ANSWER_WITHIN_MS).unref();
  }

  /** Moves whole messages one after the other; returns how to wait for those that are on their way. */
  private carry(from: Socket, to: Socket, judge: (message: Buffer) => Fate): () => Promise<void> {
    const splitter = new FrameSplitter();
    let line = Promise.resolve();
    let waiting = false;
    from.on('data', (chunk: Buffer) => {
      for (const message of splitter.push(chunk)) {
        const fate = judge(message);
        // In step with what came before; without a wait in the line nothing has to wait for a turn of the event loop.
        if (!waiting && !(fate instanceof Promise)) this.deliver(message, to, fate);
        else {
          waiting = true;
          line = line
            .then(() => (fate instanceof Promise ? fate : undefined))
            .then(() => {
              this.deliver(message, to, fate instanceof Promise ? 'pass' : fate);
            });
        }
      }
    });
    return () => line;
  }

  private deliver(message: Buffer, to: Socket, fate: Exclude<Fate, Promise<void>>): void {
    if (fate === 'drop') return;
    if (fate === 'cut') return this.cut();
    const bytes = framed(message);
    if (fate === 'pass') {
      if (to.writable) to.write(bytes);
      return;
    }
    to.write(bytes.subarray(0, fate.cutAfter), () => this.cut());
  }

  private request(message: Buffer): Fate {
    const head = requestHead(message);
    this.asked.set(head.correlation, head);
    return this.context.judge({
      ...head,
      kind: 'request',
      connection: this.context.connection,
      node: this.context.node,
      message,
      transaction: transactionOf(message),
      errors: [],
    });
  }

  private answer(message: Buffer): Fate {
    const head = this.asked.get(message.readInt32BE(0));
    if (head === undefined) return 'pass';
    this.asked.delete(head.correlation);
    const fate = this.context.judge({
      ...head,
      kind: 'answer',
      connection: this.context.connection,
      node: this.context.node,
      message,
      transaction: null,
      errors: errorsIn(head, message),
    });
    if (!this.clientGone) return fate;
    if (this.asked.size === 0) this.broker.end();
    return 'drop';
  }
}
