const PATIENCE_MS = 5000;

/**
 * Says what is wrong once it has lasted: right after an announcement a topic, a right or a schema is often a moment
 * late, and nobody needs to read of it. A reason is told once until it is over.
 */
export class LastingTrouble {
  private since: number | null = null;
  private told: string | null = null;

  constructor(
    private readonly say: (reason: string) => void,
    private readonly now: () => number = Date.now,
  ) {}

  tell(reason: string): void {
    this.since ??= this.now();
    if (this.now() - this.since < PATIENCE_MS || this.told === reason) return;
    this.told = reason;
    this.say(reason);
  }

  over(): void {
    this.since = null;
    this.told = null;
  }
}
