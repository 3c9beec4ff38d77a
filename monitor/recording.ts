import type { Resource } from '@opentelemetry/resources';
import type { Wiring } from '../core/wiring.js';
import type { LlmSpanProcessor } from '../processor/index.js';
import { Recorder } from '../processor/recording/recorder.js';
import type { Settings } from './config/schema.js';

export interface RecordedParts {
  readonly resource: Resource;
  readonly wiring: Wiring;
  readonly processor: LlmSpanProcessor;
}

/**
 * Records what is scored, labelled and found to drift into the file that `LLM_MONITOR_RECORD` names.
 * @returns how to write now what waits, and how to end; undefined where nobody asked for a recording
 */
export function startRecording(
  { record }: Settings,
  { resource, wiring, processor }: RecordedParts,
): { flush(): Promise<void>; stop(): Promise<void> } | undefined {
  if (record === undefined) return undefined;
  const { clock, store } = wiring;
  const service = resource.attributes['service.name'];
  const recorder = new Recorder({ path: record, clock, store, ...(typeof service === 'string' ? { service } : {}) });
  const undo = [
    processor.onScored(scored => recorder.call(scored)),
    processor.truth.onOutcome(event => recorder.label(event)),
    processor.drift?.onDrift(event => recorder.drift(event)),
  ];
  return {
    flush: () => recorder.flush(),
    async stop() {
      for (const step of undo) step?.();
      await recorder.stop();
    },
  };
}
