/** One thing wrong in the folder of schemas: where it is, what is wrong, and what to write instead. */
export interface SchemaProblem {
  file: string;
  /** JSON path in the file; empty for the file as a whole. */
  path: string;
  message: string;
  fix: string;
}

/** Thrown once for all problems of all files, by who cannot go on without contracts. */
export class SchemasInvalid extends Error {
  readonly code = 'SCHEMAS_INVALID';

  constructor(readonly problems: readonly SchemaProblem[]) {
    const lines = problems.map(({ file, path, message, fix }) => `${file}${path && `: ${path}`}: ${message}; ${fix}`);
    super(`the schemas have ${problems.length} problems\n${lines.join('\n')}`);
    this.name = 'SchemasInvalid';
  }
}
