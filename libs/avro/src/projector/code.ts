/**
 * Generated source that cannot be injected into: it is made of literal text written in this library and of safe
 * integers, nothing else. Names, symbols and literals of schemas and views reach a generated function as values only.
 */
export class Code {
  private constructor(readonly text: string) {}

  static of(texts: TemplateStringsArray, parts: readonly Part[]): Code {
    // Only the engine makes such arrays, from a template literal: a string built at run time cannot come in here.
    if (!Object.isFrozen(texts) || !Object.isFrozen(texts.raw)) throw new TypeError('not a template literal');
    return new Code(texts.map((text, i) => (i < parts.length ? text + textOf(parts[i]) : text)).join(''));
  }
}

type Part = number | Code | readonly Code[];

function textOf(part: Part | undefined): string {
  if (part instanceof Code) return part.text;
  if (typeof part === 'number' && Number.isSafeInteger(part)) return part < 0 ? `(${part})` : String(part);
  if (Array.isArray(part)) return part.map((p: unknown) => (p instanceof Code ? p.text : refuse())).join('\n');
  return refuse();
}

function refuse(): never {
  throw new TypeError('generated source takes safe integers and other generated source only');
}

/** Source text: `code\`p += ${size};\``. Throws TypeError on any part that is not a safe integer or source itself. */
export const code = (texts: TemplateStringsArray, ...parts: Part[]): Code => Code.of(texts, parts);

/** Runs the source as the body of a function whose only scope is `given`; what it is, the caller knows. */
export function build(source: Code, given: object): unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the only place; `Code` holds nothing but our own text
  return new Function('given', `'use strict';\n${source.text}`)(given);
}
