/** One event made from nothing but its contract: what people see before they may see a real one. Always the same. */
import type { Category, FieldInfo } from '@citystreams/contracts';
import type { Contract } from './contract.js';
import { openJsonCodec } from './json/json.codec.js';
import { type Node, nodeOf } from './json/node.js';

const DEEPEST = 24;

/**
 * As JSON, in the form that `openJsonCodec` reads; every value says by its look that it is made up. Null for a contract
 * that no event fits.
 */
export function sampleOf(contract: Contract): unknown {
  const node = nodeOf(contract.record);
  const sample = new Sampler(new Map(contract.fields.map((field) => [field.path, field]))).value(node, '', 0);
  return openJsonCodec(contract.record).fromValue(sample).ok ? sample : null;
}

class Sampler {
  constructor(private readonly fields: ReadonlyMap<string, FieldInfo>) {}

  value(node: Node, path: string, depth: number): unknown {
    switch (node.kind) {
      case 'record':
        return Object.fromEntries(
          node.fields.map(({ name, type }) => [
            name,
            this.value(type, path === '' ? name : `${path}.${name}`, depth + 1),
          ]),
        );
      case 'array':
        return depth > DEEPEST ? [] : [this.value(node.items, path, depth + 1)];
      case 'map':
        return depth > DEEPEST ? {} : { sample: this.value(node.values, path, depth + 1) };
      case 'union':
        return this.branch(node, path, depth);
      case 'enum':
        return node.symbols[0] ?? '';
      case 'string':
        return TEXT[this.fields.get(path)?.category ?? 'description'];
      default:
        return plainSample(node);
    }
  }

  /** Something rather than null, except where a record would hold itself for ever. */
  private branch(node: Extract<Node, { kind: 'union' }>, path: string, depth: number): unknown {
    const some = node.branches.find(({ kind }) => kind !== 'null');
    const none = node.branches.some(({ kind }) => kind === 'null');
    if (some === undefined || (none && depth > DEEPEST)) return null;
    const value = this.value(some, path, depth + 1);
    return node.tagged ? { [some.name]: value } : value;
  }
}

const TEXT: Readonly<Record<Category, string>> = {
  identifier: 'SAMPLE-0001',
  contact: '000-0000-0000',
  location: 'Sample Place',
  health: 'sample',
  finance: 'sample',
  time: '2000-01-01',
  measurement: 'sample',
  description: 'sample text',
};

function plainSample(node: Node): unknown {
  switch (node.kind) {
    case 'null':
      return null;
    case 'boolean':
      return true;
    case 'int':
    case 'long':
      return 1;
    case 'float':
    case 'double':
      return 1.5;
    case 'bytes':
      return 'AA==';
    case 'fixed':
      return Buffer.alloc(node.size).toString('base64');
    case 'decimal':
      return decimalSample(node.precision, node.scale);
    case 'date':
      return '2000-01-01';
    case 'time':
      return '12:00:00';
    case 'timestamp':
      return node.local ? '2000-01-01T12:00:00' : '2000-01-01T12:00:00Z';
    case 'duration':
      return { months: 0, days: 1, millis: 0 };
    default:
      return '00000000-0000-4000-8000-000000000000';
  }
}

/** 1.00 where one fits before the point. */
const decimalSample = (precision: number, scale: number): string => {
  const whole = precision > scale ? '1' : '0';
  return scale === 0 ? whole : `${whole}.${'0'.repeat(scale)}`;
};
