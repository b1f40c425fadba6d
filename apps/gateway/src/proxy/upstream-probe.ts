import type { HealthState } from '@citystreams/nest';

const ANSWER_WITHIN_MS = 1_000;
/** Anybody may ask for our readiness; the services are not asked each time. */
const GOOD_FOR_MS = 1_000;

/** Does a service answer at all? */
export class UpstreamProbe {
  private last: Promise<HealthState> | null = null;
  private askedAt = 0;

  constructor(private readonly url: string) {}

  state(): Promise<HealthState> {
    const now = Date.now();
    if (this.last === null || now - this.askedAt > GOOD_FOR_MS) {
      this.askedAt = now;
      this.last = this.ask();
    }
    return this.last;
  }

  private async ask(): Promise<HealthState> {
    try {
      const response = await fetch(new URL('/healthz', this.url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
      await response.body?.cancel();
      return response.ok ? { ok: true } : { ok: false, reason: `answers ${response.status}` };
    } catch {
      return { ok: false, reason: 'does not answer' };
    }
  }
}
