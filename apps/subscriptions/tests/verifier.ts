/** `citystreams audit verify`, as an auditor runs it: a process with files, and nothing else. */
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../cli/bin/citystreams.mjs', import.meta.url));

export interface Verdict {
  exitCode: number;
  findings: { code: string; record: number | null; message: string }[];
  unchecked: { check: string }[];
  checked: string[];
  records: number;
  provedUpTo: { record: number } | null;
}

/** `folder`: the service's state folder, whose public key and heads file are used. */
export function verifyWith(folder: string, evidence: string): Promise<Verdict> {
  const file = join(folder, 'evidence.json');
  writeFileSync(file, evidence);
  const key = join(folder, 'audit-key.pub.pem');
  const heads = join(folder, 'audit-heads.ndjson');
  const words = ['audit', 'verify', file, '--key', key, '--heads', heads, '--json'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [COMMAND, ...words], { env: {}, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (stdout === '') return reject(new Error(stderr, { cause: error }));
      const report = JSON.parse(stdout) as Omit<Verdict, 'exitCode'>;
      resolve({ ...report, exitCode: error === null ? 0 : Number(error.code) });
    });
  });
}
