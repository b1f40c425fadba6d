/** A city with a harbour that publishes arrivals and a park that wants to know of them; one for each spec file. */
import { type StreamsTopicMessage, StreamName } from '@citystreams/contracts';
import { type FreshDatabase, stack, waitUntil } from '@citystreams/testing';
import { type ControlTopics, openControlTopics } from './control-topics.js';
import { type Answer, type City, foundCity, type RunningCatalogue, startCatalogue } from './running-catalogue.js';

export const REGISTRY_TYPE = 'application/vnd.schemaregistry.v1+json';

const PEOPLE = ['steward', 'pilot', 'crane', 'foreign', 'reader', 'idle', 'cdo', 'auditor', 'platform'] as const;

export interface Harbour {
  city: City;
  control: ControlTopics;
  database: FreshDatabase;
  /** Accounts: of the owner the steward, its publisher `pilot` and another service; of the consumer likewise. */
  who: Record<(typeof PEOPLE)[number], string>;
  url(): string;
  get(account: string | null, path: string): Promise<Answer>;
  post(account: string | null, path: string, body: unknown, type?: string): Promise<Answer>;
  send(
    account: string | null,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
  freshStream(): StreamName;
  contract(...more: object[]): Record<string, unknown>;
  manifest(stream: string, more?: object): Record<string, unknown>;
  /** A new stream whose first contract is this one. */
  created(more?: object, contract?: object): Promise<StreamName>;
  addVersion(account: string, stream: string, contract: object): Promise<Answer>;
  /** Everything announced of a stream, once it is as wanted. */
  announced(stream: string, wanted: (messages: StreamsTopicMessage[]) => boolean): Promise<StreamsTopicMessage[]>;
  /** Another replica on the same database. */
  startReplica(): Promise<RunningCatalogue>;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export const field = (name: string, more: object = {}) => ({
  name,
  type: 'string',
  doc: `The ${name}.`,
  classification: { level: 'L1', category: 'identifier' },
  ...more,
});

export const fieldsOf = (answer: Answer): string[] => answer.body.problems.map((problem) => problem.field);

export const versionsIn = (message: StreamsTopicMessage | undefined): number =>
  message?.kind === 'stream' ? message.versions.length : 0;

export async function openHarbour(): Promise<Harbour> {
  const city = await foundCity();
  const { owner, consumer } = city;
  const [database, who] = await Promise.all([stack().freshDatabase(), accountsOf(city)]);
  const control = openControlTopics();
  let catalogue: RunningCatalogue | null = await startCatalogue(city, database);
  let streams = 0;

  const url = (): string => catalogue?.url ?? '';
  const contract = (...more: object[]) => ({
    type: 'record',
    name: 'Arrival',
    namespace: `city.${owner.replaceAll('-', '_')}`,
    doc: 'A ship arrives.',
    key: 'ship',
    fields: [field('ship'), field('berth', { default: '' }), ...more],
  });
  const manifest = (stream: string, more: object = {}) => ({
    stream,
    title: { en: 'Arrivals', zh: '到港' },
    sharing: 'conditional',
    retentionDays: 7,
    contact: 'harbour@example.org',
    publishers: [who.pilot],
    ...more,
  });
  const freshStream = (): StreamName => StreamName.parse(`${owner}.arrival-${++streams}`);
  const stop = async (): Promise<void> => {
    await catalogue?.stop();
    catalogue = null;
  };
  const harbour: Harbour = {
    city,
    control,
    database,
    who,
    url,
    get: (account, path) => city.ask(account, 'GET', url() + path),
    post: (account, path, body, type) =>
      city.ask(account, 'POST', url() + path, body, type === undefined ? {} : { type }),
    send: (account, method, path, body, headers = {}) => city.ask(account, method, url() + path, body, { headers }),
    freshStream,
    contract,
    manifest,
    async created(more = {}, first = contract()) {
      const stream = freshStream();
      const answer = await harbour.post(who.steward, '/api/streams', {
        manifest: manifest(stream, more),
        contract: first,
      });
      if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
      return stream;
    },
    addVersion: (account, stream, next) => harbour.post(account, `/api/streams/${stream}/versions`, { contract: next }),
    async announced(stream, wanted) {
      await waitUntil(`${stream} is announced`, () => wanted(control.announcedOf(stream)), { timeoutMs: 20_000 });
      return control.announcedOf(stream);
    },
    startReplica: () => startCatalogue(city, database),
    stop,
    async start() {
      catalogue = await startCatalogue(city, database);
    },
    async close() {
      await stop();
      await control.close();
      await database.drop();
      city.remove();
    },
  };
  return harbour;

  async function accountsOf({ account }: City): Promise<Harbour['who']> {
    const hall = `${owner}-hall`;
    const names = await Promise.all([
      account(`${owner}.steward`, owner, 'steward'),
      account(`${owner}.pilot`, owner, 'service'),
      account(`${owner}.crane`, owner, 'service'),
      account(`${consumer}.steward`, consumer, 'steward'),
      account(`${consumer}.pilot`, consumer, 'service'),
      account(`${consumer}.crane`, consumer, 'service'),
      account(`${owner}-cdo`, hall, 'cdo'),
      account(`${owner}-auditor`, hall, 'auditor'),
      account(`${owner}-platform`, hall, 'platform'),
    ]);
    return Object.fromEntries(PEOPLE.map((role, i) => [role, names[i] ?? ''])) as Harbour['who'];
  }
}
