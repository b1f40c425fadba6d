import type { AvroNode, RecordNode } from '../model.js';

/** Slots beyond these are not worth their stores; what lies deeper is found when it is needed. */
const DEEPEST_SLOTS = 8;
const MOST_SLOTS = 2_048;

/**
 * Where a scanner writes down the positions it passes: one slot for each field of the event and of the records that
 * lie in it unconditionally (not in a union, list or map, nor in themselves). A field's bytes begin at its own slot and
 * end at the next one, because Avro puts nothing between fields; the last slot is the end of the event.
 */
export interface Layout {
  slots: number;
  fields: readonly FieldSlot[];
}

export interface FieldSlot {
  name: string;
  type: AvroNode;
  /** Slot of its first byte. */
  slot: number;
  /** Slot of the byte after its last one. */
  end: number;
  /** The fields of the record that it is, where these have slots. */
  inner: readonly FieldSlot[] | null;
}

export function layoutOf(root: RecordNode): Layout {
  let next = 0;
  const place = (record: RecordNode, above: readonly RecordNode[]): FieldSlot[] =>
    record.fields.map(({ name, type }) => {
      const slot = next;
      const within = type.kind === 'record' && !above.includes(type) && above.length < DEEPEST_SLOTS;
      const open = within && type.fields.length > 0 && next + type.fields.length <= MOST_SLOTS;
      // The record's first field begins where the record does: they share the slot.
      const inner = open ? place(type, [...above, type]) : null;
      if (inner === null) next += 1;
      return { name, type, slot, end: next, inner };
    });
  const fields = place(root, [root]);
  return { slots: next + 1, fields };
}
