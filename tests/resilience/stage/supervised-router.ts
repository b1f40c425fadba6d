/** A router under a supervisor, as the launcher or an orchestrator runs it: when it ends by itself, it is started again. */
import type { ChildExit } from '@citystreams/stack';
import type { RouterProcess } from './router-process.js';

const AGAIN_AFTER_MS = 300;

export class SupervisedRouter {
  /** How its processes ended without having been asked to. */
  readonly ends: ChildExit[] = [];
  private stopping = false;
  private current: RouterProcess | null = null;
  private loop: Promise<void> = Promise.resolve();

  private constructor(private readonly start: () => Promise<RouterProcess>) {}

  static async begin(start: () => Promise<RouterProcess>): Promise<SupervisedRouter> {
    const supervised = new SupervisedRouter(start);
    supervised.current = await start();
    supervised.loop = supervised.keep();
    return supervised;
  }

  /** The process of this moment; it may be about to be replaced. */
  get process(): RouterProcess {
    if (this.current === null) throw new Error('no router was started');
    return this.current;
  }

  /** No more restarts. What runs goes on. */
  async release(): Promise<void> {
    this.stopping = true;
    if (this.current?.exit !== null) await this.loop;
  }

  private async keep(): Promise<void> {
    while (!this.stopping) {
      const exit = await this.process.exited;
      if (this.stopping) return;
      this.ends.push(exit);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      if (!this.stopping) this.current = await this.start();
    }
  }
}
