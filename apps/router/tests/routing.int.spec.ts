import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { numbersIn } from './received.js';
import { type RunningRouter, startRouter } from './running-router.js';
import { MOVEMENT, openScene, type Scene } from './scene.js';

let scene: Scene;
let router: RunningRouter;

beforeAll(async () => {
  scene = await openScene();
  router = await startRouter('a');
}, 60_000);
afterAll(async () => {
  await router?.stop();
  await scene?.close();
}, 60_000);

/** Numbers from..to of a stream with two partitions, as they lie in them. */
const between = (from: number, to: number) =>
  new Map(
    [0, 1].map((p) => [p, Array.from({ length: to - from }, (_, i) => from + i).filter((n) => n % 2 === p)] as const),
  );

test('a view with history gets everything there is, once and in order', async () => {
  const stream = await scene.stream();
  await stream.publish(0, 500);
  const view = await scene.view(stream);
  await scene.until(view, 'running');
  await stream.publish(500, 1000);
  expect(await numbersIn(view, MOVEMENT, 1000)).toEqual(between(0, 1000));
}, 60_000);

test('a view without history gets what comes after it was taken up', async () => {
  const stream = await scene.stream();
  await stream.publish(0, 100);
  const view = await scene.view(stream, { history: 'from-grant', level: 'L3' });
  await scene.until(view, 'running');
  await stream.publish(100, 200);
  expect(await numbersIn(view, MOVEMENT, 100)).toEqual(between(100, 200));
}, 60_000);
