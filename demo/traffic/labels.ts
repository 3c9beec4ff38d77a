import type { Question } from '../questions.js';

/** A late label as `POST /v1/feedback` takes it. */
export interface Label {
  readonly response_id: string;
  readonly task: 'answer' | 'intent';
  readonly label: string | readonly string[];
}

/** What is known of an answer once somebody has looked at it: the texts that were right, and the question's intent. */
export function labelsFor(responseId: string, question: Question): readonly Label[] {
  return [
    { response_id: responseId, task: 'answer', label: question.expected },
    { response_id: responseId, task: 'intent', label: question.intent },
  ];
}

/** What became of a batch of labels. */
export interface LabelResult {
  readonly accepted: number;
  readonly rejected: number;
}

/** Posts labels to a monitor's feedback route. @throws where the monitor cannot be reached or does not answer with 202 */
export async function postLabels(url: string, labels: readonly Label[], signal?: AbortSignal): Promise<LabelResult> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(labels),
    ...(signal === undefined ? {} : { signal }),
  });
  if (response.status !== 202) throw new Error(`the monitor answered ${response.status} to ${labels.length} labels`);
  const { accepted, rejected } = (await response.json()) as { accepted: number; rejected: readonly unknown[] };
  return { accepted, rejected: rejected.length };
}
