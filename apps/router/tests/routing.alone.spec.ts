/** One file for all scenarios: routers of one platform share its streams, and would take each other's. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { openOtlpReceiver, type OtlpReceiver } from './otlp.receiver.js';
import { type RunningRouter, startRouter } from './running-router.js';
import { describeEntitlements } from './scenarios/entitlements.js';
import { describeFailingViews } from './scenarios/failing-views.js';
import { describeLostPlaces } from './scenarios/lost-places.js';
import { describeMeasured } from './scenarios/measured.js';
import { describeQuarantine } from './scenarios/quarantine.js';
import { describeSeveralRouters } from './scenarios/several-routers.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let router: RunningRouter;

beforeAll(async () => {
  scene = await openScene();
}, 60_000);
afterAll(() => scene?.close(), 60_000);

describe('one router', () => {
  let collector: OtlpReceiver;
  const start = (): Promise<RunningRouter> =>
    startRouter('a', { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, OTEL_METRIC_EXPORT_INTERVAL: '1000' });
  beforeAll(async () => {
    collector = await openOtlpReceiver();
    router = await start();
  }, 60_000);
  afterAll(async () => {
    await router?.stop();
    await collector?.close();
  }, 60_000);

  describeEntitlements(() => scene);
  describeFailingViews(
    () => scene,
    () => router,
  );
  describeMeasured(
    () => scene,
    () => router,
    () => collector,
  );
  describeQuarantine(() => scene);
  describeLostPlaces(
    () => scene,
    async (meanwhile) => {
      await router.stop();
      const made = await meanwhile();
      router = await start();
      return made;
    },
  );
});

describe('several routers', () => {
  describeSeveralRouters(() => scene);
});
