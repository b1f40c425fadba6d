import { createServer, type Server } from 'node:http';
import type { Provider } from 'oidc-provider';

/** What is served at all; the provider's pages for people signing in are not. */
const ROUTES = new Set([
  '/token',
  '/jwks',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
]);

/** @throws the listen error (EADDRINUSE and the like). */
export async function serveIssuer(provider: Provider, host: string, port: number): Promise<Server> {
  const answer = provider.callback();
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    if (path === '/healthz' || path === '/readyz') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    } else if (ROUTES.has(path)) {
      void answer(request, response);
    } else {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server;
}

/** Answers what is in hand, at most two seconds; idle connections end at once. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), 2000);
  await closed;
  clearTimeout(cut);
}
