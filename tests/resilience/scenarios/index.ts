import * as brokers from './brokers.js';
import * as entitlements from './entitlements.js';
import * as network from './network.js';
import * as processes from './processes.js';
import type { Scenario } from './scenario.js';
import * as members from './members.js';
import * as succession from './succession.js';
import * as surroundings from './surroundings.js';
import * as topics from './topics.js';

export const SCENARIOS: readonly Scenario[] = [
  processes,
  members,
  succession,
  network,
  brokers,
  surroundings,
  topics,
  entitlements,
].flatMap((file) => Object.values(file));

/** @throws RangeError that lists those there are */
export function scenarioOf(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found === undefined)
    throw new RangeError(`no scenario ${name}; there are ${SCENARIOS.map((s) => s.name).join(', ')}`);
  return found;
}
