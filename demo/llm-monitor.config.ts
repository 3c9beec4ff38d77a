import { defineConfig } from '../monitor/index.js';
import { createIntentOf } from './intents.js';
import { readQuestions } from './questions.js';

const intentOf = createIntentOf(readQuestions());

/** What the owner of the help desk says of it: which labels will come, and what the app itself made of an answer. */
export const config = defineConfig({
  truth: {
    tasks: {
      // The text of the answer against the texts that are right.
      answer: { kind: 'text' },
      // Which of the bank's 16 matters the answer is about, against the one the question was about.
      intent: { kind: 'multiclass', prediction: ({ text }) => intentOf(text) },
    },
    // 100 labels come within seconds here and are what the demo's rules look at; 500 is what the default dashboard shows.
    windows: { count: [100, 500] },
  },
});
