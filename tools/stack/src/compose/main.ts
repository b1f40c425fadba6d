/** The one-shot programs of docker-compose.yml: `init`, `bootstrap` and `demo`. */
import { join } from 'node:path';
import { loadOffices } from '@citystreams/policy';
import { z } from 'zod';
import { APPLICATION, type PublishedPorts, SECRETS, STATE } from './addresses.js';
import { bootstrap } from './bootstrap.js';
import { demo } from './demo.js';
import { prepareVolumes } from './volumes.js';

const port = z.coerce.number().int().min(1).max(65_535);
const Ports = z.object({
  CITYSTREAMS_GATEWAY_PORT: port,
  CITYSTREAMS_CATALOGUE_PORT: port,
  CITYSTREAMS_IDENTITY_PORT: port,
  CITYSTREAMS_KAFKA_PORT: port,
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readPorts(env: NodeJS.ProcessEnv): PublishedPorts {
  const read = Ports.safeParse(env);
  if (!read.success) {
    throw new Error(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  }
  return {
    gateway: read.data.CITYSTREAMS_GATEWAY_PORT,
    catalogue: read.data.CITYSTREAMS_CATALOGUE_PORT,
    identity: read.data.CITYSTREAMS_IDENTITY_PORT,
    kafka: read.data.CITYSTREAMS_KAFKA_PORT,
  };
}

async function main(program: string | undefined): Promise<void> {
  const offices = () => loadOffices(join(APPLICATION, 'policy'));
  if (program === 'init')
    prepareVolumes({ secrets: SECRETS, state: STATE, offices: offices(), ports: readPorts(process.env) });
  else if (program === 'bootstrap') await bootstrap(join(SECRETS, 'bootstrap'));
  else if (program === 'demo') await demo(join(SECRETS, 'demo', 'people.json'), offices(), say);
  else throw new Error(`there is no program "${program ?? ''}": init, bootstrap or demo`);
  say(`${program}: done`);
}

main(process.argv[2]).catch((cause: unknown) => {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`);
  process.exitCode = 1;
});
