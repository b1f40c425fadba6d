import { Injectable } from '@nestjs/common';

/** `reason` is told to anybody who asks: short, and nothing secret. */
export interface HealthState {
  ok: boolean;
  reason?: string;
}

export type HealthCheck = () => HealthState | Promise<HealthState>;

/** Without a `required` part the service cannot do its work; without a `partial` one it can do some of it. */
export type HealthNeed = 'required' | 'partial';

export interface HealthReport {
  ready: boolean;
  checks: ({ name: string } & HealthState)[];
}

const ANSWER_WITHIN_MS = 2_000;

/** What a service needs to be ready. Whoever opens a thing that can fail adds a check for it. */
@Injectable()
export class HealthRegistry {
  private readonly checks = new Map<string, { check: HealthCheck; need: HealthNeed }>();
  private stopping = false;

  /** A second check of the same name replaces the first. */
  add(name: string, check: HealthCheck, need: HealthNeed = 'required'): void {
    this.checks.set(name, { check, need });
  }

  /** From now on not ready: the process is going away. */
  stop(): void {
    this.stopping = true;
  }

  /** Asks everything at once; a check that throws or takes longer than 2 s is a failed one. */
  async report(): Promise<HealthReport> {
    const all = [...this.checks];
    const states = await Promise.all(all.map(([, { check }]) => ask(check)));
    const checks = all.map(([name], index) => ({ name, ...(states[index] ?? { ok: false }) }));
    if (this.stopping)
      return { ready: false, checks: [{ name: 'process', ok: false, reason: 'shutting down' }, ...checks] };
    return { ready: all.every(([, { need }], index) => need === 'partial' || states[index]?.ok === true), checks };
  }
}

async function ask(check: HealthCheck): Promise<HealthState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthState>((resolve) => {
    timer = setTimeout(() => resolve({ ok: false, reason: 'does not answer' }), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch {
    return { ok: false, reason: 'could not be checked' };
  } finally {
    clearTimeout(timer);
  }
}
