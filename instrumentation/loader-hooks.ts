import module from 'node:module';
import { isMainThread, parentPort } from 'node:worker_threads';
import { defaultWiring } from '../core/wiring.js';
import type { LlmInstrumentation } from './llm-instrumentation.js';

const REGISTERED = Symbol.for('otel-llm-monitor.loader');
/** What Node says of a hook that is not where a bundle is: an ES module, or CommonJS, which has no address. */
const UNRESOLVED: ReadonlySet<unknown> = new Set(['ERR_MODULE_NOT_FOUND', 'ERR_UNSUPPORTED_RESOLVE_REQUEST']);

/**
 * Turns an instrumentation on for both loaders, before the app imports anything: for `node --import`. Only the packages that it
 * watches pass through the loader hook, by exact name: a hook over everything costs start-up time and breaks packages with
 * bindings that are set late (openai 4). Registers one loader hook a thread, however often it is called. Where none can be
 * registered (in a bundle, whose parts are no files any more) the app starts all the same, `self.uninstrumented` says so, and
 * `wrap` is the way.
 * @returns false in Node's own thread for loader hooks, where `--require` runs as well and nothing is to be watched
 */
export function registerLoaderHooks(instrumentation: LlmInstrumentation): boolean {
  if (!isMainThread && parentPort === null) return false;
  const shared = globalThis as { [REGISTERED]?: boolean };
  if (shared[REGISTERED] !== true && typeof module.register === 'function') {
    try {
      module.register('import-in-the-middle/hook.mjs', import.meta.url, {
        data: { include: [...instrumentation.modules] },
      });
      shared[REGISTERED] = true;
    } catch (error) {
      const reason = UNRESOLVED.has((error as { code?: unknown } | null)?.code) ? 'bundled' : 'refused';
      const { wiring = defaultWiring() } = instrumentation.getConfig();
      wiring.store.set('selfUninstrumented', 1, { module: 'loader', reason });
    }
  }
  instrumentation.enable();
  return true;
}
