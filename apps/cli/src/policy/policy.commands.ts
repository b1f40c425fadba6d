import type { Command } from 'commander';
import type { CommandContext, GlobalOptions } from '../context.js';
import { explain, type ExplainOptions } from '../explain/explain.command.js';
import { simulatePolicy } from './simulate.command.js';

/** `citystreams policy ...` and `citystreams explain` */
export function addPolicyCommands(program: Command, context: CommandContext): void {
  program
    .command('explain')
    .description('why an account can or cannot read a field; without an account, who could')
    .argument('<stream>', 'for example medical-insurance.claim-settled')
    .argument('<field>', 'its path in the contract')
    .option('--principal <account>', 'the service account, for example futian.operations')
    .option('--at <time>', 'RFC 3339 (default: now)')
    .action((stream: string, field: string, _own: unknown, command: Command) =>
      explain(context, stream, field, command.optsWithGlobals<ExplainOptions>()),
    );

  program
    .command('policy')
    .description('the policy that requests are decided under')
    .command('simulate')
    .description('what a changed policy would have decided otherwise on recorded requests (CDO, auditor)')
    .argument('<folder>', 'with matrix.yaml, purposes.yaml, ...; a file that is not there stays as it is')
    .action((folder: string, _own: unknown, command: Command) =>
      simulatePolicy(context, folder, command.optsWithGlobals<GlobalOptions>()),
    );
}
