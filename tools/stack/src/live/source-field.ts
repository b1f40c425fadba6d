export interface SourceField {
  /** Nested names are joined by dots. */
  readonly path: string;
  /** As the contract names it; decides how a time is shown. */
  readonly type: string;
}
