import type { AlertFactory } from '../alert.js';
import { ruleQueries } from '../recording.js';
import { flaggedShare } from './flagged-share.js';

/** Many prompts try to override the instructions of the app. */
export const promptInjectionBurst: AlertFactory = options => {
  const q = ruleQueries(options);
  const { timings, thresholds } = options;
  return flaggedShare(
    {
      name: 'LLMPromptInjectionBurst',
      severity: 'warning',
      category: 'safety',
      evaluator: 'prompt_injection',
      threshold: thresholds.injectionRatio,
      summary: 'Many prompts look like injections',
      what: 'had prompts that look like injections',
      runbook: {
        meaning:
          'Far more prompts than in usual traffic hold what tries to override instructions: "ignore the rules above", false roles, requests for the system prompt. Single flags are common where people write about such attacks; a burst is somebody trying, or a document that carries an attack to many calls.',
        impact:
          'The model may give out its instructions or data, or call tools for the attacker. Whether it did is not said by this alert.',
        diagnosis: [
          {
            text: 'See which models, operations and instances get them.',
            query: q.rate('qualityFlagged', timings.rateWindow, {
              where: { evaluator: 'prompt_injection' },
              by: ['model', 'operation', 'instance'],
            }),
          },
          {
            text: 'See whether answers are refusals: then the model holds.',
            query: q.rate('qualityFlagged', timings.rateWindow, { where: { evaluator: 'refusal' }, by: ['model'] }),
          },
          {
            text: 'See whether secrets or personal data left.',
            query: q.growth('qualityFlagged', '1h', { by: ['evaluator', 'model'] }),
          },
          { text: 'Open traces of flagged calls: one user means an attacker, one document means a poisoned source.' },
        ],
        mitigation: [
          'If it is one user or address, limit or block it.',
          'If it comes with retrieved documents, take them out of the index.',
          'Narrow what tools the model may call until it is over.',
          'If people write about such attacks by trade, raise `thresholds.injectionRatio`.',
        ],
      },
    },
    options,
  );
};
