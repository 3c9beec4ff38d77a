import { defaultWiring } from '../core/wiring.js';
import { contentSettings } from './content/settings.js';
import { Recorder } from './recorder.js';
import { defaultSemconv } from './semconv.js';

let active: Recorder | undefined;
let fallback: Recorder | undefined;

/** Makes a recorder the one that hand-wrapped clients write to. @returns the function that takes it out again */
export function activate(recorder: Recorder): () => void {
  active = recorder;
  return () => {
    if (active === recorder) active = undefined;
  };
}

/** The recorder of the instrumentation that is on; without one, a recorder over the shared wiring and the global providers. */
export function activeRecorder(): Recorder {
  if (active !== undefined) return active;
  const wiring = defaultWiring();
  if (fallback?.wiring !== wiring)
    fallback = new Recorder({ wiring, semconv: defaultSemconv(), spans: true, content: contentSettings({}) });
  return fallback;
}
