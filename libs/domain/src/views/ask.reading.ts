/**
 * What a request asks to see, as it was written, made into what can be decided and executed: leaves of the contract, a
 * mask for each field that is not shown as it is, a typed condition. Everything that is wrong is said at once.
 */
import { type AvroRecord, compileProjection, fieldsAt, leavesOf, resolveRecord } from '@citystreams/avro';
import type { FieldInfo, FieldPath, Mask, PolicyMatrix, Predicate, ProblemCode } from '@citystreams/contracts';
import { treatmentOf } from '../policy/treatment.js';
import type { Ask } from './ask.js';
import { canonicalMask } from './masks/canonical.js';
import { formatMask } from './masks/mask.format.js';
import { parseMask } from './masks/mask.text.js';
import { executableMasks } from './masks/executable.js';
import { misfit, SCOPES } from './masks/shown.js';
import { readPredicate } from './predicates/read.js';

/** Masks and condition as text or tree. */
export interface WrittenAsk {
  fields: readonly FieldPath[];
  masks: Readonly<Record<FieldPath, string | Mask>>;
  predicate: string | Predicate | null;
}

export interface WrittenProblem {
  code: Extract<ProblemCode, 'FIELD_UNKNOWN' | 'MASK_INVALID' | 'PREDICATE_INVALID' | 'POLICY_FORBIDS'>;
  /** `masks.person`, `fields[2]`, `predicate`. */
  field: string;
  message: string;
}

export type AskReading =
  | { ok: true; view: Pick<Ask, 'fields' | 'masks' | 'predicate'> }
  | { ok: false; problems: WrittenProblem[] };

interface Contract {
  fields: readonly FieldInfo[];
  record: AvroRecord;
}

/**
 * A field without a mask gets the policy's treatment for it; a mask that shows more than that is refused, and so is a
 * field that only leaving out would treat so. `drop` leaves a field out.
 *
 * @param policy null: only whether it fits the contract is asked
 */
export function readAsk(written: WrittenAsk, contract: Contract, policy: PolicyMatrix | null): AskReading {
  const reader = new AskReader(written, contract, policy);
  const view = reader.read();
  return reader.problems.length > 0 ? { ok: false, problems: reader.problems } : { ok: true, view };
}

class AskReader {
  readonly problems: WrittenProblem[] = [];
  private readonly paths: readonly FieldPath[];
  private readonly root;

  constructor(
    private readonly written: WrittenAsk,
    private readonly contract: Contract,
    private readonly policy: PolicyMatrix | null,
  ) {
    this.paths = contract.fields.map((field) => field.path);
    this.root = resolveRecord(contract.record);
  }

  read(): Pick<Ask, 'fields' | 'masks' | 'predicate'> {
    const known = new Set(this.paths);
    for (const [i, field] of this.written.fields.entries())
      if (!known.has(field))
        this.find('FIELD_UNKNOWN', `fields[${i}]`, `the stream has no classified field "${field}"`);
    const leaves = leavesOf(this.paths, this.written.fields);
    const given = this.givenMasks(new Set(leaves));
    const masks = new Map<FieldPath, Mask>();
    for (const path of leaves) {
      const mask = this.treated(path, given.get(path));
      if (mask !== null && mask.kind !== 'keep') masks.set(path, mask);
    }
    const fields = leaves.filter((path) => masks.get(path)?.kind !== 'drop');
    if (leaves.length > 0 && fields.length === 0)
      this.find('MASK_INVALID', 'masks', 'every field is dropped: ask for one');
    const clear = new Set(fields.filter((path) => !masks.has(path)));
    const shown = Object.fromEntries([...masks].filter(([, mask]) => mask.kind !== 'drop'));
    const predicate = this.condition(clear);
    if (this.problems.length === 0) this.findImpossible(fields, shown);
    return { fields, masks: shown, predicate };
  }

