/** What every part of the stack keeps in the data directory: secrets, small JSON files, and who uses it now. */
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Names the process that runs a stack on this data directory; `npm run reset` looks at it too. */
const OWNER_FILE = 'stack.pid';

/** Writes by rename, so nobody ever reads half a file. Mode 0600 unless said otherwise; its folder is made 0700. */
export function writeFileAtomically(file: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, text, { mode });
  renameSync(draft, file);
}

/** The generated secret of that name (43 characters of base64url), made on first use; the same for every later caller. */
export function secretOf(dataDirectory: string, name: string): string {
  const file = secretFileOf(dataDirectory, name);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
  try {
    linkSync(draft, file); // fails if somebody else was first, and then theirs counts
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
}

export const secretFileOf = (dataDirectory: string, name: string): string => join(dataDirectory, 'secrets', name);

/**
 * `<pid> <start time>`, as claims are written: a number alone is given to other processes later, soonest in a container,
 * where each boot counts from one again. Where there is no /proc the start time is missing and the number must do.
 */
export function identityOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    // The name before the last parenthesis may contain anything; then: state, ..., start time as the 20th.
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return state === 'Z' ? undefined : `${pid} ${fields[18]}`;
  } catch {
    return String(pid);
  }
}

/** Somebody else runs a stack on this data directory. */
export class DataDirectoryInUse extends Error {
  readonly code = 'DATA_DIRECTORY_IN_USE';
  constructor(
    readonly directory: string,
    readonly pid: number,
  ) {
    super(
      `a stack (process ${pid}) already runs on ${directory}: stop it, or set CITYSTREAMS_DATA to another directory`,
    );
  }
}

/** Makes this process the only user of the data directory until released or dead. @throws DataDirectoryInUse */
export function claimDataDirectory(directory: string): { release(): void } {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, OWNER_FILE);
  claimFile(file, (owner) => new DataDirectoryInUse(directory, owner));
  return { release: () => rmSync(file, { force: true }) };
}

/** Creates `file` with our identity in it, taking over a dead owner's. @throws what `taken` makes of a living owner's pid */
export function claimFile(file: string, taken: (owner: number) => Error): void {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, identityOf(process.pid) ?? String(process.pid), { mode: 0o600 });
  try {
    for (;;) {
      try {
        linkSync(draft, file); // appears complete, or not at all
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = ownerIn(file);
      if (owner === undefined) continue; // released a moment ago
      if (owner.alive) throw taken(owner.pid);
      removeDeadClaim(file, `${draft}.dead`);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Renames first: of two who find the same dead owner, one takes the file away. */
function removeDeadClaim(file: string, aside: string): void {
  try {
    renameSync(file, aside);
    if (ownerIn(aside)?.alive) linkSync(aside, file); // a new owner's by then: give it back
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function ownerIn(file: string): { pid: number; alive: boolean } | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
  const pid = Number.parseInt(text, 10);
  return { pid, alive: pid > 0 && identityOf(pid) === text };
}
