import type { AlertFactory } from '../alert.js';
import { ruleQueries } from '../recording.js';
import { flaggedShare } from './flagged-share.js';

/** More answers hold personal data than evaluators flag by mistake. */
export const personalDataRatioHigh: AlertFactory = options => {
  const q = ruleQueries(options);
  const { timings, thresholds, severities } = options;
  return flaggedShare(
    {
      name: 'LLMPersonalDataRatioHigh',
      severity: severities.personalData,
      category: 'safety',
      evaluator: 'pii',
      threshold: thresholds.personalDataRatio,
      summary: 'Many answers hold personal data',
      what: 'were answered with personal data',
      runbook: {
        meaning:
          'The evaluator `pii` finds names with numbers, addresses, bank accounts or other personal identifiers in more answers of one model than is accepted. A few answers are flagged wrongly in any traffic; a share this high is not explained by that.',
        impact:
          'Data of people reaches readers, logs and stores that it was not meant for. In finance and health care each case may have to be reported.',
        diagnosis: [
          {
            text: 'See which models and operations give personal data.',
            query: q.rate('qualityFlagged', timings.rateWindow, {
              where: { evaluator: 'pii' },
              by: ['model', 'operation'],
            }),
          },
          {
            text: 'See whether it comes with the prompts: then answers only repeat it.',
            query: q.rate('qualityFlagged', timings.rateWindow, { where: { evaluator: 'pii_input' }, by: ['model'] }),
          },
          { text: 'Open a trace of a flagged call: the reason names the kind of identifier, never the value.' },
          { text: 'If one kind stands out, look for a new source of documents, a tool or a customer that has it.' },
        ],
        mitigation: [
          'If retrieval or a tool gives records of other people, take that access back.',
          'If prompts hold personal data that the task does not need, remove it before the call.',
          'If answers are stored, hold the deletion or the report that your rules ask for.',
          'If the task is to give personal data, such as the reading of letters, raise `thresholds.personalDataRatio`.',
        ],
      },
    },
    options,
  );
};
