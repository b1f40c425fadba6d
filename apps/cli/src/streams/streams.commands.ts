import type { Command } from 'commander';
import type { CommandContext, GlobalOptions } from '../context.js';
import { type CheckOptions, checkStreams } from './check.command.js';
import { createStream } from './create.command.js';
import { type ListOptions, listStreams } from './ls.command.js';
import { publishVersions } from './publish-version.command.js';
import { showStream } from './show.command.js';

/** `citystreams streams ...` */
export function addStreamCommands(program: Command, context: CommandContext): void {
  const streams = program.command('streams').description('find, describe, create and check streams');

  streams
    .command('ls')
    .description('streams that this account may know of')
    .argument('[words...]', 'in Chinese or English; all have to be found')
    .option('--agency <agency>', 'of this owner')
    .option('--level <levels>', 'of these levels, for example L1,L2')
    .option('--concept <concept>', 'with a field of this concept, for example person-number')
    .option('--retired', 'those that are retired, instead of those in use')
    .action((words: string[], _own: unknown, command: Command) =>
      listStreams(context, words, command.optsWithGlobals<ListOptions>()),
    );

  streams
    .command('show')
    .description('one stream: owner, fields, versions and what they changed, a sample')
    .argument('<stream>', 'for example meteorology.weather-observation')
    .action((stream: string, _own: unknown, command: Command) =>
      showStream(context, stream, command.optsWithGlobals<GlobalOptions>()),
    );

  streams
    .command('create')
    .description('register a stream: contract, topic and publishers at once')
    .argument('<folder>', 'schemas/<agency>/<event>, with stream.yaml and v1.avsc')
    .addHelpText('after', '\nAs steward of the owner. Asked again, it adds what is missing and changes nothing else.')
    .action((folder: string, _own: unknown, command: Command) =>
      createStream(context, folder, command.optsWithGlobals<GlobalOptions>()),
    );

  streams
    .command('publish-version')
    .description('register versions that the platform does not have yet, and what stream.yaml changed')
    .argument('<folder>', 'schemas/<agency>/<event>, with v2.avsc beside v1.avsc')
    .action((folder: string, _own: unknown, command: Command) =>
      publishVersions(context, folder, command.optsWithGlobals<GlobalOptions>()),
    );

  streams
    .command('check')
    .description('check a folder of schemas: every problem with file, JSON path and what to write instead')
    .argument('<folder>', 'the folder that holds <agency>/<event>/v1.avsc, or that of one stream')
    .option('--policy <folder>', "the city's policy (default: `policy` beside the folder)")
    .addHelpText('after', '\nNeeds no platform and no session. Exit code 1 where there is a problem.')
    .action((folder: string, _own: unknown, command: Command) =>
      checkStreams(context, folder, command.optsWithGlobals<CheckOptions>()),
    );
}
