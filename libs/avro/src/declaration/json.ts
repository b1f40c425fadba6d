/**
 * JSON as a schema needs it read: `1` and `1.0` stay different, integers keep every digit, members keep their order,
 * `__proto__` is a name like any other, and what is too deep is refused before it can exhaust the stack. Accepts what
 * Jackson accepts as the Java library sets it up: comments are allowed, of duplicate members the last one counts.
 */
import { Refused } from './refusal.js';

/** A bigint is a number written without fraction and exponent; a number is one written with either. */
export type JsonValue = null | boolean | string | bigint | number | JsonValue[] | JsonObject;
export type JsonObject = Map<string, JsonValue>;

/** Half of what Jackson takes, so that whatever walks the schema stays well within the stack. */
const DEEPEST = 500;
/** Jackson's own limits (StreamReadConstraints). */
const LONGEST_NUMBER = 1000;
const LONGEST_NAME = 50_000;
/** What the values may take in memory, in units of about 60 bytes: some 60 MB. An object is a Map, which takes four. */
const MOST_UNITS = 1_000_000;
const OBJECT = 4;

export const isJsonObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map;

/** Throws Refused with the offset of the first character that cannot stand there. */
export function readJson(text: string): JsonValue {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  if (text.slice(reader.at).trim() !== '') throw new Refused('dangling content after the end of the schema');
  return value;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const PLAIN = /[^"\\\p{Cc}]+/uy;
const SPACE_OR_COMMENT = /[ \t\r\n]+|\/\/[^\r\n]*|\/\*[^]*?\*\//y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['null', null],
  ['true', true],
  ['false', false],
];

class JsonReader {
  at = 0;
  private units = 0;

  constructor(private readonly text: string) {}

  value(depth: number): JsonValue {
    this.space();
    const first = this.text[this.at];
    this.units += first === '{' ? OBJECT : 1;
    if (this.units > MOST_UNITS) throw new Refused('the schema holds too many values');
    if (first === '{' || first === '[') {
      if (depth >= DEEPEST) throw new Refused(`the schema is nested deeper than ${DEEPEST} levels`);
      this.at += 1;
      return first === '{' ? this.object(depth + 1) : this.array(depth + 1);
    }
    if (first === '"') return this.string();
    const word = WORDS.find(([name]) => this.text.startsWith(name, this.at));
    if (word === undefined) return this.number();
    this.at += word[0].length;
    return word[1];
  }

  private object(depth: number): JsonObject {
    const members: JsonObject = new Map();
    if (this.skips('}')) return members;
    do {
      this.space();
      if (this.text[this.at] !== '"') throw this.unexpected();
      const name = this.string();
      if (name.length > LONGEST_NAME) throw new Refused(`a member's name is longer than ${LONGEST_NAME} characters`);
      if (!this.skips(':')) throw this.unexpected();
      members.set(name, this.value(depth));
    } while (this.skips(','));
    if (!this.skips('}')) throw this.unexpected();
    return members;
  }

  private array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    if (this.skips(']')) return items;
    do items.push(this.value(depth));
    while (this.skips(','));
    if (!this.skips(']')) throw this.unexpected();
    return items;
  }

  private string(): string {
    this.at += 1;
    let value = '';
    for (;;) {
      value += this.match(PLAIN) ?? '';
      const next = this.text[this.at];
      if (next === undefined) throw this.unexpected();
      if (next === '"') break;
      if (next === '\\') value += this.escape();
      else {
        if (next < ' ') throw this.unexpected();
        value += next;
        this.at += 1;
      }
    }
    this.at += 1;
    return value;
  }

  private escape(): string {
    const letter = this.text[this.at + 1] ?? '';
    const digits = this.text.slice(this.at + 2, this.at + 6);
    if (letter === 'u' && /^[0-9a-fA-F]{4}$/.test(digits)) {
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const plain = ESCAPES.get(letter);
    if (plain === undefined) throw this.unexpected();
    this.at += 2;
    return plain;
  }

  private number(): bigint | number {
    NUMBER.lastIndex = this.at;
    const found = NUMBER.exec(this.text);
    if (found === null) throw this.unexpected();
    const [digits, fraction, exponent] = found;
    if (digits.length > LONGEST_NUMBER) throw new Refused(`a number is longer than ${LONGEST_NUMBER} digits`);
    this.at += digits.length;
    return fraction === undefined && exponent === undefined ? BigInt(digits) : Number(digits);
  }

  /** Passes space and then this character, if it stands there. */
  private skips(character: string): boolean {
    this.space();
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private space(): void {
    while (this.match(SPACE_OR_COMMENT) !== undefined);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  private unexpected(): Refused {
    return new Refused(`not JSON: unexpected ${this.at < this.text.length ? 'character' : 'end'} at offset ${this.at}`);
  }
}
