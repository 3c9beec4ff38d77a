import { MonitorError } from '../core/errors.js';
import type { EvaluatorInput, SkipReason } from './evaluators/evaluator.js';
import { createLanguage, type LanguageDetector } from './evaluators/language.js';

/** What is used of the optional peer `eld`. */
interface Eld {
  detect(text: string): { readonly language: string; isReliable(): boolean };
}

/** The module is named where the compiler does not look for it: it need not be installed. */
const PEER: string = 'eld/small';

let loading: Promise<LanguageDetector | MonitorError> | undefined;
let loaded: LanguageDetector | MonitorError | undefined;
let reported = false;

/**
 * Loads the language detector once: about 0.4 s and 35 MB, which is why nothing does so before it is needed.
 * @throws MonitorError MISSING_PEER where `eld` is not installed, the same one ever after
 */
export async function loadLanguageDetector(): Promise<LanguageDetector> {
  loading ??= load();
  const found = await loading;
  if (found instanceof MonitorError) throw found;
  return found;
}

async function load(): Promise<LanguageDetector | MonitorError> {
  loaded = await import(PEER).then(
    module => detectorOf((module as { readonly eld: Eld }).eld),
    (cause: unknown) =>
      new MonitorError('MISSING_PEER', 'the evaluator language needs the package eld (2.x), which cannot be loaded', {
        cause,
      }),
  );
  return loaded;
}

function detectorOf(eld: Eld): LanguageDetector {
  return text => {
    const found = eld.detect(text);
    return { language: found.language === '' ? undefined : found.language, reliable: found.isReliable() };
  };
}

/** The detector; until it is there the word to skip with. The first call begins to load it and does not wait. */
function detectorFor({ report }: EvaluatorInput): LanguageDetector | SkipReason {
  if (loaded === undefined) {
    loadLanguageDetector().catch(() => undefined);
    return 'not_ready';
  }
  if (!(loaded instanceof MonitorError)) return loaded;
  if (!reported) {
    reported = true;
    report?.('language', loaded);
  }
  return 'missing_peer';
}

/** Whether an answer is in the language of the question; loads `eld` with its first call and skips until it is there. */
export const language = createLanguage(detectorFor);
