/** What keeps a reader from reading a writer's data, in the Java library's terms (SchemaCompatibility.Incompatibility). */

/** The Java library's kinds. */
export type IncompatibilityKind =
  | 'NAME_MISMATCH'
  | 'FIXED_SIZE_MISMATCH'
  | 'MISSING_ENUM_SYMBOLS'
  | 'READER_FIELD_MISSING_DEFAULT_VALUE'
  | 'TYPE_MISMATCH'
  | 'MISSING_UNION_BRANCH';

/**
 * Two more for pairs that have no answer. `AMBIGUOUS_ALIAS`: a reader's field stands for two fields of the writer,
 * where the Java library throws. `TOO_ENTANGLED`: the check would take too long or go too deep. Either stands alone.
 */
export type DifferenceKind = IncompatibilityKind | 'AMBIGUOUS_ALIAS' | 'TOO_ENTANGLED';

export interface Difference {
  kind: DifferenceKind;
  /**
   * JSON pointer into the reader's schema, or for a union's branch into the writer's. As in the Java library, a pair of
   * types that is met twice keeps the place where it was met first, and inside unions places start again at the branch.
   */
  location: string;
  /** The Java library's message: for a missing field its name, for enums the symbols, else a phrase. */
  message: string;
}

/** Where a comparison stands; written out only for a difference. */
export interface Location {
  readonly parent: Location | null;
  readonly token: string;
}

export const ROOT: Location = { parent: null, token: '' };

export const at = (parent: Location, token: string | number): Location => ({ parent, token: String(token) });

export function pointer(location: Location): string {
  const tokens: string[] = [];
  for (let here = location; here.parent !== null; here = here.parent) {
    tokens.push(here.token.replaceAll('~', '~0').replaceAll('/', '~1'));
  }
  return `/${tokens.reverse().join('/')}`;
}
