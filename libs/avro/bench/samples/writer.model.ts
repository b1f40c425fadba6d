/** A second, independent reading of a writer schema, so that tests do not lean on what they test. */
import type { AvroField, AvroObject, AvroRecord, AvroType } from '@citystreams/avro';

/** A type with its name resolved: a primitive's name, a union, or a definition. */
export type Plain = string | AvroType[] | AvroObject;

export class WriterModel {
  private readonly named = new Map<string, AvroObject>();

  constructor(readonly record: AvroRecord) {
    this.collect(record);
  }

  plain(type: AvroType): Plain {
    if (typeof type !== 'string') return type;
    return this.named.get(type) ?? type;
  }

  private collect(type: AvroType): void {
    if (typeof type === 'string') return;
    if (Array.isArray(type)) return type.forEach((branch) => this.collect(branch));
    if (type.name !== undefined) this.named.set(type.name, type);
    if (type.items !== undefined) this.collect(type.items);
    if (type.values !== undefined) this.collect(type.values);
    for (const field of type.fields ?? []) this.collect(field.type);
  }

  /** Field paths at any depth that do not lead through a record in itself, each with its type. */
  paths(): { path: string; type: Plain }[] {
    const found: { path: string; type: Plain }[] = [];
    const walk = (type: AvroType, prefix: string, above: readonly AvroObject[]): void => {
      const plain = this.plain(type);
      if (typeof plain === 'string') return;
      if (Array.isArray(plain)) return plain.forEach((branch) => walk(branch, prefix, above));
      if (plain.items !== undefined) walk(plain.items, prefix, above);
      if (plain.values !== undefined) walk(plain.values, prefix, above);
      if (plain.fields === undefined || above.includes(plain)) return;
      for (const field of plain.fields) {
        const path = prefix === '' ? field.name : `${prefix}.${field.name}`;
        found.push({ path, type: this.plain(field.type) });
        walk(field.type, path, [...above, plain]);
      }
    };
    walk(this.record, '', []);
    return found;
  }
}

export const fieldsOf = (type: AvroObject): readonly AvroField[] => type.fields ?? [];

export const kindOf = (type: AvroObject): string => (typeof type.type === 'string' ? type.type : 'union');
