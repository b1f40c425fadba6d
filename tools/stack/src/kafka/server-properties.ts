/** The configuration of our single combined Kafka node, as pure text. */

/** The brokers' internal principal: the only super user. No agency's client id can be spelled like it (no dot). */
export const INTERNAL_PRINCIPAL = 'internal-broker';

export interface BrokerPorts {
  /** OAUTHBEARER, for everybody. */
  readonly client: number;
  /** SASL/PLAIN, for the broker itself and for bootstrap. */
  readonly internal: number;
  readonly controller: number;
}

export interface BrokerConfiguration {
  readonly ports: BrokerPorts;
  /** Address the listeners bind; in a container every address, published on loopback only. */
  readonly bindHost: string;
  readonly advertisedHost: string;
  readonly logDirectory: string;
  /** `file:` URL of the issuer's public keys; read again whenever the file changes. */
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly internalPassword: string;
  /** Kafka's settings beside ours, or in place of them: for measurements. */
  readonly more?: Readonly<Record<string, string | number>>;
}

const PLAIN_LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const TOKEN_LOGIN = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule';
const TOKEN_CHECK = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler';

export function serverProperties(c: BrokerConfiguration): string {
  const { client, internal, controller } = c.ports;
  const plain = `${PLAIN_LOGIN} required username="${INTERNAL_PRINCIPAL}" password="${c.internalPassword}" user_${INTERNAL_PRINCIPAL}="${c.internalPassword}";`;
  return toProperties({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `CLIENT://${c.bindHost}:${client},INTERNAL://${c.bindHost}:${internal},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `CLIENT://${c.advertisedHost}:${client},INTERNAL://${c.advertisedHost}:${internal}`,
    'listener.security.protocol.map': 'CLIENT:SASL_PLAINTEXT,INTERNAL:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'INTERNAL',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.internal.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.internal.plain.sasl.jaas.config': plain,
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': plain,
    'listener.name.client.sasl.enabled.mechanisms': 'OAUTHBEARER',
    'listener.name.client.oauthbearer.sasl.jaas.config': `${TOKEN_LOGIN} required;`,
    'listener.name.client.oauthbearer.sasl.server.callback.handler.class': TOKEN_CHECK,
    'listener.name.client.sasl.oauthbearer.jwks.endpoint.url': c.jwksUrl,
    'listener.name.client.sasl.oauthbearer.expected.issuer': c.issuer,
    'listener.name.client.sasl.oauthbearer.expected.audience': c.audience,
    'listener.name.client.oauthbearer.connections.max.reauth.ms': 60_000,

    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': false,
    'super.users': `User:${INTERNAL_PRINCIPAL}`,
    // A fetch parked before a revocation is answered after it; this bounds how long (the enforcement preflight asks).
    'connections.max.idle.ms': 10_000,

    'log.dirs': c.logDirectory,
    'auto.create.topics.enable': false,
    'num.partitions': 4,
    'log.retention.hours': 168,
    // A consumer group that is quiet for months keeps its position.
    'offsets.retention.minutes': 525_600,
    'transaction.max.timeout.ms': 60_000,
    // How soon after its timeout what a killed router left open is given up.
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1_000,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 4,
    'share.coordinator.state.topic.num.partitions': 4,
    'offsets.topic.replication.factor': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,

    // One node waits for nobody: without these a create costs 35 ms and a restart after kill -9 twelve seconds.
    'group.initial.rebalance.delay.ms': 0,
    'controller.quorum.append.linger.ms': 0,
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 300,
    'log.cleaner.dedupe.buffer.size': 16_777_216,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    ...c.more,
  });
}

/** Java's .properties: a backslash in a value is an escape, and a line must stay one line. */
function toProperties(entries: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(entries)
    .map(([key, value]) => {
      const text = String(value);
      if (/[\r\n]/.test(text)) throw new Error(`the broker setting ${key} contains a line break`);
      return `${key}=${text.replaceAll('\\', '\\\\')}\n`;
    })
    .join('');
}

/** Logs warnings, and the one line that says the broker is up; refused tokens without their claims. */
export const LOG4J_PROPERTIES = toProperties({
  status: 'error',
  'appender.c.type': 'Console',
  'appender.c.name': 'C',
  'appender.c.layout.type': 'PatternLayout',
  'appender.c.layout.pattern': '%d{ISO8601} %p %c{1} %m%n',
  'rootLogger.level': 'WARN',
  'rootLogger.appenderRef.c.ref': 'C',
  'logger.server.name': 'kafka.server.KafkaRaftServer',
  'logger.server.level': 'INFO',
  'logger.token.name': TOKEN_CHECK,
  'logger.token.level': 'ERROR',
});

/** The JVM refuses to read token keys from anywhere not named here. */
export function tokenKeyFlags(jwksUrl: string, jwksFile: string): string[] {
  return [
    `-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=${jwksUrl}`,
    `-Dorg.apache.kafka.sasl.oauthbearer.allowed.files=${jwksFile}`,
  ];
}
