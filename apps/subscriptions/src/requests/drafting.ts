import type { CreateRequest, Finding, RequestResource, Ulid } from '@citystreams/contracts';
import { checkTerm, draftRequest, levelOfAsk, readAsk } from '@citystreams/domain';
import { type Caller, type ControlWrite, etagOf, ProblemError, type WriteAnswer } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CityClock } from '../clock/city.clock.js';
import { EntitlementEntity } from '../entitlements/entitlement.entity.js';
import { WriteOnce } from '../idempotency/write-once.js';
import { ulid } from 'ulid';
import { City } from '../policy/city.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { contractFacts } from './request.facts.js';
import { partsOf } from './request.file.js';
import { RequestEntity } from './request.entity.js';
import { RequestPresenter } from './request.presenter.js';

const ENDED: readonly string[] = ['REVOKING', 'REVOKED', 'REVOKE_FAILED', 'EXPIRING', 'EXPIRED', 'SUPERSEDED'];

/** Writes down what an agency asks for, after telling it everything that could not be granted as asked. */
@Injectable()
export class Drafting {
  constructor(
    private readonly once: WriteOnce,
    private readonly presenter: RequestPresenter,
    private readonly clock: CityClock,
    private readonly streams: StreamDirectory,
    private readonly city: City,
  ) {}

  draft(body: CreateRequest, caller: Caller, write: ControlWrite): Promise<WriteAnswer<RequestResource>> {
    return this.once.run(caller, write, async (tx) => {
      await this.checkContinuation(tx, body, caller);
      const now = this.clock.now();
      const row = this.rowFor(body, caller, now);
      await tx.insert(RequestEntity, row);
      return { status: 201, etag: etagOf(row.revision), body: await this.presenter.full(tx, row, now) };
    });
  }

  private rowFor(body: CreateRequest, caller: Caller, now: Date): RequestEntity {
    const stream = this.streams.requireVisible(body.stream, caller);
    if (stream.retiredAt !== undefined) {
      throw new ProblemError('STATE_CONFLICT', `${body.stream} is retired since ${stream.retiredAt}`, {
        action: `ask ${stream.owner} what follows it`,
      });
    }
    this.checkPurpose(body);
    this.checkPrincipals(body, caller);
    const contract = contractFacts(stream);
    const read = readAsk(body, contract, this.city.matrix);
    const term = checkTerm({ ...body, months: body.duration.months }, contract, this.city.matrix);
    const problems = [...(read.ok ? [] : read.problems), ...term];
    const [first] = problems;
    if (!read.ok || first !== undefined) {
      throw new ProblemError(first?.code ?? 'VALIDATION_FAILED', `what is asked of ${body.stream} cannot be granted`, {
        action: 'mend each part that is listed and send the request again',
        problems: problems.map(({ field, message }) => ({ field: `$.${field}`, message })),
      });
    }
    const level = levelOfAsk(read.view.fields, contract);
    const asking = caller.agency as RequestEntity['asking'];
    const file = partsOf(draftRequest(asking, stream.owner, level));
    return {
      ...file,
      id: ulid(now.getTime()) as Ulid,
      stream: body.stream,
      asking,
      fields: [...read.view.fields],
      masks: { ...read.view.masks },
      predicate: read.view.predicate,
      purpose: body.purpose,
      legalBasis: body.legalBasis,
      necessity: body.necessity,
      months: body.duration.months,
      start: body.start,
      principals: [...new Set(body.principals)],
      restriction: null,
      continues: body.continues,
      checks: [],
      revision: 1,
      wakeAt: null,
      entitlement: null,
      createdBy: caller.principal,
      createdAt: now,
      submittedAt: null,
      updatedAt: now,
    };
  }

  /** Only what the agency holds of this stream, and still holds, can be continued. */
  private async checkContinuation(
    tx: EntityManager,
    { continues, stream }: CreateRequest,
    caller: Caller,
  ): Promise<void> {
    if (continues === null) return;
    const held = await tx.findOne(EntitlementEntity, {
      where: { id: continues.entitlement },
      order: { version: 'DESC' },
    });
    const own = held !== null && held.consumer === caller.agency && held.stream === stream;
    if (own && !ENDED.includes(held.state)) return;
    const message = own
      ? `the entitlement is ${held.state}: ask anew`
      : `${caller.agency} holds no entitlement ${continues.entitlement} on ${stream}`;
    throw new ProblemError('VALIDATION_FAILED', 'there is nothing to continue', {
      problems: [{ field: '$.continues.entitlement', message }],
    });
  }

  private checkPurpose({ purpose }: CreateRequest): void {
    if (this.city.purposes.has(purpose)) return;
    const message = `"${purpose}" is not a purpose of the policy; known: ${[...this.city.purposes].join(', ')}`;
    throw new ProblemError('VALIDATION_FAILED', 'the purpose is not known', {
      action: 'name a purpose of the policy',
      problems: [{ field: '$.purpose', message }],
    });
  }

  private checkPrincipals({ principals }: CreateRequest, caller: Caller): void {
    const problems = principals.flatMap((principal, i): Finding[] =>
      this.city.isAccountOf(principal, caller.agency)
        ? []
        : [{ field: `$.principals[${i}]`, message: `${principal} is no service account of ${caller.agency}` }],
    );
    if (problems.length === 0) return;
    throw new ProblemError('PRINCIPAL_UNKNOWN', 'the request names accounts that your agency does not have', {
      action: 'name service accounts of your own office',
      problems,
    });
  }
}
