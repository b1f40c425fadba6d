import { outboxTableStatements } from '@citystreams/outbox';
import { appendOnly } from '@citystreams/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DATABASE_SCHEMA } from './schema-name.js';

/** Tables of the first version. Runs under the owner role with the search path on the service's schema. */
export class CreateSubscriptions1764000000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, ...outboxTableStatements(DATABASE_SCHEMA)]) await db.query(statement);
    // A decision is superseded by another one, never edited; what a broker answered stays what it answered.
    for (const table of ['decisions', 'receipts', 'notices']) await db.query(appendOnly(DATABASE_SCHEMA, table));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE outbox, notices, receipts, planes, entitlements, views, decisions, requests');
  }
}

const TABLES = [
  `CREATE TABLE requests (
     id text PRIMARY KEY,
     state text NOT NULL,
     stream text NOT NULL,
     owner text NOT NULL,
     asking text NOT NULL,
     fields text[] NOT NULL,
     masks jsonb NOT NULL,
     predicate jsonb,
     purpose text NOT NULL,
     legal_basis text NOT NULL,
     necessity text NOT NULL,
     months integer NOT NULL,
     start text NOT NULL,
     principals text[] NOT NULL,
     level text NOT NULL,
     steps text[] NOT NULL,
     policy_version text,
     due text,
     entitlement text,
     created_by text NOT NULL,
     created_at timestamptz NOT NULL,
     submitted_at timestamptz,
     updated_at timestamptz NOT NULL
   )`,
  'CREATE INDEX requests_by_asking ON requests (asking, id)',
  'CREATE INDEX requests_by_owner ON requests (owner, id)',
  `CREATE TABLE decisions (
     id text PRIMARY KEY,
     request text NOT NULL CONSTRAINT decisions_request_exists REFERENCES requests (id),
     step text NOT NULL,
     outcome text NOT NULL,
     decider text NOT NULL,
     role text NOT NULL,
     reason_code text,
     legal_ground text,
     text text,
     at timestamptz NOT NULL
   )`,
  'CREATE INDEX decisions_by_request ON decisions (request)',
  `CREATE TABLE views (
     id text PRIMARY KEY,
     topic text NOT NULL,
     identity text NOT NULL CONSTRAINT views_identity UNIQUE,
     definition jsonb NOT NULL,
     level text NOT NULL,
     partitions integer NOT NULL,
     replay_from timestamptz,
     generation integer NOT NULL
   )`,
  `CREATE TABLE entitlements (
     id text PRIMARY KEY,
     version integer NOT NULL,
     state text NOT NULL,
     since timestamptz NOT NULL,
     request text NOT NULL CONSTRAINT entitlements_request_exists REFERENCES requests (id),
     stream text NOT NULL,
     owner text NOT NULL,
     consumer text NOT NULL,
     principals text[] NOT NULL,
     purpose text NOT NULL,
     view text NOT NULL CONSTRAINT entitlements_view_exists REFERENCES views (id),
     valid_from timestamptz NOT NULL,
     valid_to timestamptz,
     ended jsonb
   )`,
  'CREATE INDEX entitlements_by_owner ON entitlements (owner, id)',
  'CREATE INDEX entitlements_by_consumer ON entitlements (consumer, id)',
  'CREATE INDEX entitlements_by_view ON entitlements (view)',
  'CREATE INDEX entitlements_by_state ON entitlements (state)',
  `CREATE TABLE planes (
     entitlement text NOT NULL CONSTRAINT planes_entitlement_exists REFERENCES entitlements (id),
     plane text NOT NULL,
     desired_generation integer NOT NULL,
     observed_generation integer NOT NULL,
     observed_at timestamptz,
     error text,
     PRIMARY KEY (entitlement, plane)
   )`,
  `CREATE TABLE receipts (
     id text PRIMARY KEY,
     entitlement text NOT NULL CONSTRAINT receipts_entitlement_exists REFERENCES entitlements (id),
     kind text NOT NULL,
     decided_at timestamptz NOT NULL,
     effective_at timestamptz NOT NULL,
     effective_because text NOT NULL,
     brokers jsonb NOT NULL,
     positions jsonb NOT NULL
   )`,
  'CREATE INDEX receipts_by_entitlement ON receipts (entitlement, id)',
  `CREATE TABLE notices (
     id text PRIMARY KEY,
     agency text NOT NULL,
     notice jsonb NOT NULL
   )`,
  'CREATE INDEX notices_by_agency ON notices (agency, id)',
];
