import type { Policy, SimulatePolicy, SimulationResource } from '@citystreams/contracts';
import { type RecordedRequest, simulatePolicy } from '@citystreams/domain';
import { ProblemError } from '@citystreams/nest';
import { parsePolicy, PolicyInvalid } from '@citystreams/policy';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, Not } from 'typeorm';
import { contractFacts } from '../requests/request.facts.js';
import { RequestEntity } from '../requests/request.entity.js';
import { StreamDirectory } from '../streams/stream.directory.js';
import { City } from './city.js';

/** Newest requests that are played: enough for years of a city, few enough for one answer. */
const MOST_REQUESTS = 10_000;

@Injectable()
export class PolicySimulator {
  constructor(
    private readonly dataSource: DataSource,
    private readonly streams: StreamDirectory,
    private readonly city: City,
  ) {}

  /** Throws VALIDATION_FAILED with every problem of every text, each with its line. */
  async simulate(texts: SimulatePolicy): Promise<SimulationResource> {
    const before = this.city.policy;
    const after = changedPolicy(texts, before);
    const { played, differences, failures } = simulatePolicy(await this.recorded(), before, after);
    return { before: before.matrix.version, after: after.matrix.version, played, failures, differences };
  }

  /** As they were submitted, against the contracts as they stand now; of a stream that is gone none. */
  private async recorded(): Promise<RecordedRequest[]> {
    const rows = await this.dataSource.getRepository(RequestEntity).find({
      where: { submittedAt: Not(IsNull()) },
      order: { id: 'DESC' },
      take: MOST_REQUESTS,
    });
    const streams = new Map(
      this.streams.all().map((s) => [s.stream, { sharing: s.sharing, contract: contractFacts(s) }]),
    );
    return rows.flatMap((row): RecordedRequest[] => {
      const stream = streams.get(row.stream);
      if (stream === undefined || row.submittedAt === null) return [];
      const { id, asking, purpose, submittedAt } = row;
      return [{ id, stream: row.stream, asking, purpose, ask: row, ...stream, submittedAt }];
    });
  }
}

function changedPolicy(texts: SimulatePolicy, before: Policy): Policy {
  try {
    return parsePolicy(texts, before);
  } catch (error) {
    if (!(error instanceof PolicyInvalid)) throw error;
    throw new ProblemError('VALIDATION_FAILED', 'the changed policy is not one', {
      action: 'mend each line that is named',
      problems: error.problems.map(({ file, line, path, message }) => ({
        field: `$["${file}"]`,
        message: `${line === undefined ? '' : `line ${line}, `}${path}: ${message}`,
      })),
    });
  }
}
