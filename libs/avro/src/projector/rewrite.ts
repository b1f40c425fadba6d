/** The parts of a view that are not copied as they are: read one value in canonical form, write what the view shows. */
import type { AvroNode } from '../model.js';
import { compileMask, items, type MaskTools, type Rewrite } from './mask.rewrite.js';
import type { FieldPlan, Plan, RecordPlan } from './plan.js';
import type { Skip } from './skip.js';

export class Rewrites {
  private readonly records = new Map<RecordPlan, Rewrite[]>();

  constructor(private readonly tools: MaskTools) {}

  of(plan: Plan): Rewrite {
    switch (plan.does) {
      case 'copy':
        return this.copy([plan.node]);
      case 'mask':
        return compileMask(plan.node, plan.mask, this.tools);
      case 'record':
        return this.record(plan);
      case 'items': {
        const item = this.of(plan.item);
        const key = this.copy([{ kind: 'string' }]);
        const entry: Rewrite = (from, to) => {
          key(from, to);
          item(from, to);
        };
        return items(plan.of === 'map' ? entry : item);
      }
      default: {
        const branches = plan.branches.map((branch) => this.of(branch));
        return (from, to) => {
          const branch = from.number();
          to.number(branch);
          branches[branch]!(from, to);
        };
      }
    }
  }

  private record(plan: RecordPlan): Rewrite {
    let steps = this.records.get(plan);
    if (steps === undefined) {
      steps = [];
      this.records.set(plan, steps);
      steps.push(...runsOf(plan.fields).map((run) => this.run(run)));
    }
    const all = steps;
    return (from, to) => {
      for (const step of all) step(from, to);
    };
  }

  private run(run: readonly FieldPlan[]): Rewrite {
    const [first] = run;
    const nodes = run.map((field) => field.node);
    if (first?.plan === null) return this.drop(nodes);
    return first === undefined || first.plan.does === 'copy' ? this.copy(nodes) : this.of(first.plan);
  }

  private copy(nodes: readonly AvroNode[]): Rewrite {
    const skips = this.skips(nodes);
    return (from, to) => {
      const start = from.at;
      for (const skip of skips) skip(from);
      to.copy(from.bytes, start, from.at);
    };
  }

  private drop(nodes: readonly AvroNode[]): Rewrite {
    const skips = this.skips(nodes);
    return (from) => {
      for (const skip of skips) skip(from);
    };
  }

  private skips(nodes: readonly AvroNode[]): Skip[] {
    return nodes.map((node) => this.tools.skips.of(node));
  }
}

/** Neighbours that are all copied, or all dropped, together; every other field by itself. */
function runsOf(fields: readonly FieldPlan[]): FieldPlan[][] {
  const runs: FieldPlan[][] = [];
  for (const field of fields) {
    const last = runs.at(-1);
    const kind = kindOf(field);
    if (last !== undefined && kind !== 'rewritten' && kindOf(last[0]) === kind) last.push(field);
    else runs.push([field]);
  }
  return runs;
}

function kindOf(field: FieldPlan | undefined): 'dropped' | 'copied' | 'rewritten' {
  if (field === undefined || field.plan === null) return 'dropped';
  return field.plan.does === 'copy' ? 'copied' : 'rewritten';
}
