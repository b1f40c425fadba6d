// Writes what is generated from schemas/; with --check it only compares, and ends with 1 when something is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ContractFilesInvalid, newestContracts } from './contract-files.js';
import { eventTypes } from './event-types.js';

const ROOT = join(import.meta.dirname, '../../..');
const TARGET = 'libs/contracts/src/generated/events.ts';
const HEADER = `// Generated from schemas/ by \`npm run generate\`. Do not edit.\n`;

function generated(): string {
  const parts = newestContracts(join(ROOT, 'schemas')).map(
    ({ stream, contract }) => `// ${stream}\n\n${eventTypes(contract.record)}`,
  );
  return [HEADER, ...parts].join('\n');
}

try {
  const text = generated();
  const file = join(ROOT, TARGET);
  if (!process.argv.includes('--check')) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${TARGET} is not what schemas/ say: run npm run generate\n`);
    process.exitCode = 1;
  }
} catch (error) {
  if (!(error instanceof ContractFilesInvalid)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
