import type { Answer, Row } from './row.js';

/** What became of a question. A failure's reason never holds what somebody wrote; after a fatal one no other question can fare better. */
export type Reply =
  | { readonly answer: Answer }
  | { readonly answer?: undefined; readonly reason: string; readonly fatal?: boolean };

/** Somebody who answers rows: a command of the user, or a model behind an endpoint. */
export interface Asker {
  /** Who is asked: an answer of somebody else is another one. */
  readonly name: string;
  /** Further attempts so far. */
  readonly retries: number;
  /** What a row asks, in full: equal questions are the same. @throws RowProblem where it cannot be asked */
  question(row: Row): string;
  /** Never rejects. @param signal gives the question up */
  ask(question: string, row: Row, signal: AbortSignal): Promise<Reply>;
  /** Lets go of processes. */
  close(): Promise<void>;
}
