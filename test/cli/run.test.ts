import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CommandIo } from '../../cli/command.js';
import { COMMANDS, runCli } from '../../cli/run.js';

/** An io that keeps what is written. */
function capture(env: CommandIo['env'] = {}) {
  const written = { out: '', err: '' };
  const io: CommandIo = {
    out: text => {
      written.out += text;
    },
    err: text => {
      written.err += text;
    },
    env,
    colour: false,
  };
  return { written, io };
}

async function run(args: readonly string[], env: CommandIo['env'] = {}) {
  const { written, io } = capture(env);
  return { code: await runCli(args, io), ...written };
}

describe('llm-monitor', () => {
  for (const flag of ['--help', '-h', 'help']) {
    it(`lists its commands for ${flag}`, async () => {
      const { code, out, err } = await run([flag]);
      assert.equal(code, 0);
      assert.equal(err, '');
      for (const { name, summary } of COMMANDS) assert.match(out, new RegExp(`\\n {2}${name} +${summary}\\n`));
    });
  }

  const wrong: readonly [string, readonly string[], RegExp][] = [
    ['no command', [], /no command given; known are demo, generate/],
    ['an unknown command', ['dmeo'], /unknown command "dmeo"; known are demo, generate/],
    ['an option in place of a command', ['--json'], /unknown command "--json"/],
    ['a name that objects have', ['constructor'], /unknown command "constructor"/],
  ];
  for (const [name, args, message] of wrong) {
    it(`refuses ${name} with 2`, async () => {
      const { code, out, err } = await run(args);
      assert.equal(code, 2);
      assert.equal(out, '');
      assert.match(err, message);
    });
  }

  for (const entry of COMMANDS) {
    it(`has a command behind ${entry.name}, described alike, with its own help`, async () => {
      const command = await entry.load();
      assert.equal(command.name, entry.name);
      assert.equal(command.summary, entry.summary);
      const { code, out, err } = await run([entry.name, '--help']);
      assert.deepEqual([code, err], [0, '']);
      assert.match(out, new RegExp(`^Usage: llm-monitor ${entry.name}`));
      assert.match(out, /--help/);
    });
  }

  it('turns what a command throws into one line and a 2', async () => {
    const { io, written } = capture();
    const broken: CommandIo = {
      ...io,
      out: () => {
        throw new Error('disk full');
      },
    };
    assert.equal(await runCli(['demo', '--help'], broken), 2);
    assert.equal(written.err, 'llm-monitor demo: disk full\n');
  });
});
