import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PolicyInvalid } from '@citystreams/policy';
import {
  type CheckedSchemas,
  type CityRules,
  checkSchemas,
  checkStream,
  isStreamFolder,
  readCityRules,
  type SchemaProblem,
} from '@citystreams/schemas';
import type { CommandContext, GlobalOptions } from '../context.js';
import { CommandFailure } from '../failure.js';

export interface CheckOptions extends GlobalOptions {
  readonly policy?: string;
}

/**
 * Checks a folder of schemas, or the folder of one stream, without any platform: every problem with file, JSON path and fix.
 * @throws CommandFailure where there is a problem
 */
export function checkStreams(context: CommandContext, folder: string, options: CheckOptions): void {
  const path = resolve(context.cwd, folder);
  const one = isStreamFolder(path);
  const policy = policyFolder(context, one ? dirname(dirname(path)) : path, options);
  const { streams, problems } = checkBy(policy, (rules) => (one ? checkStream : checkSchemas)(path, rules));
  const shown = problems.map((problem) => ({ ...problem, file: relative(context.cwd, problem.file) || problem.file }));
  const versions = streams.reduce((sum, stream) => sum + stream.versions.length, 0);
  if (options.json) context.out(JSON.stringify({ streams: streams.map(({ stream }) => stream), problems: shown }));
  else if (shown.length > 0) context.out(problemText(shown));
  else context.out(`${counted(streams.length, 'stream')} with ${counted(versions, 'version')}: no problem`);
  if (shown.length === 0) return;
  const files = new Set(shown.map(({ file }) => file)).size;
  throw new CommandFailure('failed', `${counted(shown.length, 'problem')} in ${counted(files, 'file')}`);
}

function checkBy(policy: string, check: (rules: CityRules) => CheckedSchemas): CheckedSchemas {
  try {
    return check(readCityRules(policy));
  } catch (cause) {
    if (!(cause instanceof PolicyInvalid)) throw cause;
    const problems = cause.problems.map(
      ({ file, path, message }): SchemaProblem => ({ file, path, message, fix: 'correct it' }),
    );
    return { streams: [], problems };
  }
}

/** The policy beside the schemas, unless told otherwise. */
function policyFolder(context: CommandContext, schemas: string, { policy }: CheckOptions): string {
  if (policy === undefined) return join(schemas, '..', 'policy');
  const folder = resolve(context.cwd, policy);
  if (existsSync(folder)) return folder;
  throw new CommandFailure('usage', `there is no folder ${policy}`, '--policy names the folder of the city’s policy');
}

export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** File by file, each problem with its place and what to write instead. */
export function problemText(problems: readonly SchemaProblem[]): string {
  return [...Map.groupBy(problems, ({ file }) => file)]
    .map(([file, found]) =>
      [file, ...found.map(({ path, message, fix }) => `  ${path && `${path}: `}${message}\n      ${fix}`)].join('\n'),
    )
    .join('\n');
}
