/** A collector of metrics as small as one can be: OTLP over HTTP, in JSON, kept as it came. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const Attributes = z.array(
  z.object({
    key: z.string(),
    value: z.object({ stringValue: z.string().optional(), intValue: z.unknown().optional() }),
  }),
);
const Point = z.looseObject({
  attributes: Attributes,
  asDouble: z.number().optional(),
  asInt: z.union([z.string(), z.number()]).optional(),
});
const Points = z.object({ dataPoints: z.array(Point) });
const Export = z.object({
  resourceMetrics: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeMetrics: z.array(
        z.object({
          metrics: z.array(
            z.looseObject({
              name: z.string(),
              sum: Points.optional(),
              gauge: Points.optional(),
              histogram: Points.optional(),
            }),
          ),
        }),
      ),
    }),
  ),
});

export interface OtlpReceiver {
  readonly endpoint: string;
  /** Attributes of the process that sent last. */
  sender(): Record<string, string>;
  /** The last value of a metric where all these attributes are as given; undefined: none came. */
  value(metric: string, attributes: Readonly<Record<string, string>>): number | undefined;
  close(): Promise<void>;
}

export async function openOtlpReceiver(): Promise<OtlpReceiver> {
  let last: z.infer<typeof Export> = { resourceMetrics: [] };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const isExport = request.method === 'POST' && request.url === '/v1/metrics';
      if (isExport) last = Export.parse(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(isExport ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sender: () => named(last.resourceMetrics[0]?.resource.attributes ?? []),
    value(metric, wanted) {
      const metrics = last.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((s) => s.metrics));
      const points = metrics
        .filter(({ name }) => name === metric)
        .flatMap(({ sum, gauge }) => sum?.dataPoints ?? gauge?.dataPoints ?? []);
      const point = points.find(({ attributes }) => {
        const has = named(attributes);
        return Object.entries(wanted).every(([name, value]) => has[name] === value);
      });
      return point === undefined ? undefined : Number(point.asDouble ?? point.asInt);
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const named = (attributes: z.infer<typeof Attributes>): Record<string, string> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue)]));
