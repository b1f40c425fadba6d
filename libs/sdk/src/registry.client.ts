import { KafkaFailure, type TokenSource } from '@citystreams/kafka';
import { z } from 'zod';

/** Where schemas are registered, and the tokens (HTTP audience) to ask there. */
export interface RegistrySettings {
  url: string;
  tokens: TokenSource;
}

/**
 * Why the registry did not do what was asked.
 *
 * - `UNREACHABLE`: no answer, or the registry is in trouble itself. May pass.
 * - `REFUSED`: it does not let this caller do that, for now: wrong credentials, or no right (yet).
 * - `NOT_FOUND`: the subject or schema is not there (yet).
 * - `INCOMPATIBLE`: the schema does not follow the versions before it.
 * - `INVALID`: it is not a schema or not a contract.
 */
export type RegistryFailureCode = 'UNREACHABLE' | 'REFUSED' | 'NOT_FOUND' | 'INCOMPATIBLE' | 'INVALID';

/** May the same call succeed later without another schema? */
const RETRIABLE: Record<RegistryFailureCode, boolean> = {
  UNREACHABLE: true,
  REFUSED: true,
  NOT_FOUND: true,
  INCOMPATIBLE: false,
  INVALID: false,
};

export class RegistryFailure extends Error {
  readonly retriable: boolean;

  constructor(
    readonly code: RegistryFailureCode,
    message: string,
    options: { cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'RegistryFailure';
    this.retriable = RETRIABLE[code];
  }
}

const Registered = z.object({ id: z.number().int() });
const SchemaById = z.object({ schema: z.string() });
const RegistryError = z.object({ message: z.string() });

const ANSWER_WITHIN_MS = 10_000;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';

/** The Confluent Schema Registry API, as far as a publisher and a subscriber need it. It repeats nothing. */
export class RegistryClient {
  readonly #schemas = new Map<number, Promise<string>>();

  constructor(private readonly settings: RegistrySettings) {}

  /** The id under which the subject has this schema; registers it if it has not. */
  async idOf(subject: string, schema: string): Promise<number> {
    const path = `/subjects/${encodeURIComponent(subject)}`;
    try {
      return (await this.#ask('POST', path, Registered, { schema })).id;
    } catch (error) {
      if (!(error instanceof RegistryFailure) || error.code !== 'NOT_FOUND') throw error;
      return (await this.#ask('POST', `${path}/versions`, Registered, { schema })).id;
    }
  }

  /** A schema never changes, so it is asked for once. */
  schema(id: number): Promise<string> {
    let schema = this.#schemas.get(id);
    if (schema === undefined) {
      schema = this.#ask('GET', `/schemas/ids/${id}`, SchemaById).then((answer) => answer.schema);
      this.#schemas.set(id, schema);
      schema.catch(() => this.#schemas.delete(id));
    }
    return schema;
  }

  async #ask<T>(method: 'GET' | 'POST', path: string, shape: z.ZodType<T>, body?: unknown): Promise<T> {
    const token = await this.#token();
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(`${this.settings.url.replace(/\/$/, '')}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          accept: `${MEDIA_TYPE}, application/json`,
          ...(body === undefined ? {} : { 'content-type': MEDIA_TYPE }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      answer = await response.json();
    } catch (cause) {
      throw new RegistryFailure('UNREACHABLE', `The registry does not answer at ${this.settings.url}`, { cause });
    }
    if (!response.ok) throw new RegistryFailure(codeOfStatus(response.status), reasonIn(answer, response.status, path));
    const parsed = shape.safeParse(answer);
    if (!parsed.success) {
      throw new RegistryFailure('UNREACHABLE', `${this.settings.url}${path} does not answer as a registry does`);
    }
    return parsed.data;
  }

  async #token(): Promise<string> {
    try {
      return await this.settings.tokens.token();
    } catch (cause) {
      const refused = cause instanceof KafkaFailure && cause.code === 'TOKEN_REFUSED';
      const message = cause instanceof Error ? cause.message : 'No token for the registry';
      throw new RegistryFailure(refused ? 'REFUSED' : 'UNREACHABLE', message, { cause });
    }
  }
}

function codeOfStatus(status: number): RegistryFailureCode {
  if (status === 404) return 'NOT_FOUND';
  if (status === 409) return 'INCOMPATIBLE';
  if (status === 401 || status === 403) return 'REFUSED';
  return status >= 500 || status === 429 || status === 408 ? 'UNREACHABLE' : 'INVALID';
}

function reasonIn(answer: unknown, status: number, path: string): string {
  const parsed = RegistryError.safeParse(answer);
  return `Registry, ${path}: ${parsed.success ? parsed.data.message : `status ${status}`}`;
}
