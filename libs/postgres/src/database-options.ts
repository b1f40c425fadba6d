import type { EntityTarget, MigrationInterface, ObjectLiteral } from 'typeorm';

export interface DatabaseOptions {
  /** `postgres://` address under the service's own role. */
  url: string;
  /** The same database under the role that owns the schema. */
  ownerUrl: string;
  /** Plain lowercase name; the schema and both roles exist already. */
  schema: string;
  entities: readonly EntityClass[];
  migrations: readonly (new () => MigrationInterface)[];
  /** Most connections of the service role; 10 unless told otherwise. */
  connections?: number;
  /** A connection that was lost while idle: for the log. The pool replaces it by itself. */
  onProblem?(error: Error): void;
}

type EntityClass = Extract<EntityTarget<ObjectLiteral>, new () => unknown>;
