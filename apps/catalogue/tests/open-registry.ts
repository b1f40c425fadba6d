/** An open registry: real database, spoken to over HTTP by anybody. */
import { createService } from '@citystreams/nest';
import { type FreshDatabase, stack } from '@citystreams/testing';
import { OpenRegistrySettings } from '../src/config.js';
import { openRegistryService } from '../src/service.js';

export const REGISTRY_TYPE = 'application/vnd.schemaregistry.v1+json';

export interface Told {
  status: number;
  headers: Headers;
  /** Parsed, unchecked: each test says what it expects. Undefined for an empty body. */
  body: unknown;
}

export interface OpenRegistry {
  url: string;
  database: FreshDatabase;
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Told>;
  get(path: string): Promise<unknown>;
  /** Registers; the answer. */
  register(subject: string, schema: unknown, more?: object, query?: string): Promise<Told>;
  /** A subject that no other test uses. */
  fresh(): string;
  /** Status and code of an error. */
  code(method: string, path: string, body?: unknown): Promise<[number, number]>;
  close(): Promise<void>;
}

export const schemaBody = (schema: unknown, more: object = {}): object => ({
  schema: typeof schema === 'string' && /^[{["]/.test(schema) ? schema : JSON.stringify(schema),
  ...more,
});

export const record = (name: string, ...fields: object[]): object => ({ type: 'record', name, fields });
export const field = (name: string, type: unknown = 'string', more: object = {}): object => ({ name, type, ...more });

export const codeOf = ({ status, body }: Told): [number, number] => [
  status,
  (body as { error_code: number } | undefined)?.error_code ?? 0,
];
export const messageOf = ({ body }: Told): string => (body as { message: string }).message;
export const idOf = ({ body }: Told): number => (body as { id: number }).id;

export async function ask(
  url: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Told> {
  const response = await fetch(url + path, {
    method,
    headers: { ...(body !== undefined && { 'content-type': REGISTRY_TYPE }), ...headers },
    ...(body !== undefined && {
      body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const openSettings = (database: FreshDatabase): Record<string, string> => ({
  PORT: '0',
  LOG_LEVEL: 'error',
  DATABASE_URL: database.services.catalogue.url,
  DATABASE_OWNER_URL: database.services.catalogue.ownerUrl,
});

export async function openRegistry(): Promise<OpenRegistry> {
  const database = await stack().freshDatabase();
  const app = await createService(openRegistryService(OpenRegistrySettings.parse(openSettings(database))));
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  let subjects = 0;
  const registry: OpenRegistry = {
    url,
    database,
    ask: (method, path, body, headers) => ask(url, method, path, body, headers),
    get: async (path) => (await ask(url, 'GET', path)).body,
    register: (subject, schema, more = {}, query = '') =>
      ask(url, 'POST', `/subjects/${encodeURIComponent(subject)}/versions${query}`, schemaBody(schema, more)),
    fresh: () => `subject-${++subjects}`,
    code: async (method, path, body) => codeOf(await ask(url, method, path, body)),
    async close() {
      await app.close();
      await database.drop();
    },
  };
  return registry;
}
