import module from 'node:module';
import { isMainThread, parentPort } from 'node:worker_threads';
import type { LlmInstrumentation } from './llm-instrumentation.js';

const REGISTERED = Symbol.for('otel-llm-monitor.loader');

/**
 * Turns an instrumentation on for both loaders, before the app imports anything: for `node --import`. Only the packages that it
 * watches pass through the loader hook, by exact name: a hook over everything costs start-up time and breaks packages with
 * bindings that are set late (openai 4). Registers one loader hook a thread, however often it is called.
 * @returns false in Node's own thread for loader hooks, where `--require` runs as well and nothing is to be watched
 */
export function registerLoaderHooks(instrumentation: LlmInstrumentation): boolean {
  if (!isMainThread && parentPort === null) return false;
  const shared = globalThis as { [REGISTERED]?: boolean };
  if (shared[REGISTERED] !== true && typeof module.register === 'function') {
    shared[REGISTERED] = true;
    module.register('import-in-the-middle/hook.mjs', import.meta.url, {
      data: { include: [...instrumentation.modules] },
    });
  }
  instrumentation.enable();
  return true;
}
