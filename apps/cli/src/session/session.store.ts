/**
 * Sessions in `$XDG_CONFIG_HOME/citystreams/sessions.json`, mode 0600: tokens, which end by themselves; never a secret.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { CommandContext } from '../context.js';
import { CommandFailure } from '../failure.js';

const Session = z.object({
  account: z.string(),
  token: z.string(),
  expiresAt: z.iso.datetime(),
});
export type Session = z.infer<typeof Session>;

const SessionFile = z.object({
  /** By gateway address. */
  sessions: z.record(z.string(), Session).default({}),
  /** Names given to gateway addresses. */
  profiles: z.record(z.string(), z.string()).default({}),
});
type SessionFile = z.infer<typeof SessionFile>;

export interface SessionStore {
  readonly file: string;
  find(gateway: string): Session | undefined;
  /** @throws CommandFailure if it cannot be written */
  keep(gateway: string, session: Session, profile?: string): void;
  gatewayOf(profile: string): string | undefined;
}

export function openSessions({ env, home }: CommandContext): SessionStore {
  const file = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'citystreams', 'sessions.json');
  return {
    file,
    find: (gateway) => read(file).sessions[gateway],
    gatewayOf: (profile) => read(file).profiles[profile],
    keep(gateway, session, profile) {
      const before = read(file);
      write(file, {
        sessions: { ...before.sessions, [gateway]: session },
        profiles: { ...before.profiles, ...(profile !== undefined && { [profile]: gateway }) },
      });
    },
  };
}

function read(file: string): SessionFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { sessions: {}, profiles: {} };
    throw new CommandFailure('failed', `${file} cannot be read (${code})`);
  }
  try {
    return SessionFile.parse(JSON.parse(text));
  } catch {
    throw new CommandFailure('failed', `${file} is damaged`, 'remove it, then log in again');
  }
}

/** By rename: a reader never meets half a file, and the mode is right from the first byte. */
function write(file: string, content: SessionFile): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, file);
  } catch (cause) {
    throw new CommandFailure(
      'failed',
      `the session cannot be kept: ${file} (${(cause as NodeJS.ErrnoException).code})`,
    );
  }
}
