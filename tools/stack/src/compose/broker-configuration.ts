/** The broker of the local stack, with one listener more: clients in the network and on the host need different addresses. */
import { type BrokerConfiguration, serverProperties } from '../kafka/server-properties.js';

export interface HostListener {
  /** The port it is bound to in the container. */
  readonly port: number;
  /** `host:port` that its clients are told to come back to. */
  readonly advertised: string;
}

const CLIENT = 'listener.name.client.';

/** Everything that holds for the client listener holds for `HOST` too. */
export function composeServerProperties(configuration: BrokerConfiguration, host: HostListener): string {
  const lines = serverProperties(configuration).trimEnd().split('\n');
  const more: Readonly<Record<string, string>> = {
    listeners: `HOST://${configuration.bindHost}:${host.port}`,
    'advertised.listeners': `HOST://${host.advertised}`,
    'listener.security.protocol.map': 'HOST:SASL_PLAINTEXT',
  };
  return lines
    .flatMap((line) => {
      const key = line.slice(0, line.indexOf('='));
      if (key.startsWith(CLIENT)) return [line, `listener.name.host.${line.slice(CLIENT.length)}`];
      const added = more[key];
      return [added === undefined ? line : `${line},${added}`];
    })
    .map((line) => `${line}\n`)
    .join('');
}
