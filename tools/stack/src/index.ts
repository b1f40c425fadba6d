export type { KafkaServer } from './kafka/kafka-server.js';
export { type KafkaOptions, openKafka } from './kafka/open-kafka.js';
export { KAFKA_IMAGE } from './kafka/docker-broker.js';
export { jarFolder, jarsObstacle } from './kafka/jars.js';
export {
  type BrokerPorts,
  INTERNAL_PRINCIPAL,
  LOG4J_PROPERTIES,
  serverProperties,
  tokenKeyFlags,
} from './kafka/server-properties.js';
export { answers } from './kafka/broker-answers.js';
export { POSTGRES_IMAGE } from './postgres/docker-postgres.js';
export { imageObstacle } from './platform/docker-engine.js';
export { type GivenKafka, KafkaNotAnswering, readGivenKafka } from './kafka/given-kafka.js';
export {
  type PostgresOptions,
  PostgresNotAnswering,
  type PostgresServer,
  openPostgres,
} from './postgres/open-postgres.js';
export { bootstrapKafka, checkKafka } from './platform/bootstrap-kafka.js';
export {
  DATABASE_SERVICES,
  type DatabaseService,
  type ServiceDatabase,
  bootstrapPostgres,
} from './platform/bootstrap-postgres.js';
export {
  DataDirectoryInUse,
  claimDataDirectory,
  claimFile,
  secretFileOf,
  secretOf,
  writeFileAtomically,
} from './platform/data-directory.js';
export { type ChildExit, type ChildSpec, type GuardedChild, startChild } from './platform/child-process.js';
export { DamagedData, DidNotStart } from './platform/supervised-server.js';
export { NoWay, type Progress, type Way } from './platform/way.js';
export { PortInUse, type PortLease, type PortRequest, leasePort } from './ports/port-lease.js';
export { AccountClash } from './issuer/account-plan.js';
export { DamagedIssuer, type IssuerFiles, prepareIssuer } from './issuer/prepare-issuer.js';
