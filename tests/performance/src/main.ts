/** Measurements of the router beside its peers, and of the registry: `npm run bench -- <experiment> [options]`. */
import { latency } from './commands/latency.js';
import { registry } from './commands/registry.js';
import { report } from './commands/report.js';
import { firstEvents, many, memory, scaling } from './commands/singles.js';
import { throughput } from './commands/throughput.js';
import { tuning } from './commands/tuning.js';
import { closeStands } from './stand/stand.js';

const EXPERIMENTS: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  router: throughput,
  latency,
  memory,
  'first-event': firstEvents,
  'many-views': many,
  scaling,
  tuning,
  registry,
  report,
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void closeStands().finally(() => process.exit(1)));
}

const [name = '', ...args] = process.argv.slice(2);
const experiment = EXPERIMENTS[name];
if (experiment === undefined) {
  process.stderr.write(`which experiment? ${Object.keys(EXPERIMENTS).join(', ')}\n`);
  process.exitCode = 2;
} else {
  await experiment(args);
}
