import { readFileSync } from 'node:fs';
import type { z } from 'zod';

/** One thing wrong with the configuration; `variable` is the name to look for in the environment. */
export interface ConfigProblem {
  variable: string;
  message: string;
}

export type ParsedConfig<T> = { ok: true; config: Readonly<T> } | { ok: false; problems: ConfigProblem[] };

type Environment = Readonly<Record<string, string | undefined>>;

const FILE_SUFFIX = '_FILE';

/**
 * Reads the variables a shape names. Every `X` may be given as `X_FILE` instead: the path of a file whose content,
 * without the line end, is the value. An empty variable counts as absent. Values never appear in a problem.
 */
export function parseConfig<Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape>,
  env: Environment,
): ParsedConfig<z.infer<z.ZodObject<Shape>>> {
  const problems: ConfigProblem[] = [];
  const values: Record<string, string> = {};
  for (const variable of Object.keys(shape.shape)) {
    const value = valueOf(variable, shape.shape, env, problems);
    if (value !== undefined) values[variable] = value;
  }
  const parsed = shape.safeParse(values, { reportInput: false });
  if (!parsed.success) {
    const told = new Set(problems.map((problem) => problem.variable));
    for (const issue of parsed.error.issues) {
      const variable = String(issue.path[0] ?? '');
      if (told.has(variable)) continue;
      problems.push({ variable, message: variable in values ? issue.message : 'is not set, and it has no default' });
    }
  }
  if (problems.length > 0 || !parsed.success) return { ok: false, problems };
  return { ok: true, config: Object.freeze(parsed.data) };
}

/**
 * The configuration of this process, read once in `main.ts`. With anything wrong it prints every problem, one a line,
 * and ends the process with 1: nothing starts half configured.
 */
export function readConfig<Shape extends z.ZodRawShape>(
  shape: z.ZodObject<Shape>,
  env: Environment,
): Readonly<z.infer<z.ZodObject<Shape>>> {
  const parsed = parseConfig(shape, env);
  if (parsed.ok) return parsed.config;
  const lines = parsed.problems.map(({ variable, message }) => `  ${variable}: ${message}`);
  process.stderr.write(`The configuration is not usable:\n${lines.join('\n')}\n`);
  return process.exit(1);
}

function valueOf(
  variable: string,
  shape: z.ZodRawShape,
  env: Environment,
  problems: ConfigProblem[],
): string | undefined {
  const direct = env[variable] || undefined;
  const fileVariable = `${variable}${FILE_SUFFIX}`;
  const file = fileVariable in shape ? undefined : env[fileVariable] || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) {
    problems.push({ variable, message: `is given twice, also as ${fileVariable}; keep one` });
    return undefined;
  }
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    problems.push({ variable, message: `${fileVariable} names ${file}, which cannot be read (${code})` });
    return undefined;
  }
}
