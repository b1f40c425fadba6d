import type { Command } from 'commander';
import type { CommandContext } from '../context.js';
import { type CheckOptions, checkStreams } from './check.command.js';

/** `citystreams streams ...` */
export function addStreamCommands(program: Command, context: CommandContext): void {
  const streams = program.command('streams').description('find, describe, create and check streams');

  streams
    .command('check')
    .description('check a folder of schemas: every problem with file, JSON path and what to write instead')
    .argument('<folder>', 'the folder that holds <agency>/<event>/v1.avsc')
    .option('--policy <folder>', "the city's policy (default: `policy` beside the folder)")
    .addHelpText('after', '\nNeeds no platform and no session. Exit code 1 where there is a problem.')
    .action((folder: string, _own: unknown, command: Command) =>
      checkStreams(context, folder, command.optsWithGlobals<CheckOptions>()),
    );
}
