/** One thing wrong in a policy file: where it is, what was found and what was expected instead. */
export interface PolicyProblem {
  file: string;
  /** `levels.L2.approvers[0]`; empty for the file as a whole. */
  path: string;
  /** Of the file, counted from 1; absent where no line is meant. */
  line?: number;
  message: string;
}

/** Thrown once for all problems of all files: nothing starts half-configured. */
export class PolicyInvalid extends Error {
  readonly code = 'POLICY_INVALID';

  constructor(readonly problems: readonly PolicyProblem[]) {
    const lines = problems.map(
      ({ file, line, path, message }) =>
        `${file}${line === undefined ? '' : `:${line}`}${path && `: ${path}`}: ${message}`,
    );
    super(`the policy files have ${problems.length} problems\n${lines.join('\n')}`);
    this.name = 'PolicyInvalid';
  }
}

/** Ends a reading: the result, or everything that is wrong with it. */
export function orInvalid<T>(result: T, problems: readonly PolicyProblem[]): T {
  if (problems.length > 0) throw new PolicyInvalid(problems);
  return result;
}
