import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { CommandIo } from '../../cli/command.js';
import { demoCommand } from '../../cli/demo.js';
import { freePort } from '../../demo/processes/ports.js';
import { runCommand } from './run-command.js';

const empty = mkdtempSync(join(tmpdir(), 'path-'));
after(() => rmSync(empty, { recursive: true }));

const run = (args: readonly string[], env: CommandIo['env'] = {}) => runCommand(demoCommand, args, env);

describe('llm-monitor demo', () => {
  const wrong: readonly [string, readonly string[], RegExp][] = [
    ['an unknown option', ['--speed'], /--speed/],
    ['an argument', ['now'], /now/],
    ['an unknown incident', ['--incident', 'fire'], /--incident is "fire"; expected one of slow, errors, swap/],
    ['a time of no incident', ['--incident-after', '5'], /--incident-after needs --incident/],
    ['a duration that is no number', ['--duration', 'long'], /--duration is "long"; expected a number from 1/],
    ['a duration of nothing', ['--duration', '0'], /--duration is "0"/],
    ['a port out of range', ['--port', '65536'], /--port is "65536"; expected a number from 0 to 65535/],
    ['half a port', ['--port', '80.5'], /--port is "80.5"; expected a whole number/],
    ['a rate beyond the model', ['--rate', '1000'], /--rate is "1000"/],
    ['a negative seed', ['--seed', '-1'], /--seed/],
  ];
  for (const [name, args, message] of wrong) {
    it(`refuses ${name} with 2`, async () => {
      const { code, out, err } = await run(args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
    });
  }

  it('says how to install what --stack needs, before anything is started', async () => {
    const { code, err } = await run(['--stack'], { PATH: empty });
    assert.equal(code, 2);
    assert.match(err, /apt-get install .*prometheus prometheus-alertmanager/);
  });

  it('refuses a port that is taken', async () => {
    const { createServer } = await import('node:net');
    const port = await freePort();
    const server = createServer();
    await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
    try {
      const { code, err } = await run(['--port', String(port)]);
      assert.equal(code, 2);
      assert.match(err, new RegExp(`--port is ${port}, which is taken`));
    } finally {
      server.close();
    }
  });

  it('explains each incident in its help', async () => {
    const { code, out } = await run(['--help']);
    assert.equal(code, 0);
    for (const name of ['slow', 'errors', 'swap']) assert.match(out, new RegExp(`\\n +${name} +\\S`));
  });
});
