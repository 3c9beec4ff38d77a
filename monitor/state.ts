import { hostname } from 'node:os';
import type { Resource } from '@opentelemetry/resources';
import type { Wiring } from '../core/wiring.js';
import type { Detection, LlmSpanProcessor } from '../processor/index.js';
import { instanceName, SnapshotKeeper, type SnapshotPart } from '../processor/snapshot-keeper.js';
import { openStateStore } from '../processor/state/open.js';
import type { StateStore } from '../processor/state/state-store.js';
import type { Settings } from './config/schema.js';

export interface KeptState {
  readonly state: StateStore;
  readonly resource: Resource;
  readonly wiring: Wiring;
  readonly processor: LlmSpanProcessor;
  readonly exporter: { readonly url: string; readonly listening: Promise<void> };
  /** A detection as that of the processor was made. */
  fresh(): Detection;
}

/** The store that `LLM_MONITOR_STATE` names; it is not asked before something needs it. */
export function openState(settings: Settings, resource: Resource, { clock }: Wiring): StateStore | undefined {
  if (settings.state === undefined) return undefined;
  const service = String(resource.attributes['service.name'] ?? 'unknown_service');
  return openStateStore(settings.state, { service, ttl: settings.labelTtl * 1000, clock });
}

/** What outlives the process. Whoever adds a part adds it here. */
function snapshotParts({ processor: { truth, detection, drift }, fresh }: KeptState): readonly SnapshotPart[] {
  const parts: SnapshotPart[] = [
    { name: 'truth', save: () => truth.saving(), restore: state => truth.restoring(state) },
  ];
  if (detection !== undefined) {
    parts.push({
      name: 'detection',
      common: true,
      worth: () => detection.status().some(({ ready }) => ready),
      save: () => detection.save(),
      *restore(state) {
        // A state that is refused half way leaves its traces: so it is tried elsewhere first.
        fresh().restore(state);
        yield;
        detection.restore(state);
      },
    });
  }
  if (drift !== undefined) {
    parts.push({
      name: 'drift',
      common: true,
      worth: () => drift.watch.warm,
      save: () => drift.saving(),
      restore: state => drift.restoring(state),
    });
  }
  return parts;
}

/** Who this process is among the replicas: as OpenTelemetry calls it, else by its host and the port of its endpoint. */
async function instanceOf({ resource, exporter }: KeptState): Promise<string> {
  const named = resource.attributes['service.instance.id'];
  if (typeof named === 'string' && named !== '') return instanceName(named);
  await exporter.listening.catch(() => undefined);
  return instanceName(`${hostname()}-${new URL(exporter.url).port}`);
}

/**
 * Takes up what earlier processes learnt, and keeps saving it. The app does not wait for it: calls and labels do, unread.
 * @returns how to save now, and how to end: with a last save
 */
export function keepState(parts: KeptState): { flush(): Promise<void>; stop(): Promise<void> } {
  const { state, wiring, processor } = parts;
  const keeper = new SnapshotKeeper({ state, parts: snapshotParts(parts), instance: instanceOf(parts), wiring });
  processor.holdUntil(keeper.restore());
  return {
    flush: () => keeper.saveAnew(),
    stop: () => keeper.end(),
  };
}
