/** Reads the text of a mask from left to right and remembers how far it could be read and what was expected there. */
export class MaskTokens {
  private at = 0;
  private farthest = 0;
  private readonly wanted = new Set<string>();
  private refusal: string | null = null;

  constructor(private readonly given: string) {}

  /** A word or a sign, if it comes next. */
  take(token: string): boolean {
    const isWord = /^\w/.test(token);
    return this.match(isWord ? new RegExp(`${token}(?!\\w)`, 'y') : new RegExp(`\\${token}`, 'y'), token) !== null;
  }

  number(): number | null {
    const found = this.match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\d.])/y, 'a number');
    return found === null ? null : Number(found);
  }

  /** In quotes, with the escapes of JSON. */
  text(): string | null {
    const found = this.match(/"(?:[^"\\]|\\.)*"/sy, 'a text in double quotes');
    if (found === null) return null;
    try {
      return JSON.parse(found) as string;
    } catch {
      return this.refuse(`${found} is no text as JSON writes it`);
    }
  }

  literal(): string | number | boolean | null {
    if (this.take('true')) return true;
    if (this.take('false')) return false;
    return this.text() ?? this.number();
  }

  /** `+08:00` in minutes. */
  offset(): number | null {
    const found = this.match(/[+-]\d\d:[0-5]\d/y, 'an offset from UTC such as +08:00');
    if (found === null) return null;
    const minutes = Number(found.slice(1, 3)) * 60 + Number(found.slice(4));
    return found.startsWith('-') && minutes !== 0 ? -minutes : minutes;
  }

  end(): boolean {
    return this.match(/$/y, 'the end') !== null;
  }

  /** Ends the reading for a reason of its own. */
  refuse(message: string): null {
    this.refusal = message;
    return null;
  }

  problem(): { column: number; message: string } {
    const wanted = [...this.wanted].map((token) => (/^[\w(),:]+$/.test(token) ? `"${token}"` : token));
    return { column: this.farthest + 1, message: this.refusal ?? `expected ${wanted.join(' or ')}` };
  }

  private match(pattern: RegExp, name: string): string | null {
    const space = /\s*/y;
    space.lastIndex = this.at;
    space.exec(this.given);
    pattern.lastIndex = space.lastIndex;
    const found = pattern.exec(this.given)?.[0] ?? null;
    if (space.lastIndex > this.farthest) {
      this.farthest = space.lastIndex;
      this.wanted.clear();
    }
    if (space.lastIndex === this.farthest) this.wanted.add(name);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found;
  }
}
