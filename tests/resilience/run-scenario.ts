/** Plays one scenario with one seed in a world that is there, and says how it went. */
import type { ViolationKind } from './checker/facts.js';
import { violationText } from './checker/text.js';
import type { Edit } from './defences/defences.js';
import { seeded } from './random.js';
import type { Scenario } from './scenarios/scenario.js';
import { type Effect, NoEffect } from './stage/effects.js';
import { type Judgement, type Measure, Stage } from './stage/stage.js';
import type { World } from './world/world.js';

/** `NO EFFECT`: the fault did not happen, so nothing is proved. `ERROR`: the scenario could not be played to its end. */
export type Verdict = 'HELD' | 'BROKEN' | 'NO EFFECT' | 'ERROR';

export interface Result {
  readonly scenario: string;
  readonly seed: number;
  readonly verdict: Verdict;
  readonly effects: readonly Effect[];
  /** One line each; empty when all held. */
  readonly trouble: readonly string[];
  readonly kinds: readonly ViolationKind[];
  readonly judgement: Judgement | null;
  readonly measures: readonly Measure[];
  readonly seconds: number;
}

const MOST_LINES = 12;

export async function runScenario(
  world: World,
  scenario: Scenario,
  seed: number,
  sabotage: readonly Edit[] = [],
): Promise<Result> {
  const from = performance.now();
  const random = seeded(seed).fork(scenario.name);
  const stage = await Stage.open(world, random.fork('stage'), sabotage);
  const result = (verdict: Verdict, trouble: readonly string[], judgement: Judgement | null): Result => ({
    scenario: scenario.name,
    seed,
    verdict,
    effects: stage.effects.seen,
    trouble,
    kinds: [...new Set(judgement?.violations.map(({ kind }) => kind))],
    judgement,
    measures: stage.measures,
    seconds: (performance.now() - from) / 1000,
  });
  try {
    const judgement = await scenario.play(stage, random).catch((error: unknown) => {
      if (sabotage.length === 0) throw error;
      // A router that lacks a defence may never get to the scenario's end; what it left is judged all the same.
      return stage.finish({ timeoutMs: 10_000 });
    });
    const trouble = judgement.violations.slice(0, MOST_LINES).map(violationText);
    const more = judgement.violations.length - trouble.length;
    return result(
      judgement.violations.length === 0 ? 'HELD' : 'BROKEN',
      more > 0 ? [...trouble, `and ${more} more`] : trouble,
      judgement,
    );
  } catch (error) {
    const text = error instanceof Error ? `${error.message}${causeOf(error)}` : String(error);
    return result(error instanceof NoEffect ? 'NO EFFECT' : 'ERROR', [text, ...lastWords(stage)], null);
  } finally {
    await stage.close();
  }
}

const causeOf = (error: Error): string =>
  error.cause instanceof Error ? ` (${error.cause.message}${causeOf(error.cause)})` : '';

/** The last warnings of the routers: where to look first when a scenario did not get to its end. */
const lastWords = (stage: Stage): string[] =>
  stage.routers.flatMap((router) =>
    router
      .log()
      .split('\n')
      .filter((line) => /"level":"(warn|error|fatal)"/.test(line) && !line.includes('is quarantined'))
      .slice(-4)
      .map((line) => `router ${router.pid}: ${line}`),
  );
