import type { ProjectedEvent, Projection, ProjectionOptions } from '../projection.js';
import { type ByteView, compileByteView } from './byte.view.js';
import { compileScanner, type ScannedEvent, scanBody } from './scanner.js';
import { viewOf } from './scratch.js';

/**
 * The byte projector behind the same door as `compileProjection`, for callers that handle one event at a time: same
 * options, same answers, errors of the same classes. Bytes that `compileProjection` takes although no writer should
 * produce them (numbers that overflow, text that is not UTF-8) are Undecodable here.
 */
export function compileProjector(options: ProjectionOptions): Projection {
  const scanner = compileScanner(options.writer);
  const view = compileByteView(scanner, { ...options, schemaId: null });
  const { event } = scanner;
  return {
    project(body): ProjectedEvent | null {
      scanBody(scanner, body);
      const size = view.measure(event);
      if (size < 0) return null;
      const value = Buffer.allocUnsafe(size);
      view.write(event, value, viewOf(value), 0);
      return { body: value, key: keyOf(view, event), time: view.time(event) };
    },
  };
}

function keyOf(view: ByteView, event: ScannedEvent): Buffer | null {
  if (view.keySize < 0) return null;
  const key = Buffer.allocUnsafe(view.keySize);
  view.writeKey(event, key, viewOf(key), 0);
  return key;
}
