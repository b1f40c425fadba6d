/**
 * A schema as the tests' own reader of the specification sees it: made from the text that the library writes, with
 * nothing of the library's own resolution. Every type is defined where it is first mentioned.
 */
export type SpecType =
  | { kind: 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string' }
  | { kind: 'array'; items: SpecType }
  | { kind: 'map'; values: SpecType }
  | { kind: 'union'; branches: SpecType[] }
  | RecordType
  | ({ kind: 'enum'; symbols: string[]; default?: string } & Named)
  | ({ kind: 'fixed'; size: number } & Named);

export type RecordType = { kind: 'record'; fields: SpecField[] } & Named;

export interface SpecField {
  name: string;
  aliases: string[];
  type: SpecType;
  default?: unknown;
}

interface Named {
  name: string;
  fullName: string;
  /** Full names. */
  aliases: string[];
}

export const isNamed = (type: SpecType): type is Extract<SpecType, Named> => 'fullName' in type;

export const branchName = (type: SpecType): string => (isNamed(type) ? type.fullName : type.kind);

export function specType(text: string): SpecType {
  return new Reader().read(JSON.parse(text) as Json, '');
}

type Json = string | Json[] | { type: string; [member: string]: unknown };

const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];

class Reader {
  private readonly defined = new Map<string, SpecType>();

  read(json: Json, namespace: string): SpecType {
    if (Array.isArray(json)) return { kind: 'union', branches: json.map((branch) => this.read(branch, namespace)) };
    const kind = typeof json === 'string' ? json : json.type;
    if (PRIMITIVES.includes(kind)) return { kind } as SpecType;
    if (typeof json === 'string') return this.defined.get(qualified(json, namespace)) ?? this.defined.get(json)!;
    if (kind === 'array') return { kind, items: this.read(json.items as Json, namespace) };
    if (kind === 'map') return { kind, values: this.read(json.values as Json, namespace) };
    return this.named(json, namespace);
  }

  private named(json: Exclude<Json, string | Json[]>, around: string): SpecType {
    const namespace = (json.namespace as string | undefined) ?? around;
    const fullName = qualified(json.name as string, namespace);
    const aliases = ((json.aliases ?? []) as string[]).map((alias) => qualified(alias, namespace));
    const head = { name: json.name as string, fullName, aliases };
    if (json.type === 'fixed') return this.define({ kind: 'fixed', ...head, size: json.size as number });
    if (json.type === 'enum') {
      const type: SpecType = { kind: 'enum', ...head, symbols: json.symbols as string[] };
      if (json.default !== undefined) type.default = json.default as string;
      return this.define(type);
    }
    const record: RecordType = { kind: 'record', ...head, fields: [] };
    this.define(record);
    for (const field of json.fields as ({ name: string; type: Json; aliases?: string[] } & object)[]) {
      const type = this.read(field.type, namespace);
      record.fields.push({ ...field, aliases: field.aliases ?? [], type });
    }
    return record;
  }

  private define<T extends Extract<SpecType, Named>>(type: T): T {
    this.defined.set(type.fullName, type);
    return type;
  }
}

const qualified = (name: string, namespace: string): string =>
  name.includes('.') || namespace === '' ? name : `${namespace}.${name}`;
