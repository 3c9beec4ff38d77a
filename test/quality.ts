/**
 * Judges labelled texts as live calls are judged, for a scorer of its own to compare with the labels, which are never read here.
 *
 *     node dist/test/quality.js IN_DIR OUT_DIR
 *
 * For each SET/*.jsonl.gz under IN_DIR it writes OUT_DIR/SET.out.jsonl, one {"id","score","flagged","label","reason","spans","us"}
 * a row, in order. A skipped row gets the score of the harmless end (0.5 where there is none), and `reason` says why. `label` is
 * there where the answer is a class: the language, or the kind of statement.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { cleanCall } from '../core/call.js';
import type { CallText, MessageText } from '../core/content.js';
import { describeError } from '../core/errors.js';
import type { Evaluation, Evaluations, Evaluator } from '../processor/evaluators/evaluator.js';
import { createEvaluators, evaluate } from '../processor/evaluators/registry.js';
import { createRequiredDisclaimer } from '../processor/evaluators/required-disclaimer.js';
import { loadLanguageDetector } from '../processor/language-detector.js';

/** What is read of a row: nothing that says what is right. */
interface Row {
  readonly id: string;
  readonly input?: string;
  readonly output?: string;
  readonly context?: string;
  readonly question?: string;
  readonly logprobs?: readonly number[];
}

interface Question {
  readonly evaluators: string | readonly (string | Evaluator)[];
  /** The words of the call that a row stands for. */
  readonly text: (row: Row) => CallText;
  /** The class a row belongs to, where the set asks for one. */
  readonly label?: (evaluations: Evaluations) => string;
  /** Why the set cannot be judged. */
  readonly needs?: () => Promise<unknown>;
  /** True where the set's label runs against the evaluator's score. */
  readonly inverted?: boolean;
}

const say = (role: MessageText['role'], text: string | undefined): MessageText[] =>
  text === undefined || text === '' ? [] : [{ role, text }];

/** The answer is in `output`, the question in `input`. */
const exchange = (row: Row): CallText => ({ input: say('user', row.input), output: [row.output ?? ''] });
/** The text itself is what a model said. */
const said = (row: Row): CallText => ({ input: say('user', row.question), output: [row.input ?? ''] });

const CLASSES = ['dosage', 'promise', 'diagnosis', 'advice'] as const;

function statementClass(evaluations: Evaluations): string {
  let most = 'none';
  let score = 0;
  for (const name of CLASSES) {
    const found = evaluations.get(name);
    if (found === undefined || 'skipped' in found || !found.flagged || found.score <= score) continue;
    most = name;
    score = found.score;
  }
  const disclaimer = evaluations.get('required_disclaimer');
  const present = disclaimer !== undefined && !('skipped' in disclaimer) && disclaimer.score === 1;
  return most === 'none' && present ? 'disclaimer' : most;
}

function languageClass(evaluations: Evaluations): string {
  const found = evaluations.get('language');
  return found === undefined || 'skipped' in found ? 'unknown' : (found.reason ?? 'unknown');
}

const SETS: Readonly<Record<string, Question>> = {
  pii: { evaluators: 'pii', text: said },
  secrets: { evaluators: 'secrets', text: said },
  injection: { evaluators: 'prompt_injection', text: row => ({ input: say('user', row.input), output: ['OK'] }) },
  refusal: { evaluators: 'refusal', text: exchange },
  groundedness: {
    evaluators: 'lexical_support',
    text: row => ({ input: [...say('tool', row.context), ...say('user', row.input)], output: [row.output ?? ''] }),
  },
  relevance: { evaluators: 'relevance', text: exchange },
  language: { evaluators: 'language', text: said, label: languageClass, needs: loadLanguageDetector },
  repetition: { evaluators: 'repetition', text: exchange },
  // The set's label says cut off, the evaluator's score says whole.
  completion: { evaluators: 'completion_status', text: exchange, inverted: true },
  json: { evaluators: 'json_validity', text: row => ({ ...exchange(row), jsonRequested: true }) },
  logprob: { evaluators: 'confidence', text: row => ({ ...exchange(row), logprobs: row.logprobs ?? [] }) },
  presets: {
    evaluators: [...CLASSES, createRequiredDisclaimer({ when: 'always' })],
    text: said,
    label: statementClass,
  },
};

