import { readFileSync } from 'node:fs';
import { Inject, Injectable } from '@nestjs/common';
import { SUBSCRIPTIONS_CONFIG, type SubscriptionsConfig } from '../config.js';

/** What time it is in the city: the machine's clock, or for rehearsals what a file says. */
@Injectable()
export class CityClock {
  constructor(@Inject(SUBSCRIPTIONS_CONFIG) private readonly config: SubscriptionsConfig) {}

  /** Throws RangeError when the file says no time; where there is none, the machine's clock counts. */
  now(): Date {
    const played = this.config.CLOCK_FILE === undefined ? null : textOf(this.config.CLOCK_FILE);
    if (played === null) return new Date();
    const now = new Date(played.trim());
    if (Number.isNaN(now.getTime())) throw new RangeError(`${this.config.CLOCK_FILE} holds no time`);
    return now;
  }
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
