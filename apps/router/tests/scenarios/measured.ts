/** What a router does can be watched: metrics for Prometheus, and the first event soon after a start. */
import { waitUntil } from '@citystreams/testing';
import { expect, test } from '@jest/globals';
import type { OtlpReceiver } from '../otlp.receiver.js';
import { numbersIn } from '../received.js';
import type { RunningRouter } from '../running-router.js';
import { MOVEMENT } from '../movements.js';
import type { Scene } from '../scene.js';

export function describeMeasured(scene: () => Scene, router: () => RunningRouter, collector: () => OtlpReceiver): void {
  test('the metrics say what every view had on every partition, and how long transactions took', async () => {
    const stream = await scene().stream();
    const predicate = { op: 'lt', field: 'n', value: 60 } as const;
    const view = await scene().view(stream, { predicate });
    await scene().until(view, 'running');
    await stream.publish(0, 100);
    await numbersIn(view, MOVEMENT, 60);
    let text = '';
    const of = (metric: string, partition: number): string | undefined =>
      new RegExp(
        `^citystreams_router_view_${metric}\\{[^}]*partition="${partition}"[^}]*view="${view.view}"[^}]*\\} (\\S+)`,
        'm',
      ).exec(text)?.[1];
    await waitUntil('the counts are there', async () => {
      text = await (await fetch(`${router().url}/metrics`)).text();
      return of('events_in_total', 0) === '50' && of('events_in_total', 1) === '50';
    });
    expect(of('events_out_total', 0)).toBe('30');
    expect(of('events_withheld_total', 1)).toBe('20');
    expect(of('lag_events', 0)).toBe('0');
    expect(of('stuck', 0)).toBe('0');
    expect(Number(of('bytes_out_total', 0))).toBeGreaterThan(30 * 5);
    expect(text).toMatch(/^citystreams_router_transaction_seconds_bucket\{[^}]*le="\+Inf"\} [1-9]/m);
    expect(Number(of('transaction_seconds', 0))).toBeGreaterThan(0);
    expect(of('shared_reading_ratio', 1)).toMatch(/^[01](\.\d+)?$/);
    expect(text).not.toContain('person-');

    // The same is sent to whoever collects by OTLP.
    const sent = (metric: string) =>
      collector().value(`citystreams.router.view.${metric}`, { view: view.view, partition: '1', stream: stream.name });
    await waitUntil('the collector has it', () => sent('events_in') === 50);
    expect(sent('events_out')).toBe(30);
    expect(sent('events_withheld')).toBe(20);
    expect(collector().sender()).toMatchObject({ 'service.name': 'citystreams-router', 'service.instance.id': 'a' });
  }, 60_000);

  test('the router says that it is there, and which views it cannot begin', async () => {
    const stream = await scene().stream();
    const view = await scene().view(stream, { isAnnouncedOnly: true });
    await waitUntil(
      'it tells of the view',
      () =>
        scene()
          .router('a')
          ?.troubles.some((t) => t.view === view.view) === true,
      {
        timeoutMs: 20_000,
      },
    );
    const told = scene().router('a');
    expect(told).toMatchObject({ state: 'routing', detail: null, slot: 'a' });
    expect(told?.troubles.find((t) => t.view === view.view)?.code).toMatch(/^(SCHEMA|TOPIC)_MISSING$/);
    expect(told?.partitions).toBeGreaterThanOrEqual(stream.partitions);
    await waitUntil('it says so again', () => (scene().router('a')?.at ?? '') > (told?.at ?? ''), {
      timeoutMs: 15_000,
    });
    await scene().end(view);
  }, 60_000);
}
