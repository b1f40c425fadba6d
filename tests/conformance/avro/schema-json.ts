/** A schema as JSON, as far as the makers and changers of schemas look at it. */
export type SchemaJson = string | SchemaJson[] | ObjectJson;

export interface ObjectJson {
  type: string;
  name?: string;
  namespace?: string;
  aliases?: string[];
  doc?: string;
  fields?: FieldJson[];
  symbols?: string[];
  size?: number;
  items?: SchemaJson;
  values?: SchemaJson;
  default?: unknown;
  [attribute: string]: unknown;
}

export interface FieldJson {
  name: string;
  type: SchemaJson;
  default?: unknown;
  aliases?: string[];
  doc?: string;
  order?: string;
  [attribute: string]: unknown;
}

/** A number that JavaScript would write in another way, such as `1.0`. */
export class Literal {
  constructor(readonly text: string) {}
}

/** JSON text, with literals as they are. */
export function textOf(json: unknown): string {
  if (json instanceof Literal) return json.text;
  if (Array.isArray(json)) return `[${json.map(textOf).join(',')}]`;
  if (typeof json !== 'object' || json === null) return JSON.stringify(json);
  const members = Object.entries(json).filter(([, value]) => value !== undefined);
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(',')}}`;
}

export const isObject = (json: SchemaJson): json is ObjectJson => typeof json === 'object' && !Array.isArray(json);

export const fullNameOf = ({ name, namespace }: ObjectJson): string =>
  namespace === undefined || namespace === '' ? name! : `${namespace}.${name}`;

/** Deep copy that keeps literals. */
export function copyOf<T>(json: T): T {
  if (json instanceof Literal || typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(copyOf) as T;
  // Not Object.fromEntries of an object literal: a field may well be called __proto__.
  const copy = Object.create(Object.getPrototypeOf(json)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(json)) {
    Object.defineProperty(copy, name, { value: copyOf(value), enumerable: true, writable: true, configurable: true });
  }
  return copy as T;
}

/** Every schema inside a schema, outermost first. */
export function* schemasIn(json: SchemaJson): Generator<SchemaJson> {
  yield json;
  if (Array.isArray(json)) for (const branch of json) yield* schemasIn(branch);
  else if (isObject(json)) {
    for (const inner of [json.items, json.values]) if (inner !== undefined) yield* schemasIn(inner);
    for (const field of json.fields ?? []) yield* schemasIn(field.type);
  }
}
