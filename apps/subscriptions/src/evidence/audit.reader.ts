import type { AuditEntry, AuditHead } from '@citystreams/contracts';
import type { ChainHead } from '@citystreams/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Page } from '../paging.js';
import type { AuditAsked, HeadsAsked } from './audit.asked.js';
import { type DetailRow, entriesOf, type RecordRow, SELECT_RECORDS } from './audit.rows.js';

/** A stretch of the chain that is read at once. */
const BATCH = 1_000;
/** Exports that run at once: each holds a connection and a view of the database as it was when it began. */
const MOST_EXPORTS = 2;

/** Reads the chain; changes nothing. */
@Injectable()
export class AuditReader {
  private exports = 0;

  constructor(private readonly dataSource: DataSource) {}

  /** Oldest first, so that a reader can go on where it was. */
  async page({ after, limit, object, request }: AuditAsked): Promise<Page<AuditEntry>> {
    const rows = await this.dataSource.query<RecordRow[]>(
      `${SELECT_RECORDS}
        WHERE r.sequence > $1 AND ($2::text IS NULL OR r.object_id = $2) AND ($3::text IS NULL OR r.request = $3)
        ORDER BY r.sequence LIMIT $4`,
      [after, object ?? null, request ?? null, limit + 1],
    );
    const shown = rows.slice(0, limit);
    const items = entriesOf(shown, await detailsOf(this.dataSource.manager, shown));
    return { items, next: rows.length > limit ? (shown.at(-1)?.sequence ?? null) : null };
  }

  /** In the order of publication. */
  async heads({ after, limit }: HeadsAsked): Promise<Page<AuditHead>> {
    const rows = await this.dataSource.query<{ number: string; head: AuditHead }[]>(
      'SELECT number, head FROM audit_heads WHERE number > $1 ORDER BY number LIMIT $2',
      [after, limit + 1],
    );
    const shown = rows.slice(0, limit);
    return { items: shown.map((r) => r.head), next: rows.length > limit ? (shown.at(-1)?.number ?? null) : null };
  }

  end(db: EntityManager = this.dataSource.manager): Promise<ChainHead> {
    return endOf(db);
  }

  /** Whether another export may begin now. */
  get free(): boolean {
    return this.exports < MOST_EXPORTS;
  }

  /**
   * The whole chain, as it is when the first line is asked for, one JSON text a line. The last line says that nothing
   * is missing: what breaks off in between lacks it.
   */
  async *export(): AsyncGenerator<string> {
    this.exports += 1;
    const runner = this.dataSource.createQueryRunner();
    try {
      await runner.startTransaction('REPEATABLE READ');
      const { chain, sequence, hash } = await endOf(runner.manager);
      yield lineOf({ kind: 'audit-export', format: 1, chain, from: 1, to: sequence });
      for (let after = 0; after < sequence; after += BATCH) {
        const entries = await readStretch(runner.manager, after, after + BATCH);
        yield entries.map(lineOf).join('');
      }
      yield lineOf({ kind: 'end', records: sequence, hash });
    } finally {
      this.exports -= 1;
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      await runner.release();
    }
  }
}

/** Entries with numbers above `after`, up to `to`. */
async function readStretch(db: EntityManager, after: number, to: number): Promise<AuditEntry[]> {
  const rows = await db.query<RecordRow[]>(
    `${SELECT_RECORDS} WHERE r.sequence > $1 AND r.sequence <= $2 ORDER BY r.sequence`,
    [after, to],
  );
  const details = await db.query<DetailRow[]>(
    'SELECT sequence, part, salt, content FROM audit_details WHERE sequence > $1 AND sequence <= $2',
    [after, to],
  );
  return entriesOf(rows, details);
}

export const detailsOf = (db: EntityManager, rows: readonly RecordRow[]): Promise<DetailRow[]> =>
  db.query<DetailRow[]>('SELECT sequence, part, salt, content FROM audit_details WHERE sequence = ANY ($1::bigint[])', [
    rows.map((row) => row.sequence),
  ]);

async function endOf(db: EntityManager): Promise<ChainHead> {
  const [row] = await db.query<{ chain: string; sequence: string; hash: string }[]>(
    'SELECT chain, sequence, hash FROM audit_end',
  );
  if (row === undefined) throw new RangeError('the chain has no end');
  return { ...row, sequence: Number(row.sequence) };
}

const lineOf = (value: object): string => `${JSON.stringify(value)}\n`;
