import type { FieldSlot } from './layout.js';
import type { FieldPlan, Plan, RecordPlan } from './plan.js';

/** A view's value in order: runs that are copied between two slots, and parts that are made from what begins at one. */
export type Piece = { from: number; to: number } | { slot: number; plan: Plan; field: FieldPlan };

/** Kept neighbours make one run, also across the borders of records: Avro puts nothing between fields. */
export function piecesOf(slots: readonly FieldSlot[], plan: RecordPlan): Piece[] {
  const pieces: Piece[] = [];
  const place = (fields: readonly FieldSlot[], record: RecordPlan): void => {
    for (const [i, { slot, end, inner }] of fields.entries()) {
      const field = record.fields[i];
      if (field === undefined || field.plan === null) continue;
      const last = pieces.at(-1);
      if (field.plan.does === 'record' && inner !== null) place(inner, field.plan);
      else if (field.plan.does !== 'copy') pieces.push({ slot, plan: field.plan, field });
      else if (last !== undefined && 'to' in last && last.to === slot) last.to = end;
      else pieces.push({ from: slot, to: end });
    }
  };
  place(slots, plan);
  return pieces;
}
