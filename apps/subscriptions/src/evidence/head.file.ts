/** The heads file: one published head a line. It lies outside the database, so that who changes that leaves a trace here. */
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditHead, AuditKey } from '@citystreams/contracts';

const HEADS = 'audit-heads.ndjson';
const PUBLIC_KEY = 'audit-key.pub.pem';
/** Longer than any line. */
const TAIL_BYTES = 8_192;
const READABLE_BY_ALL = 0o644;

export interface HeadFile {
  /** Signature of the last head in it; null while it is empty. */
  last(): Promise<string | null>;
  /** On the disk when it resolves. */
  append(heads: readonly AuditHead[]): Promise<void>;
}

export function headFileIn(folder: string): HeadFile {
  const file = join(folder, HEADS);
  return {
    async last() {
      const handle = await open(file, 'a+', READABLE_BY_ALL);
      try {
        const { size } = await handle.stat();
        const length = Math.min(size, TAIL_BYTES);
        const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
        const whole = buffer.lastIndexOf('\n') + 1;
        // A line that a kill cut short is written again.
        if (whole < length) await handle.truncate(size - length + whole);
        return signatureIn(buffer.toString('utf8', 0, whole).trimEnd().split('\n').at(-1) ?? '');
      } finally {
        await handle.close();
      }
    },
    async append(heads) {
      const handle = await open(file, 'a', READABLE_BY_ALL);
      try {
        await handle.write(heads.map((head) => `${JSON.stringify(head)}\n`).join(''));
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
  };
}

/** For whoever checks an export. */
export const writePublicKey = (folder: string, { publicKey }: AuditKey): Promise<void> =>
  writeFile(join(folder, PUBLIC_KEY), publicKey, { mode: READABLE_BY_ALL });

function signatureIn(line: string): string | null {
  try {
    const head: unknown = JSON.parse(line);
    if (typeof head !== 'object' || head === null || !('signature' in head)) return null;
    return typeof head.signature === 'string' ? head.signature : null;
  } catch {
    return null;
  }
}
