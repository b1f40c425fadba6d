/** Everything a spec of this service needs, and the few moves that every story begins with. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { EntitlementResource, Problem, RequestResource } from '@citystreams/contracts';
import { type KafkaAdmin, openAdmin } from '@citystreams/kafka';
import { type FreshDatabase, stack, waitUntil } from '@citystreams/testing';
import { Client } from 'pg';
import { type Control, openControl, type StreamOptions } from './control.js';
import { type Answer, type District, foundDistrict } from './district.js';
import { clockFileIn, type RunningSubscriptions, startSubscriptions, stateDirIn } from './running-subscriptions.js';

export interface Scene {
  city: District;
  control: Control;
  database: FreshDatabase;
  admin: KafkaAdmin;
  service: RunningSubscriptions;
  /** Where the service keeps the heads of its chain. */
  stateDir: string;
  get<T = Problem>(account: string | null, path: string): Promise<Answer<T>>;
  /** The whole body, of whatever type. */
  text(account: string, path: string): Promise<string>;
  response(account: string | null, path: string): Promise<Response>;
  post<T = Problem>(
    account: string | null,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer<T>>;
  /** A stream of the airport that is announced, with its topic made. */
  stream(over?: StreamOptions): Promise<string>;
  /** What a steward of a district asks for. */
  ask(stream: string, over?: object): Record<string, unknown>;
  /** A request that waits for the owner. */
  submitted(stream: string, over?: object): Promise<RequestResource>;
  /** An entitlement that was just approved. */
  granted(stream: string, over?: object): Promise<EntitlementResource>;
  /** Granted, and the router and the brokers have shown it. */
  active(stream: string, over?: object): Promise<EntitlementResource>;
  entitlement(id: string | null): Promise<EntitlementResource>;
  untilState(id: string, state: EntitlementResource['state'], timeoutMs?: number): Promise<EntitlementResource>;
  /** Starts it again on the same data; whatever ran before is gone. */
  restart(): Promise<void>;
  startReplica(): Promise<RunningSubscriptions>;
  /** As a restart of PostgreSQL does. */
  endDatabaseSessions(): Promise<void>;
  /** As the superuser, or as the role that the service has. */
  sql<T extends object>(text: string, as?: 'superuser' | 'service'): Promise<T[]>;
  /** What time it is for the service, whatever its machine's clock says; null: as that says. */
  setTime(now: string | null): void;
  /** Ten minutes pass in the state that the entitlement is in. */
  letPass(id: string): Promise<void>;
  close(): Promise<void>;
}

export const REVOCATION = { reasonCode: 'PURPOSE_ENDED', text: 'The terminal is closed.' };

/** On a database of its own, of the server that every spec uses unless told otherwise. */
export async function openScene(its: Promise<FreshDatabase> = stack().freshDatabase()): Promise<Scene> {
  const [city, database] = await Promise.all([foundDistrict(), its]);
  const control = await openControl(`${city.airport}.desk`);
  const admin = openAdmin(stack().internalKafka);
  const sql = async <T extends object>(text: string, values: unknown[] = [], url = database.adminUrl): Promise<T[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<T>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  let streams = 0;
  const scene: Scene = {
    city,
    control,
    database,
    admin,
    service: await startSubscriptions(city.policyDir, database),
    get: (account, path) => city.ask(account, 'GET', scene.service.url + path),
    stateDir: stateDirIn(city.policyDir),
    text: async (account, path) => (await scene.response(account, path)).text(),
    response: (account, path) => city.get(account, scene.service.url + path),
    post: (account, path, body, headers) => city.ask(account, 'POST', scene.service.url + path, body, headers),
    async stream(over = {}) {
      streams += 1;
      const stream = `${city.airport}.flight-${streams}`;
      await control.announceStream(stream, over);
      await admin.waitForTopic(stream);
      return stream;
    },
    ask: (stream, over = {}) => ({
      stream,
      fields: ['delay', 'origin'],
      predicate: { op: 'eq', field: 'origin', value: 'SZX' },
      purpose: 'traffic-management',
      legalBasis: 'article 12',
      necessity: 'buses follow delays',
      duration: { months: 6 },
      principals: [`${city.east}.operations`],
      ...over,
    }),
    async submitted(stream, over = {}) {
      const draft = ok(await scene.post<RequestResource>(city.who.east, '/api/requests', scene.ask(stream, over)));
      return ok(await scene.post<RequestResource>(city.who.east, `/api/requests/${draft.id}/submit`));
    },
    async granted(stream, over = {}) {
      const { id } = await scene.submitted(stream, over);
      const approved = ok(await scene.post<RequestResource>(city.who.owner, `/api/requests/${id}/approve`, {}));
      return scene.entitlement(approved.entitlement);
    },
    async active(stream, over = {}) {
      const { id, view, planes } = await scene.granted(stream, over);
      const generation = planes.find((p) => p.plane === 'router')?.desiredGeneration ?? 1;
      await control.report(view, 'running', { generation });
      return scene.untilState(id, 'ACTIVE');
    },
    entitlement: async (id) => ok(await scene.get<EntitlementResource>(city.who.owner, `/api/entitlements/${id}`)),
    async untilState(id, state, timeoutMs = 20_000) {
      let seen: EntitlementResource | undefined;
      await waitUntil(
        `the entitlement is ${state}`,
        async () => {
          seen = await scene.entitlement(id);
          return seen.state === state;
        },
        { timeoutMs },
      ).catch((error: unknown) => {
        throw new Error(`${JSON.stringify(seen)}\n${scene.service.log.slice(-20).join('\n')}`, { cause: error });
      });
      return scene.entitlement(id);
    },
    async restart() {
      scene.service = await scene.startReplica();
    },
    startReplica: () => startSubscriptions(city.policyDir, database),
    async endDatabaseSessions() {
      await sql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
      );
    },
    sql: (text, as = 'superuser') =>
      sql(text, [], as === 'superuser' ? database.adminUrl : database.services.subscriptions.url),
    setTime(now) {
      const file = clockFileIn(city.policyDir);
      if (now === null) rmSync(file, { force: true });
      // In one step: a reader finds the old time or the new one.
      else {
        writeFileSync(`${file}.next`, now);
        renameSync(`${file}.next`, file);
      }
    },
    async letPass(id) {
      await sql("UPDATE subscriptions.entitlements SET since = since - interval '10 minutes' WHERE id = $1", [id]);
    },
    async close() {
      await scene.service.stop();
      await Promise.all([control.close(), admin.close()]);
      await database.drop();
      city.remove();
    },
  };
  return scene;
}

function ok<T>({ status, body }: Answer<T>): T {
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body;
}
