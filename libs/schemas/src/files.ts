import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { SchemaProblem } from './problem.js';

/** Undefined, and a problem told, where there is no JSON. */
export function readJson(file: string, problems: SchemaProblem[]): unknown {
  const text = readText(file, problems);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = `not valid JSON: ${error instanceof Error ? error.message : String(error)}`;
    problems.push({ file, path: placeOf(text, error), message, fix: 'correct the syntax' });
    return undefined;
  }
}

/** Undefined, and a problem told, where there is no YAML. */
export function readYamlFile(file: string, problems: SchemaProblem[]): unknown {
  const text = readText(file, problems);
  if (text === null) return undefined;
  const document = parseDocument(text, { prettyErrors: true });
  for (const { linePos, message } of document.errors) {
    const path = linePos === undefined ? '' : `line ${linePos[0].line}, column ${linePos[0].col}`;
    problems.push({ file, path, message: `not valid YAML: ${message.split('\n')[0]}`, fix: 'correct the syntax' });
  }
  return document.errors.length > 0 ? undefined : document.toJS();
}

function readText(file: string, problems: SchemaProblem[]): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const message = code === 'ENOENT' ? 'the file is missing' : `the file cannot be read (${code})`;
    problems.push({ file, path: '', message, fix: 'every stream has one' });
    return null;
  }
}

/** The engine names an offset for most errors. */
function placeOf(text: string, error: unknown): string {
  const offset = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (offset === undefined) return '';
  const before = text.slice(0, Number(offset)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
