import { createReadStream, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import type { Report } from './verify/findings.js';
import { objectIn, type TrustedKey, trustedKey } from './verify/format.js';
import { verifyBundle } from './verify/verify.bundle.js';
import { type Trusted, verifyExport } from './verify/verify.export.js';

export interface VerifyOptions extends GlobalOptions {
  readonly key?: readonly string[];
  readonly heads?: string;
}

/** As many as are printed; what is wrong with the first ones is usually wrong with all. */
const MOST_SHOWN = 50;

/**
 * Checks an export of the evidence, or an evidence bundle, without network and database.
 * @throws CommandFailure where there is any sign of tampering, or a file cannot be read
 */
export async function verifyEvidence(context: CommandContext, file: string, options: VerifyOptions): Promise<void> {
  const path = existing(context, file);
  const keys = await Promise.all((options.key ?? []).map((key) => readKey(context, key)));
  const heads = options.heads === undefined ? null : await readFile(existing(context, options.heads), 'utf8');
  const report = await verifyFile(path, { heads, keys });
  context.out(options.json ? JSON.stringify(report) : textOf(relative(context.cwd, path), report));
  const { length } = report.findings;
  if (length > 0) throw new CommandFailure('failed', `${length} sign${length === 1 ? '' : 's'} of tampering`);
}

async function verifyFile(path: string, trusted: Trusted): Promise<Report> {
  const first = await firstLine(path);
  if (objectIn(first)?.['kind'] === 'audit-export') return verifyExport(linesOf(path), trusted);
  const whole = objectIn(await readFile(path, 'utf8').catch(() => ''));
  if (whole?.['kind'] === 'evidence-bundle') return verifyBundle(whole, trusted);
  // Whatever it was: an export without its first line is an export that somebody cut.
  return verifyExport(linesOf(path), trusted);
}

const linesOf = (path: string) => createInterface({ input: createReadStream(path), crlfDelay: Infinity });

async function firstLine(path: string): Promise<string> {
  for await (const line of linesOf(path)) return line;
  return '';
}

function existing(context: CommandContext, file: string): string {
  const path = resolve(context.cwd, file);
  if (existsSync(path)) return path;
  throw new CommandFailure('usage', `there is no file ${file}`);
}

async function readKey(context: CommandContext, file: string): Promise<TrustedKey> {
  const pem = await readFile(existing(context, file), 'utf8');
  try {
    return trustedKey(pem);
  } catch {
    throw new CommandFailure('usage', `${file} holds no key in PEM`);
  }
}

function textOf(
  file: string,
  { kind, chain, records, findings, checked, unchecked, provedUpTo, limits }: Report,
): string {
  const proof =
    provedUpTo === null ? [] : [`proved   up to record ${provedUpTo.record}, by the head of ${provedUpTo.at}`];
  const shown = findings.slice(0, MOST_SHOWN).map(({ code, record, message }) => {
    const where = record === null ? '' : `record ${record}: `;
    return `FOUND    ${code.padEnd(14)} ${where}${message}`;
  });
  const rest = findings.length > MOST_SHOWN ? [`         and ${findings.length - MOST_SHOWN} more`] : [];
  return [
    `${file}: ${kind === 'export' ? 'export' : 'evidence bundle'} of the chain ${chain}, ${records} records`,
    ...checked.map((check) => `checked  ${check}`),
    ...unchecked.map(({ check, why }) => `not      ${check}: ${why}`),
    ...shown,
    ...rest,
    // What was found out of place is not proved by what was not.
    ...(findings.length > 0 ? [] : proof),
    ...limits.map((limit) => `limit    ${limit}`),
  ].join('\n');
}