const NOW = Date.parse('2026-11-24');
/** A finish reason that leaves the judgement of a cut to the text. */
const CALL = cleanCall(
  {
    id: 'row',
    provider: 'openai',
    model: { requested: 'model' },
    operation: 'chat',
    startedAt: NOW,
    duration: 1,
    outcome: { kind: 'ok', finishReasons: ['other'] },
  },
  NOW,
).call;

function readRows(folder: string): Row[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.jsonl.gz'))
    .sort()
    .flatMap(file =>
      gunzipSync(readFileSync(join(folder, file)))
        .toString('utf8')
        .split('\n'),
    )
    .filter(line => line.trim() !== '')
    .map(line => {
      const { id, input, output, context, question, logprobs } = JSON.parse(line) as Row;
      return { id, ...defined({ input, output, context, question, logprobs }) };
    });
}

function defined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** What stands for the row: the flagged evaluation, else the first that scored, else why none did. */
function leading(evaluators: readonly Evaluator[], results: Evaluations) {
  const all = evaluators.map(({ name, bad }) => ({ bad, found: results.get(name) as Evaluation }));
  const scored = all.flatMap(({ found }) => ('skipped' in found ? [] : [found]));
  const first = scored.find(({ flagged }) => flagged) ?? scored[0];
  if (first !== undefined)
    return { score: first.score, flagged: first.flagged, reason: first.reason, spans: first.spans };
  const skipped = all[0];
  const score = skipped?.bad === 'high' ? 0 : skipped?.bad === 'low' ? 1 : 0.5;
  const reason = skipped !== undefined && 'skipped' in skipped.found ? skipped.found.skipped : undefined;
  return { score, flagged: false, reason, spans: undefined };
}

async function judge(name: string, rows: readonly Row[]): Promise<string | undefined> {
  const set = Object.hasOwn(SETS, name) ? SETS[name] : undefined;
  if (set === undefined) {
    console.error(`${name}: skipped, no evaluator answers its question`);
    return undefined;
  }
  try {
    await set.needs?.();
  } catch (error) {
    console.error(`${name}: skipped, ${describeError(error)}`);
    return undefined;
  }
  const evaluators = createEvaluators(set.evaluators);
  const lines = rows.map(row => {
    const text = set.text(row);
    const begin = performance.now();
    const results = evaluate(evaluators, CALL, text, (evaluator, error) =>
      console.error(`${name} ${row.id}: ${evaluator} ${describeError(error)}`),
    );
    const us = Math.round((performance.now() - begin) * 1000);
    const { score, flagged, reason, spans } = leading(evaluators, results);
    return JSON.stringify({
      id: row.id,
      score: set.inverted === true ? 1 - score : score,
      flagged,
      label: set.label?.(results),
      reason,
      spans,
      us,
    });
  });
  return `${lines.join('\n')}\n`;
}

const [inDir, outDir] = process.argv.slice(2);
if (inDir === undefined || outDir === undefined || !existsSync(inDir)) {
  console.error('usage: node dist/test/quality.js IN_DIR OUT_DIR (IN_DIR holds SET/*.jsonl.gz)');
  process.exitCode = 2;
} else {
  mkdirSync(outDir, { recursive: true });
  for (const entry of readdirSync(inDir, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name))) {
    if (!entry.isDirectory()) continue;
    const rows = readRows(join(inDir, entry.name));
    if (rows.length === 0) continue;
    const lines = await judge(entry.name, rows);
    if (lines === undefined) continue;
    writeFileSync(join(outDir, `${entry.name}.out.jsonl`), lines);
    console.error(`${entry.name}: ${rows.length} rows`);
  }
}
