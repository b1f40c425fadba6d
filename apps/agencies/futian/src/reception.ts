/** What can be closed: a subscriber of one view. */
interface Closeable {
  close(): Promise<void>;
}

/**
 * Keeps one subscriber for every entitlement that is active, and none for the others. Updates come one after the other,
 * also when they are asked for at once.
 */
export class Reception<E extends { id: string; topic: string }> {
  private readonly open = new Map<string, Closeable>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly current: () => Promise<readonly E[]>,
    private readonly subscribe: (entitlement: E) => Closeable,
  ) {}

  /** Asks which entitlements are active and follows. Throws what `current` throws; what was open stays open then. */
  update(): Promise<void> {
    const update = this.last.then(() => this.follow());
    this.last = update.catch(() => undefined);
    return update;
  }

  async close(): Promise<void> {
    await this.last;
    await Promise.all([...this.open.values()].map((subscriber) => subscriber.close()));
    this.open.clear();
  }

  private async follow(): Promise<void> {
    const active = new Map((await this.current()).map((entitlement) => [entitlement.topic, entitlement]));
    for (const [topic, subscriber] of this.open) {
      if (active.has(topic)) continue;
      this.open.delete(topic);
      await subscriber.close();
    }
    for (const [topic, entitlement] of active) {
      if (!this.open.has(topic)) this.open.set(topic, this.subscribe(entitlement));
    }
  }
}
