/**
 * Row predicates as people write them: a subset of CEL (Common Expression Language), read by a kept parser and never run
 * by it. Comparisons of a field with a value, `in`, `startsWith`, null tests, `&&`, `||`, `!`.
 *
 * A field is its path; one whose name CEL reserves is written `field("package")`. Unlike in CEL, any comparison with a
 * field that is null is false, also `!=`: ask `== null` for it.
 */
import type { Comparison, FieldPath, Predicate } from '@citystreams/contracts';
import { PREDICATE_LIMITS } from '@citystreams/contracts';
import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import type { FieldKind, FieldKinds } from './field.kind.js';
import { literalOf } from './literals.js';
import { neverTrue } from './plain.js';

/** Longer than any condition within the limits needs to be. */
export const MOST_PREDICATE_TEXT = 64 * 1024;
const MOST_NODES = 20 * PREDICATE_LIMITS.conditions;
const PARSER = new Environment({
  unlistedVariablesAreDyn: true,
  limits: {
    maxAstNodes: MOST_NODES,
    maxDepth: 2 * PREDICATE_LIMITS.depth,
    maxListElements: 256,
    maxMapEntries: 1,
    maxCallArguments: 2,
  },
});
const COMPARED: Readonly<Partial<Record<ASTNode['op'], Comparison>>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
};
/** The same comparison read from its other side. */
const TURNED: Readonly<Record<Comparison, Comparison>> = { eq: 'eq', ne: 'ne', lt: 'gt', le: 'ge', gt: 'lt', ge: 'le' };

/** Where in the text, counted from 1, and what is wrong there. */
export interface TextProblem {
  line: number;
  column: number;
  message: string;
}

export type PredicateReading = { ok: true; predicate: Predicate } | { ok: false; problems: TextProblem[] };

/** Every problem at once; of a text that is no CEL the first. Throws nothing, whatever the text. */
export function parsePredicate(text: string, kinds: FieldKinds): PredicateReading {
  if (text.length > MOST_PREDICATE_TEXT)
    return {
      ok: false,
      problems: [{ line: 1, column: 1, message: `it is longer than ${MOST_PREDICATE_TEXT} characters` }],
    };
  const parsed = syntaxOf(text);
  if ('message' in parsed) return { ok: false, problems: [parsed] };
  const reader = new Reader(text, kinds);
  const predicate = reader.condition(parsed);
  return reader.problems.length > 0 || predicate === null
    ? { ok: false, problems: reader.problems }
    : { ok: true, predicate };
}

function syntaxOf(text: string): ASTNode | TextProblem {
  try {
    return PARSER.parse(text).ast;
  } catch (error) {
    if (error instanceof ParseError) return locate(text, error.range?.start ?? 0, error.summary);
    // The parser recurses into each `!` and `-`; a text of nothing else exhausts its stack, not ours.
    if (error instanceof RangeError) return locate(text, 0, 'it is nested too deeply');
    throw error;
  }
}

function locate(text: string, at: number, message: string): TextProblem {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}

type Term = { field: FieldPath; kind: FieldKind };

class Reader {
  readonly problems: TextProblem[] = [];

  constructor(
    private readonly text: string,
    private readonly kinds: FieldKinds,
  ) {}

  condition(node: ASTNode): Predicate | null {
    switch (node.op) {
      case '&&':
      case '||':
        return this.several(node);
      case '!_': {
        const of = this.condition(node.args);
        return of && { op: 'not', of };
      }
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.comparison(node);
      case 'in':
        return this.membership(node);
      case 'rcall':
        return this.prefix(node);
      case 'id':
      case '.':
      case 'call':
        return this.bare(node);
      default:
        return this.refuse(node, 'expected a condition on a field, such as status == "LATE"');
    }
  }

  /** A chain of the same operator is one list. */
  private several(node: Extract<ASTNode, { op: '&&' | '||' }>): Predicate | null {
    const op = node.op === '&&' ? 'and' : 'or';
    const terms = node.args.map((side) => this.condition(side));
    const of = terms.flatMap((term) => (term === null ? [] : term.op === op ? term.of : [term]));
    return terms.includes(null) ? null : { op, of };
  }

