/** Libraries of foreign clients: fetched once, by what their manifest pins, and used without a network from then on. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const CACHE = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules', '.cache', 'citystreams-clients');

/**
 * The folder that `fill` made of these files, complete or not there at all. It is filled under another name and renamed:
 * nothing in it may depend on its own path.
 *
 * @param also whatever else the content depends on, as the version of an interpreter
 */
export async function cachedFolder(
  name: string,
  { files, also = '' }: { readonly files: readonly string[]; readonly also?: string },
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256').update(also);
  for (const file of files) hash.update(readFileSync(file));
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${randomBytes(4).toString('hex')}`;
  mkdirSync(draft, { recursive: true });
  try {
    await fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    // Another run may have been first; what it made is the same.
    if (!existsSync(folder))
      throw new Error(`what the client "${name}" needs could not be made ready`, { cause: error });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}
