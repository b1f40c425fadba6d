import { readFileSync } from 'node:fs';
import type { StackFile } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import { openSessions } from '../session/session.store.js';
import { requestToken, tokenEndpointOf } from '../session/token.request.js';
import { secretInStack } from '../target/local-stack.js';
import { findTarget } from '../target/target.js';

const EXAMPLES = 6;

export interface LoginOptions extends GlobalOptions {
  /** Address of the OpenID issuer, where it is not the local stack's. */
  readonly issuer?: string;
}

/**
 * Exchanges the account's secret for a token and keeps the token. The secret comes from the local stack's file, from
 * CITYSTREAMS_CLIENT_SECRET(_FILE), or from the keyboard; never from the command line, and it is kept nowhere.
 */
export async function login(context: CommandContext, account: string, options: LoginOptions): Promise<void> {
  const sessions = openSessions(context);
  // A profile that is being made has no address yet: --url gives it.
  const { gateway, stack } = findTarget(context, options, sessions);
  const tokenEndpoint = stack?.tokenEndpoint ?? (await tokenEndpointOf(issuerOf(context, options)));
  const secret = await secretFor(context, stack, account);
  const fresh = await requestToken({ tokenEndpoint, account, secret, now: context.now() });
  sessions.keep(gateway, { account, ...fresh }, options.profile);
  if (options.json) context.out(JSON.stringify({ account, gateway, expiresAt: fresh.expiresAt }));
  else context.out(`Logged in at ${gateway} as ${account}.`);
}

function issuerOf(context: CommandContext, options: LoginOptions): string {
  const issuer = options.issuer ?? context.env['CITYSTREAMS_ISSUER'];
  if (issuer && URL.canParse(issuer)) return issuer;
  throw new CommandFailure(
    'usage',
    'where is the issuer of tokens?',
    'give its address with --issuer or CITYSTREAMS_ISSUER',
  );
}

async function secretFor(context: CommandContext, stack: StackFile | null, account: string): Promise<string> {
  if (stack !== null) {
    const secret = secretInStack(stack, account);
    if (secret !== undefined) return secret;
    throw new CommandFailure(
      'failed',
      `this stack has no account "${account}"`,
      `it has ${someAccounts(stack, account).join(', ')}, and those in its stack.json`,
    );
  }
  const given = secretFromEnvironment(context);
  if (given !== undefined) return given;
  if (context.askSecret !== null) return context.askSecret(`Secret of ${account}`);
  throw new CommandFailure(
    'usage',
    'no terminal to ask for the secret',
    'set CITYSTREAMS_CLIENT_SECRET_FILE (or CITYSTREAMS_CLIENT_SECRET)',
  );
}

function secretFromEnvironment({ env }: CommandContext): string | undefined {
  const file = env['CITYSTREAMS_CLIENT_SECRET_FILE'];
  if (!file) return env['CITYSTREAMS_CLIENT_SECRET'] || undefined;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (cause) {
    throw new CommandFailure(
      'failed',
      `CITYSTREAMS_CLIENT_SECRET_FILE cannot be read (${(cause as NodeJS.ErrnoException).code})`,
    );
  }
}

/** Accounts of the same agency, else people of a few: enough to see how they are called. */
function someAccounts(stack: StackFile, account: string): string[] {
  const all = [...Object.keys(stack.people), ...Object.keys(stack.clients)];
  const near = all.filter((name) => name.startsWith(`${account.split('.')[0] ?? ''}.`));
  return near.length > 0 ? near : all.slice(0, EXAMPLES);
}
