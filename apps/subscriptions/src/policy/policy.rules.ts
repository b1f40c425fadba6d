import { type Forbidden, forbiddenBy, type Sought } from '@citystreams/domain';
import { Injectable, Logger } from '@nestjs/common';
import { City } from './city.js';

/** Rules that forbid by themselves. What fails denies, is logged by its code and counted. */
@Injectable()
export class PolicyRules {
  private readonly logger = new Logger('policy');
  private failures = 0;

  constructor(private readonly city: City) {}

  /** Since this process began. */
  get failed(): number {
    return this.failures;
  }

  forbids(sought: Sought, now: Date): Forbidden | null {
    return forbiddenBy(this.city.policy.negativeList, sought, now, (rule, error) => {
      this.failures += 1;
      this.logger.error({ rule, err: error }, 'a rule of the policy failed and denied');
    });
  }
}
