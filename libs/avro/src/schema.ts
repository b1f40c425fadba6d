/**
 * An Avro schema as JSON, read the way the specification (1.12, "Schema Declaration") writes it down. Only what this
 * library looks at is typed; attributes it does not know stay where they are.
 */
export type AvroType = string | AvroObject | AvroType[];

export interface AvroObject {
  type: AvroType;
  name?: string;
  namespace?: string;
  doc?: string;
  aliases?: string[];
  fields?: AvroField[];
  symbols?: string[];
  items?: AvroType;
  values?: AvroType;
  size?: number;
  default?: unknown;
  logicalType?: string;
  [attribute: string]: unknown;
}

export interface AvroField {
  name: string;
  type: AvroType;
  doc?: string;
  default?: unknown;
  aliases?: string[];
  [attribute: string]: unknown;
}

export interface AvroRecord extends AvroObject {
  type: 'record';
  name: string;
  fields: AvroField[];
}

export const isRecord = (type: AvroType): type is AvroRecord =>
  typeof type === 'object' && !Array.isArray(type) && type.type === 'record';

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A schema in words for people: `long (timestamp-millis)`, `null | string`, `array of Leg`. */
export function nameOfType(type: AvroType): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.map(nameOfType).join(' | ');
  if (typeof type.type !== 'string') return nameOfType(type.type);
  if (type.logicalType !== undefined) return `${type.type} (${type.logicalType})`;
  switch (type.type) {
    case 'array':
      return `array of ${nameOfType(type.items ?? 'null')}`;
    case 'map':
      return `map of ${nameOfType(type.values ?? 'null')}`;
    case 'enum':
      return `enum (${(type.symbols ?? []).join(', ')})`;
    default:
      return type.name === undefined ? type.type : `${type.type} ${type.name}`;
  }
}