  /** Of a choice between a record and plain values no field can be shown by itself; told now, not when it is granted. */
  private findImpossible(fields: readonly FieldPath[], shown: Readonly<Record<FieldPath, Mask>>): void {
    const masks = executableMasks(shown, SCOPES);
    const rest = { predicate: null, key: null, time: null, maskKey: () => new Uint8Array(32) };
    try {
      compileProjection({ writer: this.contract.record, fields, masks, ...rest });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.find('FIELD_UNKNOWN', 'fields', `no view can show these fields: ${error.message}`);
    }
  }

  private givenMasks(leaves: ReadonlySet<FieldPath>): Map<FieldPath, Mask> {
    const masks = new Map<FieldPath, Mask>();
    for (const [path, written] of Object.entries(this.written.masks)) {
      const mask = this.maskOf(path, written);
      if (mask === null) continue;
      const problem = this.placeProblem(path, mask, leaves);
      if (problem === null) masks.set(path, mask);
      else this.find(problem.code, `masks.${path}`, problem.message);
    }
    return masks;
  }

  private maskOf(path: FieldPath, written: string | Mask): Mask | null {
    if (typeof written !== 'string') return canonicalMask(written);
    const read = parseMask(written);
    if (read.ok) return read.mask;
    this.find('MASK_INVALID', `masks.${path}`, `column ${read.column}: ${read.message}`);
    return null;
  }

  private placeProblem(
    path: FieldPath,
    mask: Mask,
    leaves: ReadonlySet<FieldPath>,
  ): { code: 'FIELD_UNKNOWN' | 'MASK_INVALID'; message: string } | null {
    if (leaves.has(path)) {
      const unfit = fieldsAt(this.root, path.split('.'))
        .map((node) => misfit(mask, node))
        .find((reason) => reason !== null);
      return unfit === undefined ? null : { code: 'MASK_INVALID', message: unfit };
    }
    const inside = [...leaves].filter((leaf) => leaf.startsWith(`${path}.`));
    return inside.length > 0
      ? { code: 'MASK_INVALID', message: `"${path}" is a record: mask its fields, ${inside.join(', ')}` }
      : { code: 'FIELD_UNKNOWN', message: `"${path}" has a mask and is not asked for` };
  }

  /** Null: it cannot be shown as it is asked, which has been said. */
  private treated(path: FieldPath, given: Mask | undefined): Mask | null {
    const field = this.contract.fields.find((info) => info.path === path);
    if (field === undefined) return null;
    const treatment =
      this.policy === null ? null : treatmentOf(field, fieldsAt(this.root, path.split('.')), this.policy);
    if (treatment === null) return given ?? { kind: 'keep' };
    const mask = given ?? treatment.usual;
    if (mask !== null && treatment.allows(mask)) return mask;
    const asked = given === undefined ? 'without a mask' : `as ${formatMask(given)}`;
    const why = `"${path}" (${field.category}, ${field.level}) is asked for ${asked}`;
    this.find(
      'POLICY_FORBIDS',
      given === undefined ? 'fields' : `masks.${path}`,
      `${why}; the policy allows ${treatment.allowed.join(', ')}, or to leave it out`,
    );
    return null;
  }

  /** A requester filters only by what it sees: a condition on what is withheld or coarsened would tell its value. */
  private condition(clear: ReadonlySet<FieldPath>): Predicate | null {
    if (this.written.predicate === null) return null;
    const read = readPredicate(this.written.predicate, this.contract.record, (field) =>
      clear.has(field) || !this.paths.includes(field)
        ? null
        : `"${field}" is not among the fields that are asked for as they are; a condition on it would tell its value`,
    );
    if (read.ok) return read.predicate;
    for (const { message } of read.problems) this.find('PREDICATE_INVALID', 'predicate', message);
    return null;
  }

  private find(code: WrittenProblem['code'], field: string, message: string): void {
    this.problems.push({ code, field, message });
  }
}
