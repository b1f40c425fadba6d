/**
 * One line of JSON for each step: its result, or status and code of the error that the registry answered with. The
 * libraries lie in the folder LIBRARIES.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** As `import` would, from the folder of the foreign libraries. */
export const library = createRequire(join(process.env.LIBRARIES, 'package.json'));
export const scenario = JSON.parse(readFileSync(process.env.SCENARIO ?? '/dev/null', 'utf8') || 'null');
export const url = process.env.REGISTRY_URL;

let steps = 0;
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

export const begin = (name, doing) => {
  const { version } = library(`${name}/package.json`);
  tell({ client: `npm ${name} ${version} (Node ${process.versions.node})${doing === undefined ? '' : `, ${doing}`}` });
};

/** Does it and reports it. An error that the registry did not answer with ends the program. */
export async function step(name, action) {
  steps += 1;
  try {
    tell({ step: name, result: await action() });
  } catch (error) {
    if (typeof error.status !== 'number') throw error;
    tell({
      step: name,
      error: { status: error.status, ...(error.errorCode !== undefined && { code: error.errorCode }) },
    });
  }
}

export const end = () => tell({ done: steps });
