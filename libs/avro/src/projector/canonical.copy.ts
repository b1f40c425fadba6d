/**
 * Writes a well-formed event anew in the one form that the projector copies from: every number in its shortest form,
 * every list and map as one block with a count and no size. Most writers produce that form; for the others this is the
 * detour.
 */
import type { AvroNode, RecordNode } from '../model.js';
import type { Reader } from './reader.js';
import type { Scratch } from './scratch.js';

type Copy = (from: Reader, to: Scratch) => void;

export function compileCanonicalCopy(root: RecordNode): Copy {
  const records = new Map<RecordNode, Copy[]>();

  const compile = (node: AvroNode): Copy => {
    switch (node.kind) {
      case 'null':
        return () => {};
      case 'boolean':
        return raw(1);
      case 'float':
        return raw(4);
      case 'double':
        return raw(8);
      case 'fixed':
        return raw(node.size);
      case 'int':
      case 'long':
      case 'enum':
        return shortest;
      case 'bytes':
      case 'string':
        return sized;
      case 'union': {
        const branches = node.branches.map(compile);
        return (from, to) => {
          const branch = from.number();
          to.number(branch);
          branches[branch]!(from, to);
        };
      }
      case 'array':
        return blocks(compile(node.items));
      case 'map': {
        const value = compile(node.values);
        return blocks((from, to) => {
          sized(from, to);
          value(from, to);
        });
      }
      default: {
        const fields = records.get(node) ?? [];
        if (!records.has(node)) {
          records.set(node, fields);
          fields.push(...node.fields.map((f) => compile(f.type)));
        }
        return (from, to) => {
          for (const field of fields) field(from, to);
        };
      }
    }
  };
  return compile(root);
}

const raw =
  (size: number): Copy =>
  (from, to) => {
    to.copy(from.bytes, from.at, from.at + size);
    from.at += size;
  };

/** A varint without the groups of zeros that it may end in. */
const shortest: Copy = (from, to) => {
  const start = from.at;
  from.skipVarint();
  let last = from.at - 1;
  while (last > start && (from.bytes[last]! & 127) === 0) last -= 1;
  to.copy(from.bytes, start, last);
  to.byte(from.bytes[last]! & 127);
};

const sized: Copy = (from, to) => {
  const length = from.number();
  to.number(length);
  to.copy(from.bytes, from.at, from.at + length);
  from.at += length;
};

const blocks =
  (item: Copy): Copy =>
  (from, to) => {
    const start = to.at;
    let total = 0;
    for (let count = from.number(); count !== 0; count = from.number()) {
      if (count < 0) {
        from.skipVarint();
        count = -count;
      }
      total += count;
      for (let i = 0; i < count; i += 1) item(from, to);
    }
    if (total > 0) to.numberAt(start, total);
    to.byte(0);
  };
