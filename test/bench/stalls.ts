/**
 * How long the processor holds the event loop at a stretch: the longest turn of its work by phase, with answers and prompts of
 * 20,000 characters, against turns that do nothing in the same process. Each run is a process of its own, so that it is cold; the
 * figures are medians of runs in milliseconds. `held` is the lesser of the wall clock, which holds what other programs took, and of
 * CPU, which holds the engine's other threads: an upper bound. `interpreted` is CPU alone with neither compiler nor other threads:
 * what the code takes before it is compiled, for as long as that may be.
 *
 *     node dist/test/bench/stalls.js [runs=7]
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cleanCall } from '../../core/call.js';
import { type Clock, systemClock } from '../../core/clock.js';
import { createWiring } from '../../core/wiring.js';
import { createEvaluators, LlmSpanProcessor } from '../../processor/index.js';
import { answerText, promptText } from './texts.js';

const LENGTH = 20_000;
/** What presets and users add to the default set, but for the language, which loads a package. */
const ALL =
  '+dosage,+diagnosis,+promise,+advice,+required_disclaimer,+profanity,+relevance,+lexical_support,+pii_input';
/** Longer than the processor waits before it warms up. */
const WARM_UP_BEGINS = 250;
const IDLE_TURNS = 2000;

interface Longest {
  held: number;
  wall: number;
  turns: number;
}
type Phases = Record<string, Longest>;

/** Notes the longest of what runs under the name of the present phase. */
class Stopwatch {
  readonly phases: Phases = {};
  phase = '';

  time(run: () => void, phase = this.phase): void {
    const cpu = process.cpuUsage();
    const begin = performance.now();
    run();
    const wall = performance.now() - begin;
    const { user, system } = process.cpuUsage(cpu);
    this.phases[phase] ??= { held: 0, wall: 0, turns: 0 };
    const longest = this.phases[phase] as Longest;
    longest.turns++;
    longest.wall = Math.max(longest.wall, wall);
    longest.held = Math.max(longest.held, Math.min(wall, (user + system) / 1000));
  }
}

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

async function run(selection: string, warm: boolean): Promise<Phases> {
  const watch = new Stopwatch();
  let waiting = 0;
  const clock: Clock = {
    ...systemClock,
    defer: work => {
      waiting++;
      return systemClock.defer(() => {
        waiting--;
        watch.time(work);
      });
    },
    setTimeout: (work, ms) => systemClock.setTimeout(() => watch.time(work), ms),
  };
  const quiet = async (): Promise<void> => {
    do await turn();
    while (waiting > 0);
  };
  watch.phase = 'nothing';
  for (let i = 0; i < IDLE_TURNS; i++) {
    clock.defer(() => undefined);
    await turn();
  }
  const wiring = createWiring({ clock });
  watch.time(() => new LlmSpanProcessor({ wiring, evaluators: createEvaluators(selection) }), 'start');
  if (warm) {
    watch.phase = 'warm-up';
    await new Promise(resolve => setTimeout(resolve, WARM_UP_BEGINS));
    await quiet();
  }
  let made = 0;
  const send = async (phase: string, answer: string, prompt: string): Promise<void> => {
    watch.phase = phase;
    const raw = { id: `call-${++made}`, operation: 'chat', model: { requested: 'gpt-4o' }, provider: 'openai' };
    const usage = { input_uncached: 5000, output: 5000, source: 'reported' };
    const outcome = { kind: 'ok', finishReasons: ['other'] };
    const { call, rejected } = cleanCall({ ...raw, usage, outcome, startedAt: Date.now(), duration: 1 }, Date.now());
    const text = { input: [{ role: 'user' as const, text: prompt }], output: [answer] };
    watch.time(() => wiring.calls.publish({ call, rejected, text }), `${phase}, on the caller's path`);
    await quiet();
  };
  const answer = (seed: number): string => answerText(LENGTH, seed);
  const prompt = (seed: number): string => promptText(LENGTH, seed);
  const curly = (text: string): string => text.replaceAll("'", '’');
  await send('first call', answer(1), prompt(1));
  await send('second call', answer(2), prompt(2));
  await send('first beyond Latin-1', curly(answer(3)), curly(prompt(3)));
  for (let i = 4; i < 40; i++) await send('calls 4 to 39', i % 2 === 0 ? answer(i) : curly(answer(i)), prompt(i));
  for (const hostile of ['漢字', '😂', 'a@', '1 ', '. ', 'é à ', '7', 'x\u200b'])
    await send('odd texts', hostile.repeat(LENGTH / hostile.length), hostile.repeat(LENGTH / hostile.length));
  return watch.phases;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function report(name: string, runs: readonly Phases[], interpreted: readonly Phases[]): void {
  console.log(`\n${name}`);
  const head = ['held', 'wall', 'interpreted', 'turns'];
  console.log(`  ${'longest stretch, ms'.padEnd(44)} ${head.map(word => word.padStart(11)).join(' ')}`);
  for (const phase of Object.keys(runs[0] ?? {})) {
    const of = (part: keyof Longest, from = runs): number =>
      median(from.map(phases => phases[phase]?.[part] ?? Number.NaN));
    const figures = [
      of('held').toFixed(1),
      of('wall').toFixed(1),
      of('held', interpreted).toFixed(1),
      String(of('turns')),
    ];
    console.log(`  ${phase.padEnd(44)} ${figures.map(figure => figure.padStart(11)).join(' ')}`);
  }
}

const self = fileURLToPath(import.meta.url);
const [first = '7', selection = '', warm = ''] = process.argv.slice(2);
if (first === 'run') {
  console.log(JSON.stringify(await run(selection, warm === 'warm')));
  process.exit();
}
for (const [name, ...options] of [
  ['the default set', '', 'warm'],
  ['the default set, calls before the warm-up', '', 'cold'],
  ['with all of the presets', ALL, 'warm'],
] as const) {
  const runs = (...flags: readonly string[]): readonly Phases[] =>
    Array.from({ length: Number(first) }, () =>
      JSON.parse(execFileSync(process.execPath, [...flags, self, 'run', ...options], { encoding: 'utf8' })),
    );
  report(name, runs(), runs('--no-opt', '--single-threaded'));
}
