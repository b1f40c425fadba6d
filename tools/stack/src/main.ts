import { join } from 'node:path';

const OLDEST_NODE = 24;

const major = Number(process.versions.node.split('.')[0]);
if (major < OLDEST_NODE) {
  process.stderr.write(
    `Node ${OLDEST_NODE} or newer is needed, this is ${process.versions.node}. "npm start" brings its own.\n`,
  );
  process.exit(1);
}

// Only now: an older Node could not even load the rest.
const { runLauncher } = await import('./launcher/run.js');
const code = await runLauncher(process.argv.slice(2), process.env, join(import.meta.dirname, '..', '..', '..'));
// Sockets of what was stopped, or a part that never came up, must not keep us.
process.exit(code);
