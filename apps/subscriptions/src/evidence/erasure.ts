import { type EraseEvidence, type ErasedEvidence, PLATFORM_PRINCIPALS, type Ulid } from '@citystreams/contracts';
import { type Caller, ProblemError } from '@citystreams/nest';
import { takeTurn } from '@citystreams/outbox';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ulid } from 'ulid';
import { CityClock } from '../clock/city.clock.js';
import { DATABASE_SCHEMA } from '../database/schema-name.js';
import { actorOfCaller } from './actors.js';
import { AuditReader } from './audit.reader.js';
import { AuditTrail } from './audit.trail.js';

/** Takes names and texts away from beside the chain, and records that, and which; not what they were. */
@Injectable()
export class Erasure {
  constructor(
    private readonly audit: AuditTrail,
    private readonly reader: AuditReader,
    private readonly clock: CityClock,
  ) {}

  /**
   * The platform's people erase anything; a privacy officer what the own agency's people did and wrote. Throws
   * NOT_FOUND where there is nothing that the caller may erase, and VALIDATION_FAILED for what is nobody's name.
   */
  async erase(tx: EntityManager, body: EraseEvidence, caller: Caller): Promise<ErasedEvidence> {
    const role = caller.roles.includes('platform') ? 'platform' : 'privacy-officer';
    const within = role === 'platform' ? null : caller.agency;
    const { account } = body;
    if (account !== undefined) requirePerson(account);
    // The long search comes before the turn; then nobody records anything, and what was recorded meanwhile is looked at.
    const { sequence } = await this.reader.end(tx);
    const mentions = account === undefined ? [] : await eraseMentions(tx, account, 0);
    await takeTurn(tx, DATABASE_SCHEMA);
    if (account !== undefined) mentions.push(...(await eraseMentions(tx, account, sequence)));
    const actor = account === undefined ? null : await findActor(tx, account, within);
    if (account !== undefined && actor === null && (mentions.length === 0 || within !== null))
      throw unknownAccount(account);
    const texts = await eraseTexts(tx, body.texts === 'theirs' ? actor : (body.texts ?? []), within);
    // Who acts again afterwards is introduced anew.
    if (actor !== null) await tx.query('DELETE FROM audit_actors WHERE id = $1', [actor]);
    const erased: ErasedEvidence = {
      erasure: ulid() as Ulid,
      actors: actor === null ? [] : [actor],
      parts: numbersByPart([...mentions, ...texts]),
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
        at: this.clock.now(),
      },
    ]);
    return erased;
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

async function findActor(tx: EntityManager, account: string, within: string | null): Promise<string | null> {
  const [found] = await tx.query<{ id: string; foreign: boolean }[]>(
    `SELECT a.id, EXISTS (SELECT FROM audit_records r WHERE r.actor = a.id AND r.agency <> $2) AS foreign
       FROM audit_actors a WHERE a.account = $1`,
    [account, within],
  );
  // Whether another agency's person ever acted is not for this one to know.
  return found === undefined || (within !== null && found.foreign) ? null : found.id;
}

const unknownAccount = (account: string): ProblemError =>
  new ProblemError('NOT_FOUND', `the evidence knows no ${account} that you may erase`, {
    action: 'it was erased before, never acted, or acted for another agency',
  });

/** Texts that are this name or a list of names with it (a deputy, who was silent), in records above this number. */
async function eraseMentions(tx: EntityManager, account: string, above: number): Promise<TextRow[]> {
  const name = JSON.stringify(account).slice(1, -1);
  const like = name.replaceAll(/[\\%_]/g, String.raw`\$&`);
  const [rows] = await tx.query<[TextRow[], number]>(
    `DELETE FROM audit_details d
      WHERE d.sequence > $1 AND d.part LIKE 'text.%' AND d.content LIKE ANY ($2::text[])
      RETURNING d.sequence, d.part`,
    [above, [`"${like}"`, `"${like}, %`, `%, ${like}, %`, `%, ${like}"`]],
  );
  return rows;
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
