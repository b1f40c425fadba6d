/** Whether Kafka answers: with credentials by an administrator's question, without any by the protocol's greeting. */
import { readFileSync } from 'node:fs';
import { type Socket, connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type KafkaSettings, openAdmin } from '@citystreams/kafka';

/** True once the cluster lists a live broker to this principal. */
export async function answers(settings: KafkaSettings, withinMs = 5_000): Promise<boolean> {
  // Cheap, and quiet: until one broker greets there is nothing for the client library to retry.
  const tls = settings.securityProtocol === 'SASL_SSL' ? { caFile: settings.caFile } : null;
  const greetings = await Promise.all(settings.brokers.map((address) => greetBroker(address, tls, withinMs)));
  if (!greetings.includes(null)) return false;
  const admin = openAdmin(settings);
  let late: NodeJS.Timeout | undefined;
  try {
    const limit = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error('too late')), withinMs);
    });
    return (await Promise.race([admin.brokers(), limit])).length > 0;
  } catch {
    return false;
  } finally {
    clearTimeout(late);
    await admin.close().catch(() => undefined);
  }
}

function splitAddress(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(':');
  const port = Number(address.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new TypeError(`"${address}" is not a broker address: host:port`);
  }
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port };
}

/** ApiVersions v0, correlation 1, client "citystreams": the one request a broker answers before any login. */
const GREETING = Buffer.concat([
  Buffer.from([0, 0, 0, 21, 0, 18, 0, 0, 0, 0, 0, 1, 0, 11]),
  Buffer.from('citystreams'),
]);

/** Null when a Kafka broker greets back at this address, otherwise what happened instead. */
export function greetBroker(
  address: string,
  tls: { caFile?: string } | null,
  withinMs = 5_000,
): Promise<string | null> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve) => {
    const socket: Socket = tls
      ? connectTls({
          host,
          port,
          servername: isIP(host) ? '' : host,
          ...(tls.caFile && { ca: readFileSync(tls.caFile) }),
        })
      : connect({ host, port });
    const end = (why: string | null): void => {
      clearTimeout(late);
      socket.destroy();
      resolve(why);
    };
    const late = setTimeout(() => end(`no answer within ${withinMs / 1000} s`), withinMs);
    let received = Buffer.alloc(0);
    socket.once(tls ? 'secureConnect' : 'connect', () => socket.write(GREETING));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      // length, our correlation id, error code 0
      if (received.length >= 10)
        end(received.readInt32BE(4) === 1 && received.readInt16BE(8) === 0 ? null : 'it does not speak Kafka');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    socket.once('close', () => end('it closed the connection'));
  });
}
