import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, TLSSocket } from 'node:tls';
import { KafkaFailure } from '../../failure.js';

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const addressText = ({ host, port }: Address): string => `${host}:${port}`;

/** Where a socket puts what comes in, and whom it tells. */
export interface Incoming {
  free(): Buffer;
  received(bytes: number): void;
}

export interface SocketOptions {
  /** With TLS, and whom to trust; null: without. */
  tls: { ca?: string } | null;
  withinMs: number;
}

/** Connects, with TLS its handshake included. Nothing that comes in becomes an object: it goes to `incoming`. */
export function openSocket(address: Address, incoming: Incoming, options: SocketOptions): Promise<Socket> {
  const onread = {
    buffer: () => incoming.free(),
    callback: (bytes: number) => {
      incoming.received(bytes);
      return true;
    },
  };
  const { host, port } = address;
  const { tls, withinMs } = options;
  return new Promise((resolve, reject) => {
    // TLS sockets know `onread` too; only their types do not.
    const secured: ConnectionOptions & { onread: typeof onread } = { host, port, ...tls, ...serverName(host), onread };
    const socket = tls === null ? connectPlain({ host, port, onread }) : connectTls(secured);
    const failed = (cause: Error) => {
      clearTimeout(timer);
      // A certificate that nobody vouches for does not get better by asking again.
      const retriable = !(socket instanceof TLSSocket) || !socket.authorizationError;
      socket.destroy();
      const detail = { cause, retriable };
      reject(new KafkaFailure('UNREACHABLE', `No connection to broker ${addressText(address)}`, detail));
    };
    const timer = setTimeout(() => failed(new Error(`no connection within ${withinMs} ms`)), withinMs);
    socket.once('error', failed);
    socket.once(tls === null ? 'connect' : 'secureConnect', () => {
      clearTimeout(timer);
      socket.off('error', failed);
      socket.setNoDelay(true);
      resolve(socket);
    });
  });
}

/** Server name indication must not be an address. */
const serverName = (host: string) => (isIP(host) === 0 ? { servername: host } : {});
