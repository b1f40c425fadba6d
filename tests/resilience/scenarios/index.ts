import * as brokers from './brokers.js';
import * as network from './network.js';
import * as processes from './processes.js';
import type { Scenario } from './scenario.js';
import * as surroundings from './surroundings.js';

export const SCENARIOS: readonly Scenario[] = [processes, network, brokers, surroundings].flatMap((file) =>
  Object.values(file),
);
