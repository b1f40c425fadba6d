import { basename, dirname, join, relative, resolve } from 'node:path';
import { PolicyInvalid } from '@citystreams/policy';
import {
  type CityRules,
  checkStream,
  isStreamFolder,
  readCityRules,
  type SchemaProblem,
  type StreamFiles,
} from '@citystreams/schemas';
import type { CommandContext } from '../context.js';
import { CommandFailure } from '../failure.js';
import { counted, problemText } from './check.command.js';

/**
 * One stream of a folder of schemas, `<schemas>/<agency>/<event>`, checked as `streams check` does.
 * @throws CommandFailure with every problem of its files
 */
export function readStreamFolder(context: CommandContext, folder: string): StreamFiles {
  const path = resolve(context.cwd, folder);
  if (!isStreamFolder(path)) {
    throw new CommandFailure(
      'usage',
      `${folder} is no folder of a stream`,
      'name <schemas>/<agency>/<event>, with stream.yaml and v1.avsc in it',
    );
  }
  const { streams, problems } = checkStream(path, rulesBeside(dirname(dirname(path))));
  const [found] = streams;
  if (found !== undefined) return found;
  const name = `${basename(dirname(path))}.${basename(path)}`;
  const shown = problems.map(
    (problem): SchemaProblem => ({ ...problem, file: relative(context.cwd, problem.file) || '.' }),
  );
  throw new CommandFailure('failed', `${name} has ${counted(shown.length, 'problem')}\n${problemText(shown)}`);
}

/** The policy of the repository, where there is one beside the schemas; the platform judges by its own anyway. */
function rulesBeside(schemas: string): CityRules {
  try {
    return readCityRules(join(schemas, '..', 'policy'));
  } catch (cause) {
    if (!(cause instanceof PolicyInvalid)) throw cause;
    throw new CommandFailure('failed', cause.message);
  }
}
