import type { Behaviour } from './behaviour.js';
import { ENDPOINT_BEHAVIOURS } from './endpoint-behaviours.js';
import { FAULT_BEHAVIOURS } from './fault-behaviours.js';
import { PROMISE_BEHAVIOURS } from './promise-behaviours.js';
import { STREAM_BEHAVIOURS } from './stream-behaviours.js';

export const BEHAVIOURS: readonly Behaviour[] = [
  ...PROMISE_BEHAVIOURS,
  ...FAULT_BEHAVIOURS,
  ...STREAM_BEHAVIOURS,
  ...ENDPOINT_BEHAVIOURS,
];
