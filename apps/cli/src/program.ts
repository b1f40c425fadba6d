/** The command line: names and options. What a command does is in its folder. */
import { Command, CommanderError } from 'commander';
import { addAuditCommands } from './audit/audit.commands.js';
import type { CommandContext, GlobalOptions } from './context.js';
import { addDelegationCommands } from './delegations/delegations.commands.js';
import { CommandFailure, EXIT_CODES } from './failure.js';
import { type LoginOptions, login } from './login/login.command.js';
import { addPolicyCommands } from './policy/policy.commands.js';
import { addRequestCommands } from './requests/requests.commands.js';
import { addStreamCommands } from './streams/streams.commands.js';
import { whoami } from './whoami/whoami.command.js';

/** @returns the exit code: 0, 1 (it failed), 2 (it was asked wrongly) */
export async function runCommand(
  argv: readonly string[],
  context: CommandContext,
  tellError: (text: string) => void,
): Promise<number> {
  const program = build(context, tellError);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (cause) {
    // Commander has said already what is wrong; help that was asked for is no mistake.
    if (cause instanceof CommanderError) return cause.exitCode === 0 ? 0 : EXIT_CODES.usage;
    if (!(cause instanceof CommandFailure)) throw cause;
    tellError(`error: ${cause.message}\n`);
    if (cause.hint !== undefined) tellError(`       ${cause.hint}\n`);
    return EXIT_CODES[cause.kind];
  }
}

function build(context: CommandContext, tellError: (text: string) => void): Command {
  const program = new Command('citystreams')
    .description('The event backbone of a city, from the command line.')
    .option('--url <address>', 'the gateway to talk to (default: the local stack)')
    .option('--profile <name>', 'the gateway known by this name')
    .option('--json', 'for scripts: JSON on standard output')
    .showHelpAfterError('(citystreams --help lists everything)')
    .configureOutput({ writeOut: (text) => context.out(text.trimEnd()), writeErr: tellError })
    .exitOverride();

  program
    .command('login')
    .description('log in as an account: a person (futian.steward, cdo) or a service (bao-an.flight-desk)')
    .argument('<account>')
    .option('--issuer <address>', 'the issuer of tokens, where it is not the local stack')
    .addHelpText(
      'after',
      '\nThe secret is taken from the local stack, from CITYSTREAMS_CLIENT_SECRET(_FILE), or asked for. It is not kept.',
    )
    .action((account: string, _own: unknown, command: Command) =>
      login(context, account, command.optsWithGlobals<LoginOptions>()),
    );

  program
    .command('whoami')
    .description('the account, agency and roles the platform knows this session by')
    .action((_own: unknown, command: Command) => whoami(context, command.optsWithGlobals<GlobalOptions>()));

  addStreamCommands(program, context);
  addAuditCommands(program, context);
  addRequestCommands(program, context);
  addDelegationCommands(program, context);
  addPolicyCommands(program, context);
  return program;
}
