import { readFile, stat } from 'node:fs/promises';
import { IssuerAccounts } from '@citystreams/contracts';
import { type Account, whyRefused } from './account.rules.js';

export interface AccountStore {
  /** The account as the file says it now; undefined: nobody of that name. */
  find(id: string): Promise<Account | undefined>;
}

class AccountsFileError extends Error {
  override readonly name = 'AccountsFileError';
}

/** @throws AccountsFileError that names the entry, never a secret of it. */
function parseAccounts(text: string): ReadonlyMap<string, Account> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new AccountsFileError('the accounts file is not JSON');
  }
  const parsed = IssuerAccounts.safeParse(json);
  const problems = parsed.success
    ? Object.entries(parsed.data.clients).flatMap(([id, account]) => {
        const why = whyRefused(id, account);
        return why === null ? [] : [`clients.${id}: ${why}`];
      })
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (!parsed.success || problems.length > 0) {
    throw new AccountsFileError(`the accounts file is refused:\n  ${problems.join('\n  ')}`);
  }
  return new Map(Object.entries(parsed.data.clients));
}

/** Differs from every stamp, so the file is read as soon as it is back. */
const GONE = '';

/**
 * Accounts from a file that is looked at before each answer and read again when it changed. A change that cannot be
 * read leaves the last good accounts in force and is told once.
 *
 * @throws AccountsFileError when the file cannot be used at the start.
 */
export async function openAccounts(file: string, onProblem: (problem: Error) => void): Promise<AccountStore> {
  let seen = await stamp(file);
  let accounts = parseAccounts(await readFile(file, 'utf8'));

  async function refresh(): Promise<void> {
    try {
      const now = await stamp(file);
      if (now === seen) return;
      seen = now;
      accounts = parseAccounts(await readFile(file, 'utf8'));
    } catch (cause) {
      // A file that was read is not read again until it changes, so each bad one is told once.
      if (cause instanceof AccountsFileError) return onProblem(cause);
      if (seen !== GONE) onProblem(cause as Error);
      seen = GONE;
    }
  }

  return {
    async find(id) {
      await refresh();
      return accounts.get(id);
    },
  };
}

/** Changes whenever the file is written or replaced. */
async function stamp(file: string): Promise<string> {
  const { ino, mtimeNs, size } = await stat(file, { bigint: true });
  return `${ino}/${mtimeNs}/${size}`;
}
