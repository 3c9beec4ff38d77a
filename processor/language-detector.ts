import { MonitorError } from '../core/errors.js';
import type { Evaluator, EvaluatorInput, SkipReason } from './evaluators/evaluator.js';
import { createLanguage, type LanguageDetector } from './evaluators/language.js';

/** What is used of the optional peer `eld`. */
interface Eld {
  detect(text: string): { readonly language: string; isReliable(): boolean };
}

/** The module is named where the compiler does not look for it: it need not be installed. */
const PEER: string = 'eld/small';

/** Words of Malay that Indonesian writes otherwise. */
const MALAY = /\b(?:kerana|bahawa|ialah|sahaja|awak|pejabat|wang|polis|jawapan)\b/i;

/**
 * `eld` has no Indonesian and calls it Malay. The two differ by little, and Indonesian is what far more people write: what has
 * no word of Malay's own is Indonesian.
 */
function codeOf(language: string, text: string): string {
  if (language === 'no') return 'nb';
  return language === 'ms' && !MALAY.test(text) ? 'id' : language;
}

function detectorOf(eld: Eld): LanguageDetector {
  return text => {
    const found = eld.detect(text);
    return { language: found.language === '' ? undefined : codeOf(found.language, text), reliable: found.isReliable() };
  };
}

/** The evaluator `language` over a peer that is loaded when it is first needed. */
export interface LoadedLanguage {
  readonly language: Evaluator;
  /** @throws MonitorError MISSING_PEER where the peer is not installed, the same one ever after */
  readonly load: () => Promise<LanguageDetector>;
}

/** @param importPeer imports `eld/small`, or what stands in for it */
export function languageOver(importPeer: () => Promise<unknown>): LoadedLanguage {
  let loading: Promise<LanguageDetector | MonitorError> | undefined;
  let loaded: LanguageDetector | MonitorError | undefined;
  let reported = false;

  async function start(): Promise<LanguageDetector | MonitorError> {
    loaded = await importPeer().then(
      module => detectorOf((module as { readonly eld: Eld }).eld),
      (cause: unknown) =>
        new MonitorError('MISSING_PEER', 'the evaluator language needs the package eld (2.x), which cannot be loaded', {
          cause,
        }),
    );
    return loaded;
  }

  async function load(): Promise<LanguageDetector> {
    loading ??= start();
    const found = await loading;
    if (found instanceof MonitorError) throw found;
    return found;
  }

  /** The detector; until it is there the word to skip with. The first call begins to load it and does not wait. */
  function detectorFor({ report }: EvaluatorInput): LanguageDetector | SkipReason {
    if (loaded === undefined) {
      load().catch(() => undefined);
      return 'not_ready';
    }
    if (!(loaded instanceof MonitorError)) return loaded;
    if (!reported) {
      reported = true;
      report?.('language', loaded);
    }
    return 'missing_peer';
  }

  return { language: createLanguage(detectorFor), load };
}

const fromEld = languageOver(() => import(PEER));

/**
 * Loads the language detector once: about 0.4 s and 35 MB, which is why nothing does so before it is needed.
 * @throws MonitorError MISSING_PEER where `eld` is not installed, the same one ever after
 */
export const loadLanguageDetector: () => Promise<LanguageDetector> = fromEld.load;

/** Whether an answer is in the language of the question; loads `eld` with its first call and skips until it is there. */
export const language: Evaluator = fromEld.language;
