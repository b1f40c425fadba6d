import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Contract, parseContract } from '@citystreams/avro';
import { StreamName } from '@citystreams/contracts';

/** What is wrong with the contracts in `schemas/`; nothing is written then. */
export class ContractFilesInvalid extends Error {
  readonly code = 'CONTRACT_FILES_INVALID';

  constructor(readonly problems: readonly string[]) {
    super(`the contracts have ${problems.length} problems\n${problems.join('\n')}`);
    this.name = 'ContractFilesInvalid';
  }
}

/**
 * The newest version of every contract in `<schemas>/<agency>/<event>/v<number>.avsc`, in order of stream.
 * @throws ContractFilesInvalid with every problem of every file.
 */
export function newestContracts(schemas: string): { stream: StreamName; contract: Contract }[] {
  const problems: string[] = [];
  const found: { stream: StreamName; contract: Contract }[] = [];
  for (const agency of folders(schemas)) {
    for (const event of folders(join(schemas, agency))) {
      const folder = join(schemas, agency, event);
      const stream = StreamName.safeParse(`${agency}.${event}`);
      for (const { message } of stream.error?.issues ?? []) problems.push(`${folder}: ${message}`);
      const file = newestVersion(folder);
      if (file === null) problems.push(`${folder}: no contract, expected v1.avsc`);
      const contract = file === null ? null : read(file, problems);
      if (stream.success && contract !== null) found.push({ stream: stream.data, contract });
    }
  }
  if (problems.length > 0) throw new ContractFilesInvalid(problems);
  return found;
}

const folders = (path: string): string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted();

function newestVersion(folder: string): string | null {
  let newest: string | null = null;
  for (let version = 1; existsSync(join(folder, `v${version}.avsc`)); version += 1) {
    newest = join(folder, `v${version}.avsc`);
  }
  return newest;
}

function read(file: string, problems: string[]): Contract | null {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    problems.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  const result = parseContract(json);
  if (result.ok) return result.contract;
  for (const { field, message } of result.findings) problems.push(`${file}: ${field}: ${message}`);
  return null;
}
