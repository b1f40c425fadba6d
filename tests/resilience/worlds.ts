/** Worlds that scenarios share one after the other; one in which something was left in disorder is replaced. */
import { runScenario, type Result } from './run-scenario.js';
import type { Scenario } from './scenarios/scenario.js';
import { openWorld, type World, type WorldKind } from './world/world.js';

export class Worlds {
  private current: World | null = null;

  /** Never throws: a world that cannot be opened or left is an error of the scenario. */
  async play(scenario: Scenario, seed: number): Promise<Result> {
    try {
      const result = await runScenario(await this.open(scenario.world), scenario, seed);
      if (result.verdict !== 'HELD') await this.close();
      return result;
    } catch (error) {
      await this.close();
      const trouble = [error instanceof Error ? `${error.message} ${error.stack}` : String(error)];
      return { scenario: scenario.name, seed, verdict: 'ERROR', effects: [], trouble, judgement: null, seconds: 0 };
    }
  }

  async close(): Promise<void> {
    const closing = this.current;
    this.current = null;
    await closing?.close();
  }

  private async open(kind: WorldKind): Promise<World> {
    if (this.current !== null && this.current.kind !== kind) await this.close();
    this.current ??= await openWorld(kind);
    return this.current;
  }
}
