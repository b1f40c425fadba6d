/** A fault counts only when its effect was seen: what a scenario caused, and what proved it. */
import { waitUntil } from '@citystreams/testing';

export interface Effect {
  readonly what: string;
  readonly proof: string;
}

/** The fault did not happen, so the scenario says nothing about the router. */
export class NoEffect extends Error {
  override name = 'NoEffect';
}

export class Effects {
  readonly seen: Effect[] = [];

  /** `isLenient`: a router without a defence often does not show what one with it would; the checker has to say so. */
  constructor(private readonly isLenient: boolean) {}

  /** Waits until the proof is there: null means not yet. @throws NoEffect */
  async expect(what: string, proof: () => string | null | Promise<string | null>, timeoutMs = 15_000): Promise<string> {
    let found: string | null = null;
    try {
      await waitUntil(what, async () => (found = await proof()) !== null, { timeoutMs });
    } catch (cause) {
      if (this.isLenient) return 'not seen';
      throw new NoEffect(what, { cause });
    }
    const text = String(found);
    this.seen.push({ what, proof: text });
    return text;
  }
}
