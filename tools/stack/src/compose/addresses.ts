/** Where things are in docker-compose.yml: names and ports inside its network, and what the host sees of them. */
import type { StackAddresses } from '../launcher/service-plan.js';
import type { BrokerPorts } from '../kafka/server-properties.js';

/** Services by their names; nobody outside the network can use these. */
export const INSIDE: StackAddresses = {
  gateway: 'http://gateway:8080',
  catalogue: 'http://catalogue:8081',
  identity: 'http://identity:8082',
  subscriptions: 'http://subscriptions:8083',
  router: 'http://router:8084',
};

export const BROKER_HOST = 'kafka';
/** `client` is for the services; the internal listener is for bootstrap and the broker itself. Neither is published. */
export const BROKER_PORTS: BrokerPorts = { client: 9092, internal: 9091, controller: 9093 };
/** The listener that is published to the host: its clients must be told the host's address, not the broker's name. */
export const BROKER_HOST_PORT = 9094;
export const BROKER_DATA = '/var/lib/kafka/data';

export const DATABASE_ADDRESS = 'postgres:5432';

/** The volume of secrets and the volume of the agencies' own state, as every container sees them. */
export const SECRETS = '/run/citystreams';
export const STATE = '/var/lib/citystreams';
/** The image's working directory: the repository as it runs. */
export const APPLICATION = '/app';

/** The ports of the host that are published, on the loopback interface alone. */
export interface PublishedPorts {
  readonly gateway: number;
  readonly catalogue: number;
  readonly identity: number;
  readonly kafka: number;
}
