import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What routers told of quarantined events, how far that was read, and what was ordered about them. */
export class FollowQuarantine1764851000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE quarantine_reading, quarantined_events, redrive_orders, redrives');
  }
}

const STATEMENTS = [
  `CREATE TABLE redrives (
     id text PRIMARY KEY,
     stream text NOT NULL,
     owner text NOT NULL,
     reason text,
     requested_by text NOT NULL,
     requested_at timestamptz NOT NULL
   )`,
  'CREATE INDEX redrives_by_owner ON redrives (owner, id)',
  `CREATE TABLE redrive_orders (
     id text PRIMARY KEY,
     redrive text NOT NULL CONSTRAINT redrive_orders_redrive_exists REFERENCES redrives (id),
     partition integer NOT NULL,
     from_offset bigint NOT NULL,
     to_offset bigint NOT NULL,
     except_offsets bigint[] NOT NULL,
     events integer NOT NULL,
     delivered integer,
     refused integer,
     done_at timestamptz
   )`,
  'CREATE INDEX redrive_orders_by_redrive ON redrive_orders (redrive)',
  `CREATE TABLE quarantined_events (
     stream text NOT NULL,
     partition integer NOT NULL,
     source_offset bigint NOT NULL,
     owner text NOT NULL,
     sequence bigint NOT NULL CONSTRAINT quarantined_events_sequence UNIQUE,
     reason text NOT NULL,
     size integer NOT NULL,
     published_at timestamptz NOT NULL,
     quarantined_at timestamptz NOT NULL,
     state text NOT NULL,
     redrive_order text,
     PRIMARY KEY (stream, partition, source_offset)
   )`,
  'CREATE INDEX quarantined_events_by_owner ON quarantined_events (owner, sequence)',
  'CREATE INDEX quarantined_events_by_stream ON quarantined_events (stream, sequence)',
  'CREATE INDEX quarantined_events_by_order ON quarantined_events (redrive_order)',
  'CREATE INDEX quarantined_events_by_age ON quarantined_events (quarantined_at)',
  `CREATE TABLE quarantine_reading (
     topic text PRIMARY KEY,
     topic_id text NOT NULL,
     next_offset bigint NOT NULL
   )`,
];
