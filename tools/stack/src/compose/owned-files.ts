/** Files and folders that belong to one user and are closed to everybody else. To be called as root. */
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export function ownedFolder(folder: string, uid: number, mode: 0o500 | 0o700): string {
  mkdirSync(folder, { recursive: true });
  chownSync(folder, uid, uid);
  chmodSync(folder, mode);
  return folder;
}

/** Mode 0400, replaced by rename: who reads it meanwhile sees all of the old text or all of the new. */
export function ownedFile(file: string, text: string, uid: number): void {
  // An unchanged file keeps its time stamp: the broker and the issuer read theirs again when that moves.
  if (textOf(file) === text) return;
  const draft = `${file}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o400 });
  chownSync(draft, uid, uid);
  renameSync(draft, file);
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}
