import { type Finding, type Level, ownerOf, type StreamManifest, type StreamName } from '@citystreams/contracts';
import { ProblemError } from '@citystreams/nest';
import { checkAgainstLevel } from '@citystreams/schemas';
import { Inject, Injectable } from '@nestjs/common';
import { AgencyStore } from '../agencies/agency.store.js';
import { CITY_RULES, type CityRules } from '../city/city.module.js';
import { checkPublishers } from './stream-checks.js';
import { inside } from './stream.refusals.js';

export interface JudgedPublishers {
  all: Finding[];
  /** Throws VALIDATION_FAILED or PRINCIPAL_UNKNOWN where there is something. */
  refuse(stream: StreamName): void;
}

/** What the offices and the policy have against a stream beside its contract. */
@Injectable()
export class ManifestChecks {
  constructor(
    private readonly agencies: AgencyStore,
    @Inject(CITY_RULES) private readonly rules: CityRules,
  ) {}

  async publisherFindings(
    manifest: Pick<StreamManifest, 'stream' | 'publishers'>,
    at?: string,
  ): Promise<JudgedPublishers> {
    const accounts = await this.agencies.serviceAccounts(ownerOf(manifest.stream));
    const { foreign, unknown } = checkPublishers(manifest, accounts, at);
    return { all: [...foreign, ...unknown], refuse: (stream) => refuse(stream, foreign, unknown) };
  }

  /** Throws POLICY_FORBIDS. */
  requirePolicy(
    manifest: Pick<StreamManifest, 'stream' | 'sharing' | 'retentionDays'>,
    level: Level,
    at = '$.manifest',
  ): void {
    const findings = checkAgainstLevel(manifest, level, this.rules);
    if (findings.length === 0) return;
    throw new ProblemError('POLICY_FORBIDS', `the policy has something against ${manifest.stream} at ${level}`, {
      action: 'keep to what the policy matrix allows for this level',
      problems: inside(at, findings),
    });
  }

  /**
   * A version that raises the level must fit how the stream is kept and shared now. Throws POLICY_FORBIDS.
   *
   * @param at where the contract is in what the caller sent
   */
  requireRaise(
    stream: Pick<StreamManifest, 'stream' | 'sharing' | 'retentionDays'>,
    from: Level,
    to: Level,
    at: string,
  ): void {
    if (to <= from) return;
    const findings = checkAgainstLevel(stream, to, this.rules);
    if (findings.length === 0) return;
    throw new ProblemError('POLICY_FORBIDS', `this contract raises ${stream.stream} from ${from} to ${to}`, {
      action: `change the stream first (PATCH /api/streams/${stream.stream}), then send the contract again`,
      problems: findings.map((finding) => ({ ...finding, field: at })),
    });
  }
}

function refuse(stream: StreamName, foreign: readonly Finding[], unknown: readonly Finding[]): void {
  if (foreign.length > 0) {
    throw new ProblemError('VALIDATION_FAILED', `the manifest of ${stream} names foreign publishers`, {
      action: 'name service accounts of the owner',
      problems: [...foreign, ...unknown],
    });
  }
  if (unknown.length > 0) {
    throw new ProblemError('PRINCIPAL_UNKNOWN', `the manifest of ${stream} names unknown publishers`, {
      action: 'name service accounts that the office of the owner lists',
      problems: unknown,
    });
  }
}
