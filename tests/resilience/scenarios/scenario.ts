import type { Random } from '../random.js';
import type { Judgement, Stage } from '../stage/stage.js';
import type { WorldKind } from '../world/world.js';

export interface Scenario {
  /** Words joined by hyphens, as one types it to play it again. */
  readonly name: string;
  readonly world: WorldKind;
  /**
   * Breaks something, proves that it broke (`stage.effects`), and lets it heal. What is left to chance is drawn from
   * `random`. The judgement is what the stage found at the end.
   */
  play(stage: Stage, random: Random): Promise<Judgement>;
}
