import { AclOperations, AclPermissionTypes, ResourcePatternTypes, ResourceTypes } from '@platformatic/kafka';

/** One access control entry: this principal may (or may not) do this to that. Valid from every host. */
export interface AccessRule {
  /** `User:<name>`, as Kafka writes principals. */
  principal: string;
  resourceType: 'topic' | 'group' | 'transactional-id' | 'cluster';
  /** The cluster's own name is `kafka-cluster`. */
  resourceName: string;
  pattern: 'literal' | 'prefixed';
  operation:
    | 'all'
    | 'read'
    | 'write'
    | 'create'
    | 'delete'
    | 'alter'
    | 'describe'
    | 'cluster-action'
    | 'describe-configs'
    | 'alter-configs'
    | 'idempotent-write';
  permission: 'allow' | 'deny';
}

const RESOURCE = {
  topic: ResourceTypes.TOPIC,
  group: ResourceTypes.GROUP,
  cluster: ResourceTypes.CLUSTER,
  'transactional-id': ResourceTypes.TRANSACTIONAL_ID,
} as const satisfies Record<AccessRule['resourceType'], number>;

const PATTERN = {
  literal: ResourcePatternTypes.LITERAL,
  prefixed: ResourcePatternTypes.PREFIXED,
} as const satisfies Record<AccessRule['pattern'], number>;

const OPERATION = {
  all: AclOperations.ALL,
  read: AclOperations.READ,
  write: AclOperations.WRITE,
  create: AclOperations.CREATE,
  delete: AclOperations.DELETE,
  alter: AclOperations.ALTER,
  describe: AclOperations.DESCRIBE,
  'cluster-action': AclOperations.CLUSTER_ACTION,
  'describe-configs': AclOperations.DESCRIBE_CONFIGS,
  'alter-configs': AclOperations.ALTER_CONFIGS,
  'idempotent-write': AclOperations.IDEMPOTENT_WRITE,
} as const satisfies Record<AccessRule['operation'], number>;

const PERMISSION = {
  allow: AclPermissionTypes.ALLOW,
  deny: AclPermissionTypes.DENY,
} as const satisfies Record<AccessRule['permission'], number>;

const EVERY_HOST = '*';

export const wireRule = (rule: AccessRule) => ({
  resourceType: RESOURCE[rule.resourceType],
  resourceName: rule.resourceName,
  resourcePatternType: PATTERN[rule.pattern],
  principal: rule.principal,
  host: EVERY_HOST,
  operation: OPERATION[rule.operation],
  permissionType: PERMISSION[rule.permission],
});

/** A filter for every rule, literal or prefixed, that decides about one resource; `principal: null` is anybody. */
export const wireMatch = (filter: {
  resourceType: AccessRule['resourceType'];
  resourceName: string;
  principal: string | null;
}) => ({
  resourceType: RESOURCE[filter.resourceType],
  resourceName: filter.resourceName,
  resourcePatternType: ResourcePatternTypes.MATCH,
  principal: filter.principal,
  host: null,
  operation: AclOperations.ANY,
  permissionType: AclPermissionTypes.ANY,
});

/** Undefined for a kind of resource or operation that this platform has no use for. */
export function ruleOfWire(wire: {
  resourceType: number;
  resourceName: string;
  resourcePatternType: number;
  principal: string;
  operation: number;
  permissionType: number;
}): AccessRule | undefined {
  const resourceType = nameOf(RESOURCE, wire.resourceType);
  const pattern = nameOf(PATTERN, wire.resourcePatternType);
  const operation = nameOf(OPERATION, wire.operation);
  const permission = nameOf(PERMISSION, wire.permissionType);
  if (resourceType === undefined || pattern === undefined || operation === undefined || permission === undefined) {
    return undefined;
  }
  return { principal: wire.principal, resourceType, resourceName: wire.resourceName, pattern, operation, permission };
}

function nameOf<Name extends string>(numbers: Readonly<Record<Name, number>>, wanted: number): Name | undefined {
  return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === wanted);
}
