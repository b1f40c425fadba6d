/**
 * The source of a row predicate over scanned bytes. It is true and false exactly where `predicate.ts` is on the decoded
 * event; what `checkPredicate` refuses does not compile here (RangeError).
 *
 * Names in it: `b` bytes, `v` the same as DataView, `f` slots, `p` position, `k` values, `tI` the function of term I.
 */
import type { Comparison, Predicate, Scalar } from '@citystreams/contracts';
import type { AvroNode, EnumNode } from '../model.js';
import { compilePredicate } from '../predicate.js';
import { type Code, code } from './code.js';
import type { FieldSlot, Layout } from './layout.js';
import { Skips } from './skip.js';

type Term = Exclude<Predicate, { op: 'and' | 'or' | 'not' }>;
export type Absent = Readonly<Record<string, unknown>>;

export interface PredicateSource {
  functions: readonly Code[];
  /** An expression of `b`, `v` and `f`. */
  test: Code;
  /** What `k` is in it. */
  values: readonly unknown[];
}

export const predicateSource = (predicate: Predicate, layout: Layout, absent: Absent): PredicateSource =>
  new PredicateWriter(layout, absent).whole(predicate);

class PredicateWriter {
  private readonly values: unknown[] = [];
  private readonly functions: Code[] = [];
  private readonly skips = new Skips();

  constructor(
    private readonly layout: Layout,
    private readonly absent: Absent,
  ) {}

  whole(predicate: Predicate): PredicateSource {
    const test = this.test(predicate);
    return { functions: this.functions, test, values: this.values };
  }

  private test(predicate: Predicate): Code {
    switch (predicate.op) {
      case 'and':
        return predicate.of.map((p) => this.test(p)).reduce((all, next) => code`(${all} && ${next})`);
      case 'or':
        return predicate.of.map((p) => this.test(p)).reduce((any, next) => code`(${any} || ${next})`);
      case 'not':
        return code`!${this.test(predicate.of)}`;
      default: {
        const body = this.term(predicate);
        this.functions.push(code`function t${this.functions.length}(b, v, f) { let p = 0; ${body} }`);
        return code`t${this.functions.length - 1}(b, v, f)`;
      }
    }
  }

  /** Statements that return the term's truth. */
  private term(term: Term): Code {
    const names = term.field.split('.');
    let fields: readonly FieldSlot[] | null = this.layout.fields;
    for (const [i, name] of names.entries()) {
      const found: FieldSlot | undefined = fields?.find((field) => field.name === name);
      if (found === undefined) return this.missing(term, i);
      if (i === names.length - 1 || found.inner === null) {
        return code`p = f[${found.slot}]; ${this.at(found.type, names.slice(i + 1), term)}`;
      }
      fields = found.inner;
    }
    throw new RangeError('a field path has at least one name');
  }

  /** From a value at `p` to the field that the rest of the path names. */
  private at(node: AvroNode, names: readonly string[], term: Term): Code {
    if (node.kind === 'union') return this.choice(node.branches, names, term);
    const [name, ...rest] = names;
    if (name === undefined) return code`return ${this.value(node, term)};`;
    if (node.kind === 'null') return code`return ${this.onNull(term)};`;
    if (node.kind !== 'record') throw new RangeError(`the predicate goes into a ${node.kind}, which has no fields`);
    const index = node.fields.findIndex((field) => field.name === name);
    const field = node.fields[index];
    if (field === undefined) return this.missing(term, term.field.split('.').length - names.length);
    const skips = node.fields.slice(0, index).map((before) => this.skips.of(before.type));
    const go = skips.length === 0 ? code`` : code`p = past(${this.use(skips)}, b, v, p);`;
    return code`${go} ${this.at(field.type, rest, term)}`;
  }

  /** A union: null, or the only other type; of a wider choice only whether it is null can be asked. */
  private choice(branches: readonly AvroNode[], names: readonly string[], term: Term): Code {
    const nullAt = branches.findIndex((branch) => branch.kind === 'null');
    const others = branches.filter((branch) => branch.kind !== 'null');
    const ifNull = nullAt < 0 ? code`` : code`if (int(b, v, p) === ${nullAt}) return ${this.onNull(term)};`;
    if (names.length === 0 && term.op === 'isNull') return code`${ifNull} return false;`;
    const [only] = others;
    if (others.length > 1) throw new RangeError('the predicate compares a choice of several types');
    if (only === undefined) return code`return ${this.onNull(term)};`;
    return code`${ifNull} p = after(b, p); ${this.at(only, names, term)}`;
  }

