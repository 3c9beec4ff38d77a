export type { LlmCall, Outcome, Prediction, Usage } from '../core/call.js';
export type { CallEvent } from '../core/calls.js';
export type { CallText, MessageText } from '../core/content.js';
export { createDetectors, DEFAULT_DETECTORS, Detection, type Finding } from './detection.js';
export { Calibrator } from './detectors/calibrate.js';
export type { Detector, DetectorScore } from './detectors/detector.js';
export { IsolationForest, IsolationForestDetector } from './detectors/isolation-forest.js';
export { Adwin, type AdwinOptions } from './drift/adwin.js';
export { Cusum, type CusumOptions } from './drift/cusum.js';
export type { DriftDetector, DriftState, DriftVerdict } from './drift/drift-detector.js';
export { type DriftEvent, DriftWatch, type DriftWatchOptions } from './drift/drift-watch.js';
export { Kswin, type KswinOptions } from './drift/kswin.js';
export { PageHinkley, type PageHinkleyOptions } from './drift/page-hinkley.js';
export { SeriesWatch, type SeriesWatchOptions } from './drift/series-watch.js';
export type { DriftFacts, DriftSignal } from './drift/signals.js';
export { DriftMonitor, type DriftOptions } from './drift-monitor.js';
export type { AnyEvaluator, AsyncEvaluator, AsyncEvaluatorInput, Spend } from './evaluators/async-evaluator.js';
export { type EvaluateTextOptions, evaluateText } from './evaluators/evaluate-text.js';
export type {
  Evaluation,
  Evaluations,
  Evaluator,
  EvaluatorInput,
  SkipReason,
  TextSpan,
} from './evaluators/evaluator.js';
export {
  createJsonValidity,
  type JsonSchema,
  type JsonValidityOptions,
  type StandardSchema,
} from './evaluators/json-validity.js';
export {
  createLanguage,
  type DetectedLanguage,
  type LanguageDetector,
  type LanguageOptions,
} from './evaluators/language.js';
export { createProfanity, type ProfanityOptions } from './evaluators/profanity.js';
export { maskText, type RedactionMode, redactText } from './evaluators/redact.js';
export { createEvaluators, DEFAULT_EVALUATORS, evaluate } from './evaluators/registry.js';
export {
  createRequiredDisclaimer,
  type DisclaimerOccasion,
  type RequiredDisclaimerOptions,
} from './evaluators/required-disclaimer.js';
export { scan, type TextFacts } from './evaluators/scan.js';
export { estimateTokens } from './evaluators/token-estimate.js';
export { FEATURE_NAMES, toFeatures } from './features.js';
export type { JudgeBudget } from './judge/budget.js';
export { createJudge } from './judge/judge.js';
export type { AskJudge, JudgeOptions, JudgeRequest } from './judge/options.js';
export { loadLanguageDetector } from './language-detector.js';
export { createPricing, type Pricing } from './pricing.js';
export { LlmSpanProcessor, type LlmSpanProcessorOptions } from './span-processor.js';
export { openStateStore, type StateStoreOptions } from './state/open.js';
export type {
  Claim,
  Claimed,
  LabelStore,
  Snapshot,
  StateStore,
  StoredCall,
  SweptCall,
} from './state/state-store.js';
export { type BleuSmoothing, bleu } from './truth/bleu.js';
export { chrf } from './truth/chrf.js';
export { levenshtein, levenshteinRatio } from './truth/edit-distance.js';
export {
  type Answer,
  GroundTruth,
  type GroundTruthOptions,
  type OutcomeEvent,
  type TaskConfig,
  type TaskKind,
  type WindowConfig,
} from './truth/ground-truth.js';
export { exactMatch, rougeL, rougeN, squadExactMatch, squadF1 } from './truth/text-match.js';
