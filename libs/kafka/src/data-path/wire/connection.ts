import type { Socket } from 'node:net';
import { asKafkaFailure, KafkaFailure } from '../../failure.js';
import type { Message } from '../messages/message.js';
import { AnswerReader, malformedAnswer } from './answer.reader.js';
import { InputBuffer, type InputBufferLimits } from './input.buffer.js';
import { completeRequest, writeRequestHeader } from './request.header.js';
import { RequestWriter } from './request.writer.js';
import { type Address, addressText, openSocket, type SocketOptions } from './socket.js';

export interface ConnectionOptions extends SocketOptions, InputBufferLimits {
  clientId: string;
  answerWithinMs: number;
}

interface Pending {
  readonly message: Message<never, unknown>;
  readonly correlation: number;
  readonly resolve: (answer: never) => void;
  readonly reject: (failure: KafkaFailure) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One socket to one broker. Requests go out in the order of the calls and are answered in that order:
 *
 *     request   header (`writeRequestHeader`), body
 *     answer    int32 length, int32 correlation id[, tags], body
 *
 * It ends for good at the first thing that is wrong with it: an answer late, out of order or malformed, a socket error.
 * Whoever waits then gets a failure, and does not know what became of the request.
 */
export class Connection {
  readonly #reader = new AnswerReader();
  readonly #pending: Pending[] = [];
  readonly #input: InputBuffer;
  readonly #onEnd: ((failure: KafkaFailure) => void)[] = [];
  #socket: Socket | undefined;
  #correlation = 0;
  #failure: KafkaFailure | undefined;
  /** Requests that wait for a re-authentication to be over; null: there is none. */
  #held: (() => void)[] | null = null;
  #usedAt = Date.now();

  private constructor(
    readonly address: Address,
    private readonly options: ConnectionOptions,
  ) {
    this.#input = new InputBuffer(options);
  }

  static async open(address: Address, options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(address, options);
    const incoming = {
      free: () => connection.#input.free(),
      received: (bytes: number) => connection.#received(bytes),
    };
    const socket = await openSocket(address, incoming, options);
    connection.#socket = socket;
    socket.on('error', (cause) => connection.#end(connection.#lost(cause)));
    socket.on('close', () => connection.#end(connection.#lost()));
    // A broker that hangs up sends an end first; nothing can be asked after it.
    socket.on('end', () => connection.#end(connection.#lost()));
    return connection;
  }

  /** Why it ended; undefined while it can be used. */
  get failure(): KafkaFailure | undefined {
    return this.#failure;
  }

  /** Milliseconds since the last request or answer; 0 while an answer is awaited. */
  get idleMs(): number {
    return this.#pending.length > 0 || this.#held !== null ? 0 : Date.now() - this.#usedAt;
  }

  /** Called once, when it ends; at once if it has. */
  onEnd(listener: (failure: KafkaFailure) => void): void {
    if (this.#failure === undefined) this.#onEnd.push(listener);
    else listener(this.#failure);
  }

  /** `expectedBytes`: about how long the request will be; `withinMs`: how long its answer may take. */
  async ask<Request, Answer>(
    message: Message<Request, Answer>,
    request: Request,
    { expectedBytes, withinMs }: { expectedBytes?: number; withinMs?: number } = {},
  ): Promise<Answer> {
    if (this.#failure !== undefined) throw this.#failure;
    const writer = new RequestWriter(expectedBytes);
    writeRequestHeader(writer, message, this.options.clientId);
    message.write(writer, request);
    return this.#answer(message, writer, withinMs ?? this.options.answerWithinMs, false);
  }

  /**
   * Logs in anew while others use the connection. `login` gets an `ask` of its own; all other requests wait until it is
   * over, because a broker accepts nothing between the parts of a login. If it fails the connection ends.
   */
  async withOthersWaiting(login: (ask: Connection['ask']) => Promise<void>): Promise<void> {
    this.#held ??= [];
    try {
      await login((message, request) => {
        const writer = new RequestWriter();
        writeRequestHeader(writer, message, this.options.clientId);
        message.write(writer, request);
        return this.#answer(message, writer, this.options.answerWithinMs, true);
      });
    } catch (error) {
      this.#end(asKafkaFailure(error));
      throw error;
    } finally {
      const held = this.#held ?? [];
      this.#held = null;
      for (const send of held) send();
    }
  }

  close(): void {
    this.#end(new KafkaFailure('UNREACHABLE', `The connection to broker ${addressText(this.address)} was closed`));
  }

  #answer<Request, Answer>(
    message: Message<Request, Answer>,
    writer: RequestWriter,
    withinMs: number,
    ahead: boolean,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const send = () => {
        if (this.#failure !== undefined) return reject(this.#failure);
        const correlation = (this.#correlation + 1) & 0x7fffffff;
        this.#correlation = correlation;
        const timer = setTimeout(() => this.#end(this.#late(message.name, withinMs)), withinMs);
        this.#pending.push({ message, correlation, resolve, reject, timer });
        this.#write(completeRequest(writer, correlation));
      };
      if (this.#held === null || ahead) send();
      else this.#held.push(send);
    });
  }

  #write(parts: readonly Buffer[]): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    this.#usedAt = Date.now();
    if (parts.length === 1) {
      socket.write(parts[0]!);
      return;
    }
    socket.cork();
    for (const part of parts) socket.write(part);
    socket.uncork();
  }

  #received(bytes: number): void {
    // Bytes of a connection that was given up.
    if (this.#failure !== undefined) return;
    this.#usedAt = Date.now();
    try {
      this.#input.received(bytes, (buffer, start, end) => this.#take(buffer, start, end));
    } catch (error) {
      this.#end(asKafkaFailure(error));
    }
  }

  #take(buffer: Buffer, start: number, end: number): void {
    if (this.#failure !== undefined) return;
    const pending = this.#pending[0];
    const reader = this.#reader.open(buffer, start, end);
    const correlation = reader.int32();
    if (pending === undefined || pending.correlation !== correlation) {
      throw malformedAnswer(`correlation id ${correlation}, which nobody waits for`);
    }
    if (pending.message.header === 'flexible') reader.skipTags();
    const answer = pending.message.read(reader);
    if (pending.message.header === 'flexible') reader.finish();
    this.#pending.shift();
    clearTimeout(pending.timer);
    pending.resolve(answer as never);
  }

  #end(failure: KafkaFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.#socket?.destroy();
    const pending = this.#pending.splice(0);
    const held = this.#held ?? [];
    this.#held = null;
    for (const one of pending) {
      clearTimeout(one.timer);
      one.reject(failure);
    }
    for (const send of held) send();
    for (const listener of this.#onEnd.splice(0)) listener(failure);
  }

  #lost(cause?: Error): KafkaFailure {
    const message = `The connection to broker ${addressText(this.address)} broke off`;
    return new KafkaFailure('UNREACHABLE', message, cause === undefined ? {} : { cause });
  }

  #late(what: string, withinMs: number): KafkaFailure {
    const message = `Broker ${addressText(this.address)} did not answer a ${what} request within ${withinMs} ms`;
    return new KafkaFailure('UNREACHABLE', message);
  }
}
