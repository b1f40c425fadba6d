import { readFileSync } from 'node:fs';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { PolicyProblem } from './problems.js';

/** Reads one file and adds everything wrong with it to `problems`; null when there was something. */
export function readYaml<T>(file: string, shape: z.ZodType<T>, problems: PolicyProblem[]): T | null {
  const text = readText(file, problems);
  return text === null ? null : parseYaml(file, text, shape, problems);
}

/** The same for a text that is at hand; `file`: what it is called in problems. */
export function parseYaml<T>(file: string, text: string, shape: z.ZodType<T>, problems: PolicyProblem[]): T | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { prettyErrors: true, lineCounter: lines });
  if (document.errors.length > 0) {
    for (const { linePos, message } of document.errors) {
      const path = linePos ? `line ${linePos[0].line}, column ${linePos[0].col}` : '';
      const line = linePos?.[0].line;
      problems.push({ file, path, ...(line && { line }), message: `not valid YAML: ${message.split('\n')[0]}` });
    }
    return null;
  }
  const parsed = shape.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const line = lineOf(document, lines, issue.path);
    problems.push({ file, path: pathText(issue.path), line, message: issue.message });
  }
  return null;
}

/** The line of what lies at the path, or of the nearest thing around it that is there. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

export function readText(file: string, problems: PolicyProblem[]): string | null {
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
