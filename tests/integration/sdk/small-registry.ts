import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SmallRegistry {
  readonly url: string;
  /** Answers 503 while true. */
  away: boolean;
  readonly schemas: string[];
  close(): Promise<void>;
}

/** The three routes of the Confluent API that the SDK asks, so that its specs need no other service of the platform. */
export async function openSmallRegistry(): Promise<SmallRegistry> {
  const schemas: string[] = [];
  const subjects = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const [status, answer] = registry.away
        ? [503, { error_code: 50301, message: 'away' }]
        : route(request.url ?? '', Buffer.concat(chunks).toString());
      response.writeHead(status, { 'content-type': 'application/vnd.schemaregistry.v1+json' });
      response.end(JSON.stringify(answer));
    });
  });

  function route(url: string, body: string): [number, unknown] {
    const byId = /^\/schemas\/ids\/(\d+)$/.exec(url);
    if (byId !== null) {
      const schema = schemas[Number(byId[1]) - 1];
      return schema === undefined ? [404, { error_code: 40403, message: 'Schema not found' }] : [200, { schema }];
    }
    const subject = /^\/subjects\/([^/]+)(\/versions)?$/.exec(url);
    if (subject === null) return [404, { error_code: 404, message: 'no such route' }];
    const { schema } = JSON.parse(body) as { schema: string };
    const name = `${subject[1]} ${schema}`;
    if (subject[2] !== undefined && !subjects.has(name)) subjects.set(name, schemas.push(schema));
    const id = subjects.get(name);
    return id === undefined ? [404, { error_code: 40403, message: 'Schema not found' }] : [200, { id, version: 1 }];
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const registry: SmallRegistry = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    away: false,
    schemas,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}
