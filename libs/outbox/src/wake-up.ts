/** A wait that somebody can end early. A call that comes while nobody waits ends the next wait at once. */
export class WakeUp {
  private called = false;
  private ring: (() => void) | null = null;

  call(): void {
    this.called = true;
    this.ring?.();
  }

  /** Resolves at a call, or after `ms`. */
  async wait(ms: number): Promise<void> {
    if (!this.called) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.ring = null;
    this.called = false;
  }
}
