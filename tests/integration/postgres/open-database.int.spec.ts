import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { appendOnly, DatabaseFailure, isDatabaseOutage, openDatabase, schemaDrift } from '@citystreams/postgres';
import { patience } from '@citystreams/testing';
import { Column, type DataSource, Entity, type MigrationInterface, PrimaryColumn, type QueryRunner } from 'typeorm';
import { type BreakableWire, breakableWire } from './breakable-wire.js';
import { type EmptyServiceDatabase, emptyServiceDatabase } from './service-database.js';

@Entity('permits')
class Permit {
  @PrimaryColumn({ type: 'varchar', length: 26 })
  id!: string;
  @Column({ type: 'text', nullable: true })
  note!: string | null;
}

let place: EmptyServiceDatabase;
let wire: BreakableWire;
const opened: DataSource[] = [];

class CreatePermits1760000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE permits (id varchar(26) PRIMARY KEY, note text)');
    await runner.query('CREATE TABLE audit (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, what text NOT NULL)');
    await runner.query(appendOnly(place.schema, 'audit'));
  }
  async down(): Promise<void> {}
}
class Broken1760000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE half_done (id int)');
    await runner.query('CREATE TABLE permits (id int)');
  }
  async down(): Promise<void> {}
}

beforeAll(async () => {
  place = await emptyServiceDatabase();
  const { hostname, port } = new URL(place.url);
  wire = await breakableWire(hostname, Number(port));
});
afterEach(async () => {
  for (const dataSource of opened.splice(0)) await dataSource.destroy();
  wire.mend();
});
afterAll(async () => {
  await wire.close();
  await place.drop();
});

const throughWire = (address: string) => {
  const url = new URL(address);
  url.port = String(wire.port);
  return url.href;
};
const open = async (more: Partial<Parameters<typeof openDatabase>[0]> = {}) => {
  const { url, ownerUrl, schema } = place;
  const dataSource = await openDatabase({
    url,
    ownerUrl,
    schema,
    entities: [Permit],
    migrations: [CreatePermits1760000000000],
    ...more,
  });
  opened.push(dataSource);
  return dataSource;
};
const failureOf = async (work: Promise<unknown>): Promise<DatabaseFailure> => {
  const error: unknown = await work.then(
    () => null,
    (e: unknown) => e,
  );
  if (error instanceof DatabaseFailure) return error;
  throw new Error(`expected a DatabaseFailure, got ${String(error)}`);
};

jest.setTimeout(patience(30_000));

describe('opening a database', () => {
  test('replicas that start together migrate once, and both can work', async () => {
    const replicas = await Promise.all([open(), open(), open()]);
    await Promise.all(replicas.map((replica, n) => replica.getRepository(Permit).save({ id: `p${n}`, note: null })));
    expect(await place.admin(`SELECT name FROM ${place.schema}.migrations`)).toHaveLength(1);
    expect(await replicas[0]?.getRepository(Permit).count()).toBe(3);
  });

  test('leaves tables that are what the entities say', async () => {
    expect(await schemaDrift(await open())).toEqual([]);
  });

  test('gives the service role rows, not tables; an append-only table takes no change', async () => {
    const service = await open();
    await service.query(`INSERT INTO audit (what) VALUES ('granted')`);
    expect(await service.query('SELECT what FROM audit')).toEqual([{ what: 'granted' }]);
    const denied = { driverError: { code: '42501' } };
    await expect(service.query(`UPDATE audit SET what = 'nothing'`)).rejects.toMatchObject(denied);
    await expect(service.query('DELETE FROM audit')).rejects.toMatchObject(denied);
    await expect(service.query('TRUNCATE audit')).rejects.toMatchObject(denied);
    await expect(service.query('DROP TABLE permits')).rejects.toMatchObject(denied);
    await expect(service.query('CREATE TABLE mine (id int)')).rejects.toMatchObject(denied);
  });

  test('says which migration broke, leaves nothing of it, and can be tried again', async () => {
    const failure = await failureOf(open({ migrations: [CreatePermits1760000000000, Broken1760000000001] }));
    expect(failure.code).toBe('MIGRATION_FAILED');
    expect(failure.message).toContain('Broken1760000000001');
    expect(await place.admin(`SELECT to_regclass($1) AS found`, [`${place.schema}.half_done`])).toEqual([
      { found: null },
    ]);
    await expect(open()).resolves.toBeDefined();
  });

  test('waits for a PostgreSQL that is not there yet', async () => {
    wire.cut();
    const opening = open({ url: throughWire(place.url), ownerUrl: throughWire(place.ownerUrl) });
    setImmediate(() => wire.mend());
    await expect(opening).resolves.toBeDefined();
  });

  test('fails at once, and without the password, when waiting cannot help', async () => {
    const url = new URL(place.ownerUrl);
    url.password = 'not-the-password';
    const failure = await failureOf(open({ ownerUrl: url.href }));
    expect(failure.code).toBe('DATABASE_REFUSED');
    expect(failure.message).toContain('28P01');
    expect(failure.message).not.toContain('not-the-password');
  });
});

/** Null when nothing failed. */
const outageOf = (work: Promise<unknown>): Promise<boolean | null> => work.then(() => null, isDatabaseOutage);

describe('when PostgreSQL goes away and comes back', () => {
  test('what runs fails, what comes later works, and the process lives', async () => {
    const lost: Error[] = [];
    const service = await open({ url: throughWire(place.url), onProblem: (error) => lost.push(error) });
    await Promise.all([service.query('SELECT 1'), service.query('SELECT 1')]);
    const inFlight = service.transaction(async (manager) => {
      await manager.query(`INSERT INTO permits VALUES ('in flight')`);
      wire.cut();
      await manager.query('SELECT 1');
    });
    expect(await outageOf(inFlight)).toBe(true);
    expect(await outageOf(service.query('SELECT 1'))).toBe(true);
    wire.mend();
    await expect(service.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    expect(await service.getRepository(Permit).countBy({ id: 'in flight' })).toBe(0);
    expect(lost.length).toBeGreaterThan(0);
  });

  test('an ended session in the middle of a transaction fails that transaction only', async () => {
    const service = await open();
    const work = service.transaction(async (manager) => {
      await manager.query('SELECT 1');
      await place.cutSessions();
      await manager.query('SELECT 1');
    });
    expect(await outageOf(work)).toBe(true);
    await expect(service.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  test('work that is wrong by itself is no outage', async () => {
    const service = await open();
    expect(await outageOf(service.query('SELECT * FROM nowhere'))).toBe(false);
    expect(await outageOf(service.query(`INSERT INTO permits VALUES ('twice'), ('twice')`))).toBe(false);
  });

  test('a pool with no connection left to give says so as an outage', async () => {
    const service = await open({ connections: 1 });
    const holder = service.createQueryRunner();
    await holder.connect();
    expect(await outageOf(service.query('SELECT 1'))).toBe(true);
    await holder.release();
    expect(await outageOf(service.query('SELECT 1'))).toBeNull();
  });
});
