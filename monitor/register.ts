import { isMainThread } from 'node:worker_threads';
import { describeError } from '../core/errors.js';
import { startMonitor } from './start.js';

// For `node --import otel-llm-monitor/register app.js`. A preload also runs in the thread of the loader hooks and in every
// worker: only the main thread is monitored, and whatever is wrong here, the app runs on.
if (isMainThread) {
  try {
    startMonitor();
  } catch (error) {
    process.stderr.write(`otel-llm-monitor: this process runs unmonitored: ${describeError(error)}\n`);
  }
}
