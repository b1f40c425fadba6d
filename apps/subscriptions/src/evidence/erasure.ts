import { type EraseEvidence, type ErasedEvidence, PLATFORM_PRINCIPALS, type Ulid } from '@citystreams/contracts';
import { type Caller, ProblemError } from '@citystreams/nest';
import { takeTurn } from '@citystreams/outbox';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ulid } from 'ulid';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { actorOfCaller } from './actors.js';
import { AuditTrail } from './audit.trail.js';

/** Takes names and texts away from beside the chain, and records that, and which; not what they were. */
@Injectable()
export class Erasure {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {}

  /** The platform's people erase anything; a privacy officer what the own agency's people did and wrote. */
  erase(body: EraseEvidence, caller: Caller): Promise<ErasedEvidence> {
    const role = caller.roles.includes('platform') ? 'platform' : 'privacy-officer';
    const within = role === 'platform' ? null : caller.agency;
    if (body.account !== undefined) requirePerson(body.account);
    return this.dataSource.transaction(async (tx) => {
      // Who records something with this name at the same time has done so before, or introduces it anew afterwards.
      await takeTurn(tx, DATABASE_SCHEMA);
      const actor = body.account === undefined ? null : await findActor(tx, body.account, within);
      const texts = await eraseTexts(tx, body.texts === 'theirs' ? actor : (body.texts ?? []), within);
      if (actor !== null) await tx.query('DELETE FROM audit_actors WHERE id = $1', [actor]);
      const erased: ErasedEvidence = {
        erasure: ulid() as Ulid,
        actors: actor === null ? [] : [actor],
        parts: numbersByPart(texts),
      };
      await this.audit.append(tx, [
        {
          actor: actorOfCaller(caller, role),
          action: 'evidence.erased',
          object: { kind: 'evidence', id: erased.erasure },
          outcome: 'erased',
          reasonCode: null,
          after: erased,
          texts: { legalGround: body.legalGround, text: body.text },
          request: null,
          at: new Date(),
        },
      ]);
      return erased;
    });
  }
}

interface TextRow {
  sequence: string;
  part: string;
}

function requirePerson(account: string): void {
  if (!account.startsWith('policy ') && !PLATFORM_PRINCIPALS.some((p) => p === account)) return;
  throw new ProblemError('VALIDATION_FAILED', `${account} is nobody’s name`, {
    action: 'name the account of a person',
    problems: [{ field: '$.account', message: 'is the platform’s own' }],
  });
}

async function findActor(tx: EntityManager, account: string, within: string | null): Promise<string> {
  const [found] = await tx.query<{ id: string; foreign: boolean }[]>(
    `SELECT a.id, EXISTS (SELECT FROM audit_records r WHERE r.actor = a.id AND r.agency <> $2) AS foreign
       FROM audit_actors a WHERE a.account = $1`,
    [account, within],
  );
  // Whether another agency's person ever acted is not for this one to know.
  if (found === undefined || (within !== null && found.foreign)) {
    throw new ProblemError('NOT_FOUND', `the evidence knows no ${account} that you may erase`, {
      action: 'it was erased before, never acted, or acted for another agency',
    });
  }
  return found.id;
}

/** `which`: an actor's id, all of whose texts; or numbers of records. The texts of erasures themselves stay. */
async function eraseTexts(
  tx: EntityManager,
  which: string | readonly number[] | null,
  within: string | null,
): Promise<TextRow[]> {
  if (which === null) return [];
  const condition = typeof which === 'string' ? 'r.actor = $2' : 'r.sequence = ANY ($2::bigint[])';
  const [rows] = await tx.query<[TextRow[], number]>(
    `DELETE FROM audit_details d USING audit_records r
      WHERE d.sequence = r.sequence AND d.part LIKE 'text.%' AND r.action <> 'evidence.erased'
        AND ($1::text IS NULL OR r.agency = $1) AND ${condition}
      RETURNING d.sequence, d.part`,
    [within, which],
  );
  if (typeof which === 'string') return rows;
  const missing = which.filter((sequence) => !rows.some((row) => Number(row.sequence) === sequence));
  if (missing.length === 0) return rows;
  throw new ProblemError('NOT_FOUND', `nothing is written that you may erase in record ${missing.join(', ')}`, {
    action: 'leave these numbers out; nothing was erased',
  });
}

function numbersByPart(rows: readonly TextRow[]): Record<string, number[]> {
  const parts = Map.groupBy(rows, (row) => row.part);
  return Object.fromEntries(
    [...parts].map(([part, found]) => [part, found.map((row) => Number(row.sequence)).sort((a, b) => a - b)]),
  );
}
