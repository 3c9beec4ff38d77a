import { MonitorError } from '../../../core/errors.js';
import { openStateStore } from '../../../processor/state/open.js';
import { storedCall } from './stored-calls.js';

/** An app that uses its store and ends without closing it: `leaver.js LOCATION`. It says what came of it. */
const store = openStateStore(process.argv[2] ?? '', { service: 'leaver', ttl: 604_800_000 });
try {
  await store.labels.put([storedCall(1)]);
  await store.save('d', Uint8Array.of(1), 1);
  console.log((await store.labels.find('call_id', 'call-1'))?.ids.callId);
} catch (error) {
  console.log(MonitorError.is(error) ? `${error.code} ${error.message}` : error);
}
