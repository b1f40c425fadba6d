import {
  agencyOf,
  type DecisionResource,
  type ExplainAsked,
  type ExplainResource,
  type FieldPath,
  type Predicate,
  type ReadersAsked,
  type ReadersResource,
  type StreamMessage,
  type StreamName,
} from '@citystreams/contracts';
import {
  explainRead,
  fieldKinds,
  formatMask,
  formatPredicate,
  type ReadAnswer,
  type ReadReason,
  readersAt,
} from '@citystreams/domain';
import { type Caller, ProblemError } from '@citystreams/nest';
import { Injectable } from '@nestjs/common';
import { ArrayContains, DataSource } from 'typeorm';
import { contractFacts } from '../requests/request.facts.js';
import { RequestEntity } from '../requests/request.entity.js';
import { RequestPresenter } from '../requests/request.presenter.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { HistoryStore } from './history.store.js';

const WORDS: Record<ReadReason, string> = {
  GRANTED: 'granted, and every plane shows it',
  CHANGING: 'granted; rights were being given or taken, so some of it could be read',
  NOT_IN_FORCE: 'granted, but not in force at that time',
  FIELD_NOT_GRANTED: 'the stream is granted to the agency, this field is not',
  OTHER_ACCOUNT: 'the field is granted to the agency for other service accounts',
  NOT_YET: 'granted only later',
  NEVER_GRANTED: 'nothing of this stream was granted to the agency',
  FIELD_UNKNOWN: 'the stream has no classified field of this name, so it is in no view',
};

const seesAll = (caller: Caller): boolean => caller.roles.some((role) => role === 'cdo' || role === 'auditor');

/** Answers from the evidence chain alone. Who consumes a stream is for its parties, the CDO and the auditor. */
@Injectable()
export class Explanations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly history: HistoryStore,
    private readonly streams: StreamDirectory,
    private readonly requests: RequestPresenter,
  ) {}

  /** Throws NOT_FOUND for a stream that is not there or that the caller may not know of. */
  async explain(asked: ExplainAsked, caller: Caller): Promise<ExplainResource> {
    const stream = this.visible(asked.stream, caller);
    const isParty = stream.owner === caller.agency || agencyOf(asked.principal) === caller.agency;
    if (!isParty && !seesAll(caller)) throw notYours();
    const at = asked.at === undefined ? new Date() : new Date(asked.at);
    const versions = await this.history.versionsOf(asked.stream);
    const answer = explainRead({ ...asked, at }, versions, isClassified(stream, asked.field));
    const { by, readable, reason, shownAs } = answer;
    return {
      principal: asked.principal,
      stream: asked.stream,
      field: asked.field,
      at: at.toISOString(),
      readable,
      reason,
      text: by === null || by.state === null ? WORDS[reason] : `${WORDS[reason]} (${by.state})`,
      entitlement: by && {
        id: by.entitlement,
        version: by.version,
        request: by.request,
        state: by.state,
        since: by.since?.toISOString() ?? null,
      },
      shownAs: shownAs && formatMask(shownAs),
      condition: conditionText(answer.condition, stream),
      decisions: await this.decisions(asked, answer),
    };
  }

  /** An agency that is no owner sees its own accounts only. */
  async readers(asked: ReadersAsked, caller: Caller): Promise<ReadersResource> {
    const stream = this.visible(asked.stream, caller);
    const at = asked.at === undefined ? new Date() : new Date(asked.at);
    const found = readersAt({ ...asked, at }, await this.history.versionsOf(asked.stream));
    const all = stream.owner === caller.agency || seesAll(caller);
    const readers = found
      .filter(({ principal }) => all || agencyOf(principal) === caller.agency)
      .map((reader) => ({
        ...reader,
        shownAs: formatMask(reader.shownAs),
        condition: conditionText(reader.condition, stream),
      }));
    return { stream: asked.stream, field: asked.field, at: at.toISOString(), readers };
  }

  private visible(name: StreamName, caller: Caller): StreamMessage {
    return seesAll(caller) ? this.streams.require(name) : this.streams.requireVisible(name, caller);
  }

  /** Which decision: of the granted request, else of the newest of the agency's that asked for the field and was refused. */
  private async decisions(asked: ExplainAsked, { by }: ReadAnswer): Promise<DecisionResource[]> {
    const asking = agencyOf(asked.principal) as RequestEntity['asking'];
    const table = this.dataSource.getRepository(RequestEntity);
    const row =
      by === null
        ? await table.findOne({
            where: { stream: asked.stream, asking, state: 'REFUSED', fields: ArrayContains([asked.field]) },
            order: { id: 'DESC' },
          })
        : await table.findOneBy({ id: by.request });
    if (row === null) return [];
    const [request] = await this.requests.many(this.dataSource.manager, [row], new Date());
    return request?.decisions ?? [];
  }
}

const isClassified = (stream: StreamMessage, field: FieldPath): boolean =>
  stream.versions.some((version) => version.fields.some(({ path }) => path === field));

const conditionText = (condition: Predicate | null, stream: StreamMessage): string | null =>
  condition && formatPredicate(condition, fieldKinds(contractFacts(stream).record));

const notYours = (): ProblemError =>
  new ProblemError('FORBIDDEN', 'who reads a stream is for its parties, the CDO and the auditor', {
    action: 'ask for an account of your own agency',
  });
