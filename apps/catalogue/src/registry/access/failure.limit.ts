/** Names whose failures are remembered; the oldest are forgotten first. */
const MOST_NAMES = 10_000;

/** Counts failures by name in windows of time. */
export class FailureLimit {
  private readonly windows = new Map<string, { began: number; failures: number }>();

  constructor(
    private readonly options: { most: number; withinMs: number },
    private readonly now: () => number,
  ) {}

  /** How long one who failed too often has to wait; 0 if it may try. */
  waitMs(name: string): number {
    const window = this.windows.get(name);
    if (window === undefined || window.failures < this.options.most) return 0;
    return Math.max(0, window.began + this.options.withinMs - this.now());
  }

  count(name: string): void {
    const window = this.windows.get(name);
    if (window !== undefined && window.began + this.options.withinMs > this.now()) {
      window.failures += 1;
      return;
    }
    this.windows.delete(name);
    this.windows.set(name, { began: this.now(), failures: 1 });
    if (this.windows.size <= MOST_NAMES) return;
    const oldest = this.windows.keys().next();
    if (oldest.done !== true) this.windows.delete(oldest.value);
  }
}
