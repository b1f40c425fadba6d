/** Fills the volumes before anything else starts. To be called as root, who alone may give files to other users. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import type { Office } from '@citystreams/contracts';
import { writeStackFile } from '../launcher/stack-file.js';
import type { PublishedPorts } from './addresses.js';
import { ownedFile, ownedFolder } from './owned-files.js';
import { READERS, STATEFUL } from './readers.js';
import { makeSecrets } from './secrets.js';

export interface VolumeOptions {
  /** The volume of secrets, and that of what single processes keep. */
  readonly secrets: string;
  readonly state: string;
  readonly offices: readonly Office[];
  readonly ports: PublishedPorts;
}

/**
 * Safe to repeat: secrets stay, an unchanged file is not touched. Beside the services' folders the volume of secrets
 * holds `origin` (everything) and `host/stack.json` (for programs on the host), both for root alone.
 *
 * @throws DamagedIssuer, AccountClash
 */
export function prepareVolumes(o: VolumeOptions): void {
  const { files, stack } = makeSecrets(join(o.secrets, 'origin'), o.offices, o.ports);
  chmodSync(o.secrets, 0o755);
  for (const { service, uid } of READERS) {
    const folder = ownedFolder(join(o.secrets, service), uid, 0o500);
    for (const [name, text] of Object.entries(files[service] ?? {})) ownedFile(join(folder, name), text, uid);
  }
  chmodSync(o.state, 0o755);
  for (const { account, uid } of STATEFUL) ownedFolder(join(o.state, account), uid, 0o700);
  writeStackFile(join(o.secrets, 'host'), stack);
}
