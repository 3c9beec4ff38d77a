import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createWiring } from '../../core/wiring.js';
import { LlmInstrumentation, registerLoaderHooks } from '../../instrumentation/index.js';
import { runNode } from '../provider/child.js';
import { ModelServer } from '../provider/server.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const part = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url).href);

/** Turns the instrumentation on as `register` does, and prints each call's provider and outcome. */
const PRELOAD = `
import { isMainThread, parentPort } from 'node:worker_threads';
import { LlmInstrumentation, registerLoaderHooks } from ${part('instrumentation/index.js')};
import { defaultWiring } from ${part('core/wiring.js')};
import { writeSync } from 'node:fs';
const { calls, store } = defaultWiring();
calls.subscribe(({ call }) => writeSync(1, call.operation + ':' + call.outcome.kind + ':' + call.attempts + '\\n'));
const on = new LlmInstrumentation();
registerLoaderHooks(on);
registerLoaderHooks(on);
process.on('exit', () => {
  for (const family of store.collect())
    if (family.key === 'selfUninstrumented') for (const { labelValues } of family.series.values()) writeSync(1, labelValues.join(':') + '\\n');
});
`;

const USE = `
const client = new OpenAI({ apiKey: 'test', baseURL: process.env.BASE, maxRetries: 0 });
await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [] });
for await (const _ of await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [], stream: true }));
`;

const APPS: Readonly<Record<string, string>> = {
  'default.mjs': `import OpenAI from 'openai';\n${USE}`,
  'named.mjs': `import { OpenAI } from 'openai';\n${USE}`,
  'namespace.mjs': `import * as all from 'openai';\nconst OpenAI = all.default;\n${USE}`,
  'dynamic.mjs': `const { default: OpenAI } = await import('openai');\n${USE}`,
  'required.cjs': `const OpenAI = require('openai').OpenAI;\n(async () => {${USE}})();`,
  'created.mjs': `import module, { createRequire } from 'node:module';\nconst { OpenAI } = createRequire(import.meta.url)('openai');\n${USE}`,
  'both.mjs': `import OpenAI from 'openai';\nimport module, { createRequire } from 'node:module';\n{${USE}}\n{ const { OpenAI } = createRequire(import.meta.url)('openai');\n${USE} }`,
  'worker.mjs': `import { isMainThread, Worker } from 'node:worker_threads';\nif (isMainThread) new Worker(new URL(import.meta.url));\nelse { const { default: OpenAI } = await import('openai');\n${USE} }`,
  'names.mjs': `import * as all from 'openai';\nconsole.log(Object.keys(all).sort().join());`,
  'late.cjs': `const { OpenAI } = require('openai');
(async () => {
  const { LlmInstrumentation } = await import(${part('instrumentation/index.js')});
  const { defaultWiring } = await import(${part('core/wiring.js')});
  defaultWiring().calls.subscribe(({ call }) => console.log(call.operation + ':' + call.outcome.kind + ':' + call.attempts));
  new LlmInstrumentation().enable();
  ${USE}
})();`,
};

const TWO = ['chat:ok:1', 'chat:ok:1'];
const MAJORS = [4, 6, 7] as const;
const folders = new Map<number, string>();
let server: ModelServer;

before(async () => {
  server = await ModelServer.start();
  const require = createRequire(import.meta.url);
  for (const major of MAJORS) {
    // Inside the build folder, so that what the package itself needs is found above it.
    const folder = mkdtempSync(join(ROOT, `loader-${major}-`));
    folders.set(major, folder);
    const installed = dirname(require.resolve(`openai-${major}`));
    mkdirSync(join(folder, 'node_modules'));
    cpSync(installed, join(folder, 'node_modules', 'openai'), {
      recursive: true,
      filter: source => !/\.(map|ts|mts|md)$|[\\/]openai-\d[\\/]src$/.test(source),
    });
    writeFileSync(join(folder, 'preload.mjs'), PRELOAD);
    for (const [name, text] of Object.entries(APPS)) writeFileSync(join(folder, name), text);
  }
});

after(async () => {
  await server.close();
  for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
});

async function app(major: number, name: string, flags: readonly string[]): Promise<string[]> {
  const cwd = folders.get(major) as string;
  const out = await runNode([...flags, name], { cwd, env: { BASE: server.baseURL('chat', `l${major}`) } });
  return out.split('\n').filter(line => line !== '');
}

for (const major of MAJORS) {
  describe(`a preload, openai ${major}`, { concurrency: 3 }, () => {
    for (const name of ['default.mjs', 'named.mjs', 'namespace.mjs', 'dynamic.mjs', 'required.cjs', 'created.mjs']) {
      it(`sees the calls of ${name}`, async () => {
        assert.deepEqual(await app(major, name, ['--import', './preload.mjs']), TWO);
      });
    }

    it('sees the classes of both loaders in one process, each call once', async () => {
      assert.deepEqual(await app(major, 'both.mjs', ['--import', './preload.mjs']), [...TWO, ...TWO]);
    });

    it('works in a worker', async () => {
      assert.deepEqual(await app(major, 'worker.mjs', ['--import', './preload.mjs']), TWO);
    });

    it('changes no export', async () => {
      assert.deepEqual(await app(major, 'names.mjs', ['--import', './preload.mjs']), await app(major, 'names.mjs', []));
    });

    it('patches what CommonJS loaded before', async () => {
      assert.deepEqual(await app(major, 'late.cjs', []), TWO);
    });
  });
}

describe('a preload by --require', () => {
  it('does nothing in the thread of loader hooks and works in the app', async () => {
    assert.deepEqual(await app(6, 'default.mjs', ['--require', './preload.mjs']), TWO);
  });
});

describe('a loader hook that cannot be registered', () => {
  for (const [code, reason] of [
    ['ERR_MODULE_NOT_FOUND', 'bundled'],
    ['ERR_UNSUPPORTED_RESOLVE_REQUEST', 'bundled'],
    ['ERR_ACCESS_DENIED', 'refused'],
  ] as const) {
    it(`leaves the app and the other loader as they are, and is told of as ${reason}: ${code}`, t => {
      const wiring = createWiring();
      const instrumentation = new LlmInstrumentation({ wiring });
      t.after(() => instrumentation.disable());
      const register = t.mock.method(module, 'register', () => {
        throw Object.assign(new Error('no'), { code });
      });
      assert.equal(registerLoaderHooks(instrumentation), true);
      assert.equal(register.mock.callCount(), 1);
      assert.equal(instrumentation.getConfig().enabled, true);
      assert.equal(wiring.store.value('selfUninstrumented', { module: 'loader', reason }), 1);
    });
  }
});
