import { appendOnly } from '@citystreams/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DATABASE_SCHEMA } from '../database/schema-name.js';

/** The request's whole way: its clock, questions, offers and disputes; its history, reminders to people, deputies. */
export class CompleteRequests1764300000000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...COLUMNS, ...EARLIER, ...TABLES]) await db.query(statement);
    await db.query(appendOnly(DATABASE_SCHEMA, 'request_events'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE delegations, reminders, request_events');
    await db.query('DROP INDEX requests_by_stream_and_state, requests_by_wake');
    await db.query('ALTER TABLE decisions DROP round, DROP deputy_for, DROP in_place_of, DROP delta');
    await db.query(`ALTER TABLE requests DROP revision, DROP round, DROP turn, DROP reply_days, DROP basis, DROP wait,
      DROP paused, DROP pauses, DROP offer, DROP disputed, DROP checks, DROP restriction, DROP continues, DROP wake_at`);
  }
}

const COLUMNS = [
  `ALTER TABLE requests
     ADD revision integer NOT NULL DEFAULT 1,
     ADD round integer NOT NULL DEFAULT 0,
     ADD turn integer NOT NULL DEFAULT 0,
     ADD reply_days integer NOT NULL DEFAULT 0,
     ADD basis jsonb,
     ADD wait jsonb,
     ADD paused jsonb,
     ADD pauses jsonb NOT NULL DEFAULT '[]',
     ADD offer jsonb,
     ADD disputed boolean NOT NULL DEFAULT false,
     ADD checks jsonb NOT NULL DEFAULT '[]',
     ADD restriction jsonb,
     ADD continues jsonb,
     ADD wake_at timestamptz`,
  'CREATE INDEX requests_by_wake ON requests (wake_at) WHERE wake_at IS NOT NULL',
  'CREATE INDEX requests_by_stream_and_state ON requests (stream, state)',
  `ALTER TABLE decisions
     ADD round integer NOT NULL DEFAULT 1,
     ADD deputy_for text,
     ADD in_place_of text,
     ADD delta jsonb`,
];

/** Requests from before there was a clock: it begins for them when the service next looks, with the shortest limit. */
const EARLIER = [
  'UPDATE requests SET round = 1 WHERE submitted_at IS NOT NULL',
  `UPDATE requests
      SET turn = 1, reply_days = 5, wake_at = now(),
          wait = jsonb_build_object('for', due, 'turn', 1, 'limitDays', 5, 'ranBefore', '[]'::jsonb, 'since', now(),
                                    'fired', '[]'::jsonb, 'spent', false, 'escalation', 0, 'silent', '[]'::jsonb)
    WHERE due IS NOT NULL`,
];

const TABLES = [
  `CREATE TABLE request_events (
     id text PRIMARY KEY,
     request text NOT NULL CONSTRAINT request_events_request_exists REFERENCES requests (id),
     event text NOT NULL,
     from_state text NOT NULL,
     to_state text NOT NULL,
     by text,
     text text,
     turn integer,
     at timestamptz NOT NULL
   )`,
  'CREATE INDEX request_events_by_request ON request_events (request, id)',
  `CREATE TABLE reminders (
     id text PRIMARY KEY,
     person text NOT NULL,
     kind text NOT NULL,
     request text NOT NULL CONSTRAINT reminders_request_exists REFERENCES requests (id),
     step text,
     turn integer NOT NULL,
     due timestamptz,
     fired_at timestamptz NOT NULL,
     CONSTRAINT reminders_once UNIQUE (request, turn, kind, person)
   )`,
  'CREATE INDEX reminders_by_person ON reminders (person, id)',
  `CREATE TABLE delegations (
     id text PRIMARY KEY,
     role text NOT NULL,
     person text NOT NULL,
     agency text NOT NULL,
     deputy text NOT NULL,
     deputy_agency text NOT NULL,
     until timestamptz NOT NULL,
     created_at timestamptz NOT NULL,
     ended_at timestamptz
   )`,
  'CREATE INDEX delegations_by_deputy ON delegations (deputy)',
  'CREATE INDEX delegations_by_agency ON delegations (agency)',
];
