import type { AvroNode, RecordNode } from '../model.js';
import type { Reader } from './reader.js';

/** Passes over one value of an event that a scanner left in canonical form. */
export type Skip = (from: Reader) => void;

/** Makes skips, one for each record type however often it is met. */
export class Skips {
  private readonly records = new Map<RecordNode, Skip[]>();

  of(node: AvroNode): Skip {
    switch (node.kind) {
      case 'null':
        return () => {};
      case 'boolean':
        return over(1);
      case 'float':
        return over(4);
      case 'double':
        return over(8);
      case 'fixed':
        return over(node.size);
      case 'int':
      case 'long':
      case 'enum':
        return (from) => from.skipVarint();
      case 'bytes':
      case 'string':
        return (from) => from.skipBytes();
      case 'union': {
        const branches = node.branches.map((branch) => this.of(branch));
        return (from) => branches[from.number()]!(from);
      }
      case 'array':
        return items(this.of(node.items));
      case 'map': {
        const value = this.of(node.values);
        return items((from) => {
          from.skipBytes();
          value(from);
        });
      }
      default:
        return this.record(node);
    }
  }

  private record(node: RecordNode): Skip {
    let fields = this.records.get(node);
    if (fields === undefined) {
      fields = [];
      this.records.set(node, fields);
      fields.push(...node.fields.map((field) => this.of(field.type)));
    }
    const all = fields;
    return (from) => {
      for (const field of all) field(from);
    };
  }
}

const over =
  (size: number): Skip =>
  (from) => {
    from.at += size;
  };

const items =
  (item: Skip): Skip =>
  (from) => {
    const count = from.number();
    if (count === 0) return;
    for (let i = 0; i < count; i += 1) item(from);
    from.at += 1;
  };
