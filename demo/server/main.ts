// The model server as a process of its own: takes incidents from its parent, tells it the port, leaves with it.
import type { AddressInfo } from 'node:net';
import { createRandom } from '../../core/random.js';
import { loadModel } from '../assets.js';
import { INCIDENTS, type Incident } from './incidents.js';
import { createModelServer } from './server.js';

/** From the parent: the incident to start; null ends it. */
export interface IncidentMessage {
  readonly incident: Incident | null;
}

const seed = Number(process.env['DEMO_SEED'] ?? 1);
const WARM_UP = ['How do I send 250 euros to a friend?', 'What are your opening hours?', 'I lost my card.'];

const models = { bankbot: loadModel('bankbot'), 'bankbot-v2': loadModel('bankbot-v2') };
// Both are warm before the first question: nothing but the answers is to tell when one takes the other's place.
for (const model of Object.values(models)) for (const question of WARM_UP) model.answer(question);
const server = createModelServer({ models, random: createRandom(seed) });

process.on('message', (message: IncidentMessage) => {
  server.setIncident(INCIDENTS.find(name => name === message.incident));
});

server.http.listen(Number(process.env['PORT'] ?? 0), '127.0.0.1', () => {
  const { port } = server.http.address() as AddressInfo;
  console.log(`model server on http://127.0.0.1:${port}/v1`);
});
