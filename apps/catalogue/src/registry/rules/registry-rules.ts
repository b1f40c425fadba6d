import type { CompatibilityLevel } from '@citystreams/avro';
import type { Caller } from '@citystreams/nest';

/** What one who asks may see. */
export interface Sight {
  sees(subject: string): boolean;
  /** Before "there is no such thing": throws NOT_READY while a "no" could still become a "yes". */
  requireSettled(): void;
}

/** `agree`: to ask for what holds anyway, which changes nothing. */
export type WriteAction = 'register' | 'delete' | 'configure' | 'agree';

export interface Credentials {
  authorization: string | undefined;
  /** Of the connection, for limits on guessing. */
  remoteAddress: string;
}

export interface StreamRegistered {
  id: number;
  version: number;
  text: string;
}

/**
 * Who may do what, and what a city adds to the bare registry. One for a city, one for an open registry; the registry
 * itself knows no rights.
 */
export interface RegistryRules {
  /** Where nothing is set. */
  readonly defaultLevel: CompatibilityLevel;

  /** Throws UNAUTHENTICATED, RATE_LIMITED, or what an issuer that does not answer makes of it. */
  authenticate(credentials: Credentials): Caller | Promise<Caller>;

  sightOf(caller: Caller): Sight;

  /** Sees also what tells of schemas it may not read: how many there are. */
  seesAll(caller: Caller): boolean;

  /** @param subject null: all subjects. Throws WRITE_DENIED or OPERATION_NOT_PERMITTED, or that there is no such subject. */
  requireWrite(caller: Caller, action: WriteAction, subject: string | null): Promise<void>;

  /** The level of a subject that nobody can change, the strictest there is; null where settings count. */
  fixedLevel(subject: string): CompatibilityLevel | null;

  /** Whether docs and attributes do not tell schemas of this subject apart when one is looked for. */
  findsByForm(subject: string): boolean;

  /** More than compatibility that a schema of this subject has to meet; one message each. Throws INVALID_SCHEMA. */
  objections(subject: string, text: string, earlier: readonly { version: number; text: string }[]): string[];

  /**
   * Registers where the bare registry must not: null means that it may.
   *
   * @param writtenOut the schema with everything that it refers to
   */
  registerOtherwise(caller: Caller, subject: string, writtenOut: () => string): Promise<StreamRegistered> | null;
}

/** Injection token of the `RegistryRules` of this process. */
export const REGISTRY_RULES = Symbol('registry rules');
