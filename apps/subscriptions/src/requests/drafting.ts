import type { CreateRequest, Finding, RequestResource, Ulid } from '@citystreams/contracts';
import { checkTerm, levelOfAsk, readAsk } from '@citystreams/domain';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ulid } from 'ulid';
import { City } from '../policy/city.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { contractFacts } from './request.facts.js';
import { RequestEntity } from './request.entity.js';
import { resourceOf } from './request.resource.js';

/** Writes down what an agency asks for, after telling it everything that could not be granted as asked. */
@Injectable()
export class Drafting {
  constructor(
    private readonly dataSource: DataSource,
    private readonly streams: StreamDirectory,
    private readonly city: City,
  ) {}

  async draft(body: CreateRequest, caller: Caller): Promise<RequestResource> {
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
    const now = new Date();
    const row: RequestEntity = {
      id: ulid() as Ulid,
      state: 'DRAFT',
      stream: body.stream,
      owner: stream.owner,
      asking: caller.agency as RequestEntity['asking'],
      fields: [...read.view.fields],
      masks: { ...read.view.masks },
      predicate: read.view.predicate,
      purpose: body.purpose,
      legalBasis: body.legalBasis,
      necessity: body.necessity,
      months: body.duration.months,
      start: body.start,
      principals: [...new Set(body.principals)],
      level: levelOfAsk(read.view.fields, contract),
      steps: [],
      policyVersion: null,
      due: null,
      entitlement: null,
      createdBy: caller.principal,
      createdAt: now,
      submittedAt: null,
      updatedAt: now,
    };
    await this.dataSource.manager.insert(RequestEntity, row);
    return resourceOf(row, []);
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
