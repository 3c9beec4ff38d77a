import { test } from 'node:test';
import { MemoryStateStore } from '../../../processor/state/memory.js';
import { testContract } from './contract.js';

test('state in memory keeps the contract', async t => {
  const stores = new Map<string, MemoryStateStore>();
  await testContract(t, service => {
    const store = stores.get(service) ?? new MemoryStateStore();
    stores.set(service, store);
    return store;
  });
});
