/** Lets loops wait for the next change of what they depend on, or for a time, whichever comes first. */
export class Change {
  private waiters = new Set<() => void>();
  private readonly listeners: (() => void)[] = [];

  announce(): void {
    const waiting = this.waiters;
    this.waiters = new Set();
    for (const wake of waiting) wake();
    for (const listener of this.listeners) listener();
  }

  /** Calls it at every change. */
  always(listener: () => void): void {
    this.listeners.push(listener);
  }

  next(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiters.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, atMostMs);
      this.waiters.add(wake);
    });
  }
}
