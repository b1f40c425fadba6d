import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import type { PolicyProblem } from './problems.js';

/** Reads one file and adds everything wrong with it to `problems`; null when there was something. */
export function readYaml<T>(file: string, shape: z.ZodType<T>, problems: PolicyProblem[]): T | null {
  const text = readText(file, problems);
  if (text === null) return null;
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    for (const { linePos, message } of document.errors) {
      const path = linePos ? `line ${linePos[0].line}, column ${linePos[0].col}` : '';
      problems.push({ file, path, message: `not valid YAML: ${message.split('\n')[0]}` });
    }
    return null;
  }
  const parsed = shape.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    problems.push({ file, path: pathText(issue.path), message: issue.message });
  }
  return null;
}

function readText(file: string, problems: PolicyProblem[]): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    problems.push({ file, path: '', message: `the file cannot be read (${code})` });
    return null;
  }
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}${text && '.'}${String(step)}`),
    '',
  );
