/** One thing that is wrong with one event. Says what kind of value was found, never the value: it may be personal. */
export interface EventViolation {
  /** Position in the array that was to be published. */
  index: number;
  id: string;
  /** The field, nested names joined by dots; empty for the event itself. */
  path: string;
  expected: string;
  found: string;
}

/** Events that do not fit their contract. Nothing of the call was sent. */
export class ContractViolation extends Error {
  readonly code = 'CONTRACT_VIOLATION';

  constructor(
    readonly stream: string,
    readonly violations: readonly EventViolation[],
  ) {
    super(`${stream}: ${violations.slice(0, 5).map(inWords).join('; ')}${violations.length > 5 ? '; ...' : ''}`);
    this.name = 'ContractViolation';
  }
}

const inWords = ({ index, path, expected, found }: EventViolation): string =>
  `event ${index}, ${path === '' ? 'the event' : path}: expected ${expected}, found ${found}`;

/** A contract that cannot be published under: each finding names where in the file and why. */
export class InvalidContract extends Error {
  readonly code = 'INVALID_CONTRACT';

  constructor(
    readonly stream: string,
    readonly findings: readonly { field?: string | undefined; message: string }[],
  ) {
    super(`${stream}: ${findings.map(({ field, message }) => (field ? `${field}: ${message}` : message)).join('; ')}`);
    this.name = 'InvalidContract';
  }
}
