import { readFileSync } from 'node:fs';
import { assetUrl } from './assets.js';

/** A question whose right answers are known. */
export interface Question {
  readonly id: string;
  readonly question: string;
  /** What it is about; `out_of_domain` for what has nothing to do with a bank. */
  readonly intent: string;
  /** Any of them is right. */
  readonly expected: readonly string[];
}

export const OUT_OF_DOMAIN = 'out_of_domain';
/** What a careful bot would say to a question outside its domain. Ours never does, so each such question is an error. */
export const OUT_OF_DOMAIN_ANSWER = 'I can only help with questions about your bank account.';

interface Row {
  readonly id: string;
  readonly kind: 'in_domain' | 'out_of_domain';
  readonly question: string;
  readonly intent?: string | null;
  readonly expected: readonly string[];
}

/** The demo's questions: 240 about a bank, then 40 about anything else. */
export function readQuestions(): readonly Question[] {
  const lines = readFileSync(assetUrl('tests.jsonl'), 'utf8').trim().split('\n');
  return lines.map(line => {
    const row = JSON.parse(line) as Row;
    const inDomain = row.kind === 'in_domain';
    return {
      id: row.id,
      question: row.question,
      intent: inDomain ? (row.intent ?? OUT_OF_DOMAIN) : OUT_OF_DOMAIN,
      expected: inDomain ? row.expected : [OUT_OF_DOMAIN_ANSWER],
    };
  });
}
