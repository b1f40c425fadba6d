import { DelegationResource } from '@citystreams/contracts';
import type { Command } from 'commander';
import { z } from 'zod';
import type { CommandContext, GlobalOptions } from '../context.js';
import { openGateway } from '../session/gateway.client.js';
import { table } from '../terminal/table.js';

interface MakeOptions extends GlobalOptions {
  readonly role: string;
  readonly until: string;
}

const Page = z.object({ items: z.array(DelegationResource), next: z.string().nullable() });

/** `citystreams delegations ...` */
export function addDelegationCommands(program: Command, context: CommandContext): void {
  const delegations = program.command('delegations').description('deputies who decide for somebody until a day');
  delegations
    .command('ls')
    .description('delegations of this office, and those that name this account')
    .action((_own: unknown, command: Command) => list(context, command.optsWithGlobals<GlobalOptions>()));
  delegations
    .command('make')
    .description('give a deciding role of your own to a deputy')
    .argument('<deputy>', 'account of a person: of your office, or for the CDO of any')
    .requiredOption('--role <role>', 'steward, privacy-officer or cdo')
    .requiredOption('--until <time>', 'when it ends, for example 2027-01-15T00:00:00+08:00')
    .action(async (deputy: string, _own: unknown, command: Command) => {
      const { role, until, ...options } = command.optsWithGlobals<MakeOptions>();
      await write(context, '/api/delegations', { role, deputy, until }, options);
    });
  delegations
    .command('end')
    .description('take a delegation back before its time')
    .argument('<id>')
    .action((id: string, _own: unknown, command: Command) =>
      write(context, `/api/delegations/${encodeURIComponent(id)}/end`, {}, command.optsWithGlobals<GlobalOptions>()),
    );
}

async function list(context: CommandContext, options: GlobalOptions): Promise<void> {
  const client = await openGateway(context, options);
  const { items } = await client.get('/api/delegations?limit=200', Page);
  if (options.json) return context.out(JSON.stringify(items));
  context.out(items.length === 0 ? 'no delegation' : tableOf(items));
}

async function write(context: CommandContext, path: string, body: object, options: GlobalOptions): Promise<void> {
  const client = await openGateway(context, options);
  const made = await client.post(path, body, DelegationResource);
  context.out(options.json ? JSON.stringify(made) : tableOf([made]));
}

const tableOf = (items: readonly DelegationResource[]): string =>
  table(
    items.map(({ id, role, person, deputy, until, inForce }) => [
      ...[id, role, person, `${deputy.name} (${deputy.account})`, until, inForce ? 'in force' : 'over'],
    ]),
    ['delegation', 'role', 'of', 'deputy', 'until', ''],
  );