  private comparison(node: Extract<ASTNode, { args: [ASTNode, ASTNode] }>): Predicate | null {
    const [left, right] = node.args;
    const turned = pathOf(left) === null && pathOf(right) !== null;
    const [side, value] = turned ? [right, left] : [left, right];
    const written = COMPARED[node.op] ?? 'eq';
    const op = turned ? TURNED[written] : written;
    const term = this.term(side);
    if (term === null) return null;
    if (value.op === 'value' && value.args === null) return this.nullTest(node, op, term.field);
    if (pathOf(value) !== null) return this.refuse(value, 'expected a value: fields are not compared with each other');
    if (term.kind.is === 'other') return this.uncomparable(side, term.field, term.kind);
    if (term.kind.is === 'boolean' && op !== 'eq' && op !== 'ne')
      return this.refuse(side, `"${term.field}" is true or false, which have no order`);
    const found = literalOf(value, term.kind);
    if (!found.ok) return this.refuse(value, `expected ${found.expected}: "${term.field}" is ${wordsOf(term.kind)}`);
    const predicate: Predicate = { op, field: term.field, value: found.value };
    const never = neverTrue(predicate, term.kind);
    return never === null ? predicate : this.refuse(value, never);
  }

  private nullTest(node: ASTNode, op: Comparison, field: FieldPath): Predicate | null {
    if (op === 'eq') return { op: 'isNull', field };
    if (op === 'ne') return { op: 'not', of: { op: 'isNull', field } };
    return this.refuse(node, 'null has no order: expected == null or != null');
  }

  private membership(node: Extract<ASTNode, { op: 'in' }>): Predicate | null {
    const [side, list] = node.args;
    const term = this.term(side);
    if (list.op !== 'list' || list.args.length === 0)
      return this.refuse(list, 'expected a list of values, such as ["A", "B"]');
    if (term === null) return null;
    const { field, kind } = term;
    if (kind.is === 'other') return this.uncomparable(side, field, kind);
    const values = list.args.flatMap((item) => {
      const found = literalOf(item, kind);
      const problem = found.ok
        ? neverTrue({ op: 'in', field, values: [found.value] }, kind)
        : `expected ${found.expected}: "${field}" is ${wordsOf(kind)}`;
      if (problem !== null) this.refuse(item, problem);
      return found.ok ? [found.value] : [];
    });
    return { op: 'in', field, values };
  }

  private prefix(node: Extract<ASTNode, { op: 'rcall' }>): Predicate | null {
    const [name, side, [argument, ...more]] = node.args;
    if (name !== 'startsWith')
      return this.refuse(node, `there is no "${name}": expected a comparison, "in", "startsWith" or a test for null`);
    const term = this.term(side);
    if (argument?.op !== 'value' || typeof argument.args !== 'string' || argument.args === '' || more.length > 0)
      return this.refuse(argument ?? node, 'expected one text that is not empty, such as startsWith("SZ")');
    if (term === null) return null;
    if (term.kind.is !== 'text')
      return this.refuse(side, `startsWith needs text, "${term.field}" is ${wordsOf(term.kind)}`);
    return { op: 'startsWith', field: term.field, prefix: argument.args };
  }

  /** A field by itself: true or false. */
  private bare(node: ASTNode): Predicate | null {
    const term = this.term(node);
    if (term === null) return null;
    if (term.kind.is === 'boolean') return { op: 'eq', field: term.field, value: true };
    return this.refuse(node, `expected a comparison: "${term.field}" is ${wordsOf(term.kind)}`);
  }

  private term(node: ASTNode): Term | null {
    const field = pathOf(node);
    if (field === null) return this.refuse(node, 'expected a field of the contract');
    const kind = this.kinds(field);
    if (kind !== null) return { field, kind };
    return this.refuse(node, `there is no field "${field}", or it lies inside a list, a map or a choice of records`);
  }

  private uncomparable(node: ASTNode, field: FieldPath, kind: FieldKind): null {
    return this.refuse(node, `"${field}" is ${wordsOf(kind)}: only == null and != null can be asked of it`);
  }

  private refuse(node: ASTNode, message: string): null {
    this.problems.push(locate(this.text, node.start, message));
    return null;
  }
}

const FIELD_PATH = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;

/** The path that a node writes; null: it writes something else. */
function pathOf(node: ASTNode): FieldPath | null {
  switch (node.op) {
    case 'id':
      return node.args;
    case '.': {
      const around = pathOf(node.args[0]);
      return around === null ? null : `${around}.${node.args[1]}`;
    }
    case 'call': {
      const [name, [path, ...more]] = node.args;
      const alone = name === 'field' && path?.op === 'value' && more.length === 0;
      return alone && typeof path.args === 'string' && FIELD_PATH.test(path.args) ? path.args : null;
    }
    default:
      return null;
  }
}

const WORDS = {
  text: 'text',
  boolean: 'true or false',
  number: 'a number',
  instant: 'a moment',
  local: 'a local time',
  clock: 'a time of day',
  date: 'a date',
} as const;

const wordsOf = (kind: FieldKind): string => {
  if (kind.is === 'other') return kind.type;
  return kind.is === 'text' && kind.symbols !== null ? 'an enum' : WORDS[kind.is];
};
