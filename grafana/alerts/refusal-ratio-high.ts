import type { AlertFactory } from '../alert.js';
import { ruleQueries } from '../recording.js';
import { flaggedShare } from './flagged-share.js';

/** A model refuses to answer too often. */
export const refusalRatioHigh: AlertFactory = options => {
  const q = ruleQueries(options);
  const { timings, thresholds } = options;
  return flaggedShare(
    {
      name: 'LLMRefusalRatioHigh',
      severity: 'warning',
      category: 'quality',
      evaluator: 'refusal',
      threshold: thresholds.refusalRatio,
      summary: 'A model refuses to answer',
      what: 'were refused',
      runbook: {
        meaning:
          'One model declines more of what it is asked than is accepted: "I cannot help with that" instead of an answer. A content filter of the provider that ends a call with an error is in the error ratio instead.',
        impact: 'Users get no answer, ask again, or leave. Processes that expect a value get a sentence.',
        diagnosis: [
          {
            text: 'See which models and operations refuse.',
            query: q.rate('qualityFlagged', timings.rateWindow, {
              where: { evaluator: 'refusal' },
              by: ['model', 'operation'],
            }),
          },
          {
            text: 'See whether the provider swapped the model.',
            query: q.growth('modelChanges', '1d', { by: ['requested_model', 'from', 'to'] }),
          },
          {
            text: 'See whether content filters stop answers too.',
            query: q.rate('finish', timings.rateWindow, { by: ['model', 'reason'] }),
          },
          {
            text: 'See whether prompts look like attacks: a refusal is then right.',
            query: q.rate('qualityFlagged', timings.rateWindow, {
              where: { evaluator: 'prompt_injection' },
              by: ['model'],
            }),
          },
        ],
        mitigation: [
          'If a prompt changed, take the change back, or say in it what the model may do.',
          'If the model was swapped, pin the earlier version or go to another model.',
          'If one caller asks for what must be refused, limit it.',
          'If refusing is much of the task, raise `thresholds.refusalRatio`.',
        ],
      },
    },
    options,
  );
};
