import { asKafkaFailure, KafkaFailure } from '../../failure.js';
import { type KafkaSettings, tlsOptions } from '../../settings.js';
import type { DataPathLimits } from '../data-path.js';
import { API_VERSIONS } from '../messages/api.versions.js';
import { authenticate } from '../wire/authentication.js';
import { Connection, type ConnectionOptions } from '../wire/connection.js';
import { type Address, addressText } from '../wire/socket.js';
import { missingIn } from './required.versions.js';

/**
 * What a connection is for. A broker answers the requests of a connection one after the other, so what waits there on
 * purpose (fetches, joining a group) must not share one with what is in a hurry.
 */
export type Role = string;

const keyOf = (address: Address, role: Role) => `${addressText(address)} ${role}`;

/** Kept between answers: small ones, and those of fetches. */
const SMALL_BYTES = 256 * 1024;
/** A broker hangs up on who says nothing for a while: after so long it is asked whether it still listens. */
const ASK_AFTER_IDLE_MS = 3_000;

/** One connection for each broker and role, opened when first needed, and anew after it broke. */
export class Connections {
  readonly #open = new Map<string, Promise<Connection>>();
  readonly #opened = new Map<string, Connection>();
  readonly #options: ConnectionOptions;
  #closed = false;

  /** Throws `OTHER` if the settings name a certificate file that cannot be read. */
  constructor(
    private readonly settings: KafkaSettings,
    limits: DataPathLimits,
  ) {
    this.#options = {
      clientId: settings.clientId,
      tls: settings.securityProtocol === 'SASL_SSL' ? tlsOptions(settings) : null,
      withinMs: limits.connectWithinMs,
      answerWithinMs: limits.answerWithinMs,
      mostAnswerBytes: limits.mostAnswerBytes,
      keepBytes: SMALL_BYTES,
    };
  }

  /**
   * A connection that is logged in and was alive a moment ago. `keepBytes`: of its answers' buffer, when it is opened.
   * Throws `UNREACHABLE`, `TOKEN_REFUSED`, `TOKEN_UNAVAILABLE`, or `OTHER` for a broker that is too old; then nothing was
   * sent.
   */
  async get(address: Address, role: Role, keepBytes = SMALL_BYTES): Promise<Connection> {
    const key = keyOf(address, role);
    for (;;) {
      const known = this.#open.get(key);
      if (known === undefined) return this.#start(key, address, keepBytes);
      const connection = await known;
      if (connection.failure === undefined && (await this.#answers(connection))) return connection;
      if (this.#open.get(key) === known) this.#open.delete(key);
    }
  }

  /** The connection, if it is there and was alive a moment ago. */
  live(address: Address, role: Role): Connection | undefined {
    const connection = this.#opened.get(keyOf(address, role));
    const isLive = connection?.failure === undefined && (connection?.idleMs ?? Infinity) < ASK_AFTER_IDLE_MS;
    return isLive ? connection : undefined;
  }

  /** Ends every connection of a role; who waits for an answer gets a failure. */
  closeRole(role: Role): void {
    for (const [key, opening] of this.#open) if (key.endsWith(` ${role}`)) this.#end(key, opening);
  }

  close(): void {
    this.#closed = true;
    for (const [key, opening] of this.#open) this.#end(key, opening);
  }

  #end(key: string, opening: Promise<Connection>): void {
    this.#open.delete(key);
    opening.then(
      (connection) => connection.close(),
      () => undefined,
    );
  }

  #start(key: string, address: Address, keepBytes: number): Promise<Connection> {
    if (this.#closed) return Promise.reject(new KafkaFailure('OTHER', 'The data path is closed'));
    const opening = this.#connect(address, keepBytes);
    this.#open.set(key, opening);
    opening.then(
      (connection) => {
        this.#opened.set(key, connection);
        connection.onEnd(() => {
          if (this.#opened.get(key) === connection) this.#opened.delete(key);
          if (this.#open.get(key) === opening) this.#open.delete(key);
        });
      },
      () => {
        if (this.#open.get(key) === opening) this.#open.delete(key);
      },
    );
    return opening;
  }

  async #connect(address: Address, keepBytes: number): Promise<Connection> {
    const connection = await Connection.open(address, { ...this.#options, keepBytes });
    try {
      const missing = missingIn(await connection.ask(API_VERSIONS, null), addressText(address));
      if (missing !== undefined) throw missing;
      await authenticate(connection, this.settings.auth);
      if (this.#closed) throw new KafkaFailure('OTHER', 'The data path is closed');
      return connection;
    } catch (error) {
      connection.close();
      throw asKafkaFailure(error);
    }
  }

  async #answers(connection: Connection): Promise<boolean> {
    if (connection.idleMs < ASK_AFTER_IDLE_MS) return true;
    return connection.ask(API_VERSIONS, null, { withinMs: this.#options.withinMs }).then(
      () => true,
      () => false,
    );
  }
}
