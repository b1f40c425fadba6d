import { type AuditFact, extend, introduce, type KnownActor } from '@citystreams/domain';
import { ProblemError } from '@citystreams/nest';
import { takeTurn } from '@citystreams/outbox';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { addActors, addEntries, drawSalt, lockEnd } from './audit.tables.js';

/**
 * Records what happened in the transaction in which it happens: both are there, or neither. Without a record nothing is
 * decided.
 */
@Injectable()
export class AuditTrail {
  /**
   * Call it when every row that the transaction changes is locked: from here to the end of the transaction all others
   * that record or announce something wait, so sequence, order of commit and order of announcement are the same. Before
   * or after `Announcer.announce` makes no difference.
   *
   * Throws UNAVAILABLE (503) when the record cannot be written; the transaction can then only be rolled back.
   */
  async append(tx: EntityManager, facts: readonly AuditFact[]): Promise<void> {
    if (facts.length === 0) return;
    if (tx.queryRunner?.isTransactionActive !== true) throw new TypeError('a record belongs into a transaction');
    try {
      await takeTurn(tx, DATABASE_SCHEMA);
      const accounts = [...new Set(facts.map((fact) => fact.actor.account))];
      const { end, known } = await lockEnd(tx, accounts);
      const fresh = new Map<string, KnownActor>();
      for (const account of accounts) if (!known.has(account)) fresh.set(account, introduce(account, drawSalt));
      await addActors(tx, fresh);
      const actors = new Map([...known, ...fresh]);
      const entries = extend(end, facts, (account) => actorIn(actors, account), drawSalt);
      await addEntries(tx, entries);
    } catch (error) {
      throw new ProblemError('UNAVAILABLE', 'nothing is decided while it cannot be recorded', {
        action: 'try again; if it stays so, the platform team has to look at the evidence tables',
        headers: { 'retry-after': '2' },
        cause: error,
      });
    }
  }
}

function actorIn(actors: ReadonlyMap<string, KnownActor>, account: string): KnownActor {
  const actor = actors.get(account);
  if (actor === undefined) throw new RangeError('an actor was not introduced');
  return actor;
}
