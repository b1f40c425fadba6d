/** Which platform a command talks to. */
import type { StackFile } from '@citystreams/contracts';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';
import type { SessionStore } from '../session/session.store.js';
import { findLocalStack } from './local-stack.js';

export interface Target {
  /** Address of the gateway, without a slash at the end; what sessions are kept under. */
  readonly gateway: string;
  /** Set when it is the local stack that runs. */
  readonly stack: StackFile | null;
}

/** `--url`, else the address of `--profile`, else CITYSTREAMS_URL, else the local stack. @throws CommandFailure */
export function findTarget(context: CommandContext, options: GlobalOptions, sessions: SessionStore): Target {
  if (options.url !== undefined) return { gateway: gatewayUrl('--url', options.url), stack: null };
  if (options.profile !== undefined) {
    const gateway = sessions.gatewayOf(options.profile);
    if (gateway !== undefined) return { gateway, stack: null };
    throw new CommandFailure(
      'usage',
      `there is no profile "${options.profile}"`,
      `citystreams login <account> --url <address> --profile ${options.profile} makes it`,
    );
  }
  const url = context.env['CITYSTREAMS_URL'];
  if (url) return { gateway: gatewayUrl('CITYSTREAMS_URL', url), stack: null };
  const stack = findLocalStack(context.env, context.cwd);
  if (stack !== null) return { gateway: gatewayUrl('the stack', stack.gateway), stack };
  throw new CommandFailure(
    'failed',
    'no local stack is running here',
    'start one with npm start, or give the address of another with --url',
  );
}

function gatewayUrl(where: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text.replace(/\/+$/, '');
  throw new CommandFailure('usage', `${where}: "${text}" is not an http:// or https:// address`);
}