  private onNull(term: Term): Code {
    return term.op === 'isNull' ? code`true` : code`false`;
  }

  /** A field, `depth` names down the path, that this writer version lacks: the contract's default decides for all its events alike. */
  private missing(term: Term, depth: number): Code {
    const around = term.field.split('.').slice(0, depth);
    const event = around.reduceRight((inner, name) => ({ [name]: inner }), {});
    try {
      return compilePredicate(term, this.absent)(event) ? code`return true;` : code`return false;`;
    } catch {
      return code`return failed();`;
    }
  }

  /** An expression over the value of a plain type at `p`. */
  private value(node: AvroNode, term: Term): Code {
    if (term.op === 'isNull') return node.kind === 'null' ? code`true` : code`false`;
    switch (node.kind) {
      case 'null':
        return code`false`;
      case 'boolean':
        return code`${this.use([false, true].map((value) => this.holds(term, value, 'boolean')))}[b[p]]`;
      case 'enum':
        return code`${this.use(this.symbols(node, term))}[int(b, v, p)]`;
      case 'string':
        return this.text(term);
      case 'int':
        return this.number(code`int(b, v, p)`, term);
      case 'long':
        return this.number(code`long(b, v, p)`, term);
      case 'float':
        return this.number(code`v.getFloat32(p, true)`, term);
      case 'double':
        return this.number(code`v.getFloat64(p, true)`, term);
      default:
        throw new RangeError(`a ${node.kind} cannot be compared, only asked for null`);
    }
  }

  private symbols(node: EnumNode, term: Term): boolean[] {
    return node.symbols.map((symbol) => this.holds(term, symbol, 'string'));
  }

  /** Few values: the truth of each is worked out now. */
  private holds(term: Term, value: unknown, type: 'boolean' | 'string'): boolean {
    requireLiterals(term, (literal) => typeof literal === type);
    return compilePredicate({ ...term, field: 'value' }, {})({ value });
  }

  private number(read: Code, term: Term): Code {
    requireLiterals(term, (literal) => numberOf(literal) !== null);
    if (term.op === 'in') return code`isOneOf(${read}, ${this.use(term.values.map(numberOf))})`;
    if (!('value' in term)) throw new RangeError('startsWith needs text');
    return compared(term.op, read, this.use(numberOf(term.value)));
  }

  private text(term: Term): Code {
    requireLiterals(term, (literal) => typeof literal === 'string' && literal.isWellFormed());
    if (term.op === 'startsWith') return code`startsWith(b, v, p, ${this.use(textOf(term.prefix))})`;
    if (term.op === 'in') {
      const texts = term.values.map(String);
      return code`isOneOfTexts(b, v, p, ${this.use({ each: texts.map(textOf), all: new Set(texts) })})`;
    }
    if (!('value' in term)) throw new RangeError('the predicate does not fit a text');
    const text = this.use(textOf(String(term.value)));
    if (term.op === 'eq') return code`isText(b, v, p, ${text})`;
    if (term.op === 'ne') return code`!isText(b, v, p, ${text})`;
    return compared(term.op, code`orderOf(b, v, p, ${text})`, code`0`);
  }

  private use(value: unknown): Code {
    this.values.push(value);
    return code`k[${this.values.length - 1}]`;
  }
}

/** Loose equality on purpose: a bigint equals the number of the same value. */
function compared(op: Comparison, left: Code, right: Code): Code {
  switch (op) {
    case 'eq':
      return code`${left} == ${right}`;
    case 'ne':
      return code`!(${left} == ${right})`;
    case 'lt':
      return code`${left} < ${right}`;
    case 'le':
      return code`${left} <= ${right}`;
    case 'gt':
      return code`${left} > ${right}`;
    default:
      return code`${left} >= ${right}`;
  }
}

function requireLiterals(term: Term, fits: (literal: Scalar) => boolean): void {
  const literals =
    term.op === 'in' ? term.values : 'value' in term ? [term.value] : 'prefix' in term ? [term.prefix] : [];
  if (!literals.every(fits)) throw new RangeError('the predicate compares a field with a value of another type');
}

/** A number literal; digits stand for a long beyond 2^53. */
function numberOf(literal: Scalar): number | bigint | null {
  if (typeof literal === 'number') return literal;
  if (typeof literal !== 'string' || !/^-?\d{1,19}$/.test(literal)) return null;
  const wide = BigInt(literal);
  return Number.isSafeInteger(Number(wide)) ? Number(wide) : wide;
}

const textOf = (text: string): { utf8: Uint8Array } => ({ utf8: Buffer.from(text, 'utf8') });
