/** The messages of `citystreams.quarantine` as statements over many of them: bursts of bad records come in thousands. */
import { ownerOf, type QuarantineMessage } from '@citystreams/contracts';
import type { EntityManager } from 'typeorm';

/** A message, and where it lies in its topic. */
export interface News {
  sequence: bigint;
  message: QuarantineMessage;
}

type Kind = QuarantineMessage['kind'];
type NewsOf<K extends Kind> = News & { message: Extract<QuarantineMessage, { kind: K }> };

/** Applies messages in their order, in the caller's transaction. */
export async function applyNews(tx: EntityManager, news: readonly News[]): Promise<void> {
  for (const { kind, run } of runsOf(news)) {
    if (kind === 'quarantined') await addEvents(tx, run as NewsOf<'quarantined'>[]);
    else if (kind === 'redriven') await settleEvents(tx, run as NewsOf<'redriven'>[]);
    else await endOrders(tx, run as NewsOf<'redrive-done'>[]);
  }
}

/** Neighbours of one kind together. */
function runsOf(news: readonly News[]): { kind: Kind; run: News[] }[] {
  const runs: { kind: Kind; run: News[] }[] = [];
  for (const one of news) {
    const { kind } = one.message;
    const last = runs.at(-1);
    if (last?.kind === kind) last.run.push(one);
    else runs.push({ kind, run: [one] });
  }
  return runs;
}

/**
 * A place that is told of again is another record: the source was deleted and created anew. What an order that is not
 * carried out yet is for is marked so, also when all this is read again from the topic's beginning.
 */
async function addEvents(tx: EntityManager, run: readonly NewsOf<'quarantined'>[]): Promise<void> {
  const last = new Map(run.map((one) => [`${one.message.stream}/${one.message.partition}/${one.message.offset}`, one]));
  const rows = [...last.values()].map(({ sequence, message }) => ({
    stream: message.stream,
    partition: message.partition,
    source_offset: message.offset,
    owner: ownerOf(message.stream),
    sequence: String(sequence),
    reason: message.reason,
    size: message.size,
    published_at: new Date(message.timestamp),
    quarantined_at: message.at,
  }));
  await tx.query(
    `INSERT INTO quarantined_events AS known
       (stream, partition, source_offset, owner, sequence, reason, size, published_at, quarantined_at, state)
     SELECT n.*, 'quarantined'
       FROM jsonb_to_recordset($1::jsonb) AS n(stream text, partition int, source_offset bigint, owner text,
              sequence bigint, reason text, size int, published_at timestamptz, quarantined_at timestamptz)
     ON CONFLICT (stream, partition, source_offset) DO UPDATE
       SET sequence = excluded.sequence, reason = excluded.reason, size = excluded.size,
           published_at = excluded.published_at, quarantined_at = excluded.quarantined_at,
           state = 'quarantined', redrive_order = NULL
     WHERE known.sequence < excluded.sequence`,
    [JSON.stringify(rows)],
  );
  await tx.query(
    `UPDATE quarantined_events e SET state = 'ordered', redrive_order = o.id
       FROM redrive_orders o JOIN redrives r ON r.id = o.redrive
      WHERE o.done_at IS NULL AND e.state = 'quarantined' AND e.sequence >= $1 AND e.sequence <= $2
        AND e.stream = r.stream AND e.partition = o.partition AND (r.reason IS NULL OR r.reason = e.reason)
        AND e.source_offset BETWEEN o.from_offset AND o.to_offset AND e.source_offset <> ALL (o.except_offsets)`,
    [String(run[0]?.sequence), String(run.at(-1)?.sequence)],
  );
}

async function settleEvents(tx: EntityManager, run: readonly NewsOf<'redriven'>[]): Promise<void> {
  const rows = run.map(({ message: { stream, partition, offset, order, outcome } }) => ({
    stream,
    partition,
    source_offset: offset,
    redrive_order: order,
    state: outcome,
  }));
  await tx.query(
    `UPDATE quarantined_events e SET state = n.state, redrive_order = n.redrive_order
       FROM jsonb_to_recordset($1::jsonb)
              AS n(stream text, partition int, source_offset bigint, redrive_order text, state text)
      WHERE e.stream = n.stream AND e.partition = n.partition AND e.source_offset = n.source_offset`,
    [JSON.stringify(rows)],
  );
}

/** What was to be looked at and was not found is not kept any more. */
async function endOrders(tx: EntityManager, run: readonly NewsOf<'redrive-done'>[]): Promise<void> {
  const rows = run.map(({ message: { order, delivered, refused, at } }) => ({ id: order, delivered, refused, at }));
  await tx.query(
    `UPDATE redrive_orders o SET delivered = n.delivered, refused = n.refused, done_at = n.at
       FROM jsonb_to_recordset($1::jsonb) AS n(id text, delivered int, refused int, at timestamptz)
      WHERE o.id = n.id`,
    [JSON.stringify(rows)],
  );
  await tx.query(`UPDATE quarantined_events SET state = 'gone' WHERE state = 'ordered' AND redrive_order = ANY ($1)`, [
    rows.map(({ id }) => id),
  ]);
}
