/** Lets loops wait for the next change of what they depend on, or for a time, whichever comes first. */
export class Change {
  private waiters: (() => void)[] = [];

  announce(): void {
    const waiting = this.waiters;
    this.waiters = [];
    for (const wake of waiting) wake();
  }

  next(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, atMostMs);
      this.waiters.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
