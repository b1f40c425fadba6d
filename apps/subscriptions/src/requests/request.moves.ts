import type { RequestResource, StreamMessage, Ulid } from '@citystreams/contracts';
import { act, type Actor, type MoveOutcome, type OwnMove, passTime, type RequestCommand } from '@citystreams/domain';
import { type Caller, type ControlWrite, etagOf, ProblemError, type WriteAnswer } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CityClock } from '../clock/city.clock.js';
import { WriteOnce } from '../idempotency/write-once.js';
import { City } from '../policy/city.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import type { WrittenMove } from './request.commands.js';
import { askOf, deltaFor } from './request.delta.js';
import type { RequestEntity } from './request.entity.js';
import { requestFacts } from './request.facts.js';
import { fileOf } from './request.file.js';
import { People } from './people.js';
import { RequestPresenter } from './request.presenter.js';
import { RequestRecord } from './request.record.js';
import { RequestStore } from './request.store.js';

/**
 * Moves a request. The row is locked while the rules decide, so of two commands at once one wins and the other is
 * refused with the state it lost to. A move with everything that comes of it is one transaction.
 */
@Injectable()
export class RequestMoves {
  constructor(
    private readonly once: WriteOnce,
    private readonly dataSource: DataSource,
    private readonly requests: RequestStore,
    private readonly record: RequestRecord,
    private readonly presenter: RequestPresenter,
    private readonly streams: StreamDirectory,
    private readonly people: People,
    private readonly city: City,
    private readonly clock: CityClock,
  ) {}

  /** Throws NOT_FOUND, STALE_ETAG, and every refusal of the rules under its code. */
  move(id: Ulid, move: WrittenMove, caller: Caller, write: ControlWrite): Promise<WriteAnswer<RequestResource>> {
    return this.once.run(caller, write, async (tx) => {
      const row = await this.requests.lock(tx, id, caller);
      requireSeen(row, write);
      const stream = this.streams.require(row.stream);
      const now = this.clock.now();
      const read = 'delta' in move ? deltaFor(move.delta, row, stream, now) : null;
      const said = read === null ? move : { ...move, delta: read.delta };
      const command = { ...said, by: actorOf(caller) } as RequestCommand;
      await this.apply(tx, row, stream, now, caller, (request, facts) => {
        const outcome = act(request, command, { ...facts, deltaProblems: read?.problems ?? [] }, now);
        if (outcome.ok) return outcome;
        const problems = outcome.problems?.map(({ field, message }) => ({ field: `$.${field}`, message }));
        throw new ProblemError(outcome.code, outcome.detail, problems && { problems });
      });
      return { status: 200, etag: etagOf(row.revision), body: await this.presenter.full(tx, row, now) };
    });
  }

  /** Lets the clock do what is due for a request; false: there was nothing. */
  passTime(tx: EntityManager, row: RequestEntity): Promise<boolean> {
    const now = this.clock.now();
    const stream = this.streams.require(row.stream);
    return this.apply(tx, row, stream, now, null, (request, facts) => passTime(request, facts, now));
  }

  /** A change of the contract that matters to a request begins it anew; false: none does. */
  takeChange(id: Ulid): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const row = await this.requests.lockAny(tx, id);
      const stream = this.streams.require(row.stream);
      const now = this.clock.now();
      const change: OwnMove = { type: 'change' };
      return this.apply(tx, row, stream, now, null, (request, facts) => {
        const outcome = act(request, change, facts, now);
        return outcome.ok ? outcome : null;
      });
    });
  }

  private async apply(
    tx: EntityManager,
    row: RequestEntity,
    stream: StreamMessage,
    now: Date,
    caller: Caller | null,
    decide: (
      request: ReturnType<typeof fileOf>,
      facts: ReturnType<typeof requestFacts>,
    ) => Extract<MoveOutcome, { ok: true }> | null,
  ): Promise<boolean> {
    const people = await this.people.around(tx, row, now);
    const request = fileOf(row, await this.requests.decisions(tx, [row.id]));
    const facts = requestFacts(askOf(row), stream, this.city, people);
    const moved = decide(request, facts);
    if (moved === null) return false;
    await this.record.keep(tx, { row, stream, before: request, moved, facts, people, caller, now });
    return true;
  }
}

function requireSeen(row: RequestEntity, { seen }: ControlWrite): void {
  if (seen === null || seen.includes(row.revision)) return;
  throw new ProblemError('STALE_ETAG', `the request is ${row.state} and has changed since you read it`, {
    action: 'read it again and decide anew',
    headers: { etag: etagOf(row.revision) },
  });
}

const actorOf = ({ principal, agency, roles }: Caller): Actor => ({ account: principal, agency, roles });
