/**
 * What Fastify can do at best with the same answers: one route that says a text, and one that reads JSON before.
 * `bare.js <port> <text>`
 */
import Fastify from 'fastify';

const TYPE = 'application/vnd.schemaregistry.v1+json';
const [port, text] = process.argv.slice(2);

const fastify = Fastify();
fastify.addContentTypeParser(TYPE, { parseAs: 'string' }, fastify.getDefaultJsonParser('error', 'error'));
fastify.get('/read/:id', (_, reply) => reply.type(TYPE).send(text));
fastify.post('/look-up/:name', (_, reply) => reply.type(TYPE).send(text));
await fastify.listen({ port: Number(port), host: '127.0.0.1' });
