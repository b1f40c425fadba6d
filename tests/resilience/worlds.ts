/** Worlds that scenarios share one after the other; one in which something was left in disorder is replaced. */
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Edit } from './defences/defences.js';
import { runScenario, type Result } from './run-scenario.js';
import type { Scenario } from './scenarios/scenario.js';
import { openWorld, type World, type WorldKind } from './world/world.js';

export class Worlds {
  private current: World | null = null;

  /** `keepLogsIn`: a folder for what processes said in plays that did not hold. */
  constructor(private readonly keepLogsIn: string | null = null) {}

  /** Never throws: a world that cannot be opened or left is an error of the scenario. */
  async play(scenario: Scenario, seed: number, sabotage: readonly Edit[] = []): Promise<Result> {
    try {
      const world = await this.open(scenario.world);
      const result = await runScenario(world, scenario, seed, sabotage);
      if (result.verdict === 'HELD') return result;
      if (this.keepLogsIn !== null) {
        const folder = join(this.keepLogsIn, `${scenario.name}-${seed}`);
        cpSync(join(world.directory, 'logs'), folder, { recursive: true });
      }
      await this.close();
      return result;
    } catch (error) {
      await this.close();
      const trouble = [error instanceof Error ? `${error.message} ${error.stack}` : String(error)];
      return {
        scenario: scenario.name,
        seed,
        verdict: 'ERROR',
        effects: [],
        trouble,
        kinds: [],
        judgement: null,
        measures: [],
        seconds: 0,
      };
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
