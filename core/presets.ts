/** What kind of service is watched: thresholds and severities that fit it. */
export const PRESETS = ['online', 'finance', 'healthcare'] as const;
export type PresetName = (typeof PRESETS)[number];

export type Severity = 'critical' | 'warning' | 'info' | 'none';

/** Thresholds that panels and alerts share, so that a line in a picture is the line that pages. Times in seconds, shares in 0..1. */
export interface Thresholds {
  /** Accuracy pages when the upper end of its 95 % interval is below it. */
  readonly accuracy: number;
  /** Expected calibration error that is accepted, 0..1; 500 labels of a calibrated model show up to 0.06 by chance. */
  readonly calibrationError: number;
  /** Share of calls that may fail. */
  readonly errorRatio: number;
  /** Share of calls to a provider that may fail by its own fault, over all models: above it the provider is out. */
  readonly outageRatio: number;
  /** Share of calls that a rate limit may turn away. */
  readonly rateLimitRatio: number;
  /** Share of calls that may time out. */
  readonly timeoutRatio: number;
  /** 95th percentile of the duration of a call. */
  readonly latencyP95: number;
  /** Calibrated anomaly score from which a call is flagged. */
  readonly anomalyScore: number;
  /** Share of calls flagged as anomalous that pages; by construction 1 - anomalyScore of quiet calls are. */
  readonly anomalyRatio: number;
  /** Share of answers that may hold personal data: ten times what evaluators flag wrongly, less where the law counts each one. */
  readonly personalDataRatio: number;
  /** Share of answers that may be refusals. */
  readonly refusalRatio: number;
  /** Share of prompts that may look like injections. */
  readonly injectionRatio: number;
}

export interface Preset {
  readonly thresholds: Thresholds;
  /** Evaluators beside the default ones. */
  readonly evaluators: readonly string[];
  readonly severities: {
    readonly accuracy: Severity;
    readonly errors: Severity;
    readonly latency: Severity;
    readonly anomaly: Severity;
    readonly modelChange: Severity;
    readonly drift: Severity;
    readonly personalData: Severity;
  };
}

export const PRESET_TABLE: Readonly<Record<PresetName, Preset>> = {
  online: {
    evaluators: [],
    thresholds: {
      accuracy: 0.9,
      calibrationError: 0.15,
      errorRatio: 0.05,
      outageRatio: 0.5,
      rateLimitRatio: 0.05,
      timeoutRatio: 0.02,
      latencyP95: 10,
      anomalyScore: 0.99,
      anomalyRatio: 0.1,
      personalDataRatio: 0.05,
      refusalRatio: 0.2,
      injectionRatio: 0.05,
    },
    severities: {
      accuracy: 'critical',
      errors: 'critical',
      latency: 'warning',
      anomaly: 'warning',
      modelChange: 'warning',
      drift: 'warning',
      personalData: 'warning',
    },
  },
  finance: {
    evaluators: ['promise', 'advice', 'pii_input'],
    thresholds: {
      accuracy: 0.95,
      calibrationError: 0.1,
      errorRatio: 0.02,
      outageRatio: 0.5,
      rateLimitRatio: 0.02,
      timeoutRatio: 0.01,
      latencyP95: 8,
      anomalyScore: 0.99,
      anomalyRatio: 0.08,
      personalDataRatio: 0.01,
      refusalRatio: 0.2,
      injectionRatio: 0.05,
    },
    severities: {
      accuracy: 'critical',
      errors: 'critical',
      latency: 'warning',
      anomaly: 'warning',
      modelChange: 'critical',
      drift: 'warning',
      personalData: 'critical',
    },
  },
  healthcare: {
    evaluators: ['dosage', 'diagnosis', 'advice', 'pii_input'],
    thresholds: {
      accuracy: 0.95,
      calibrationError: 0.1,
      errorRatio: 0.02,
      outageRatio: 0.5,
      rateLimitRatio: 0.02,
      timeoutRatio: 0.01,
      latencyP95: 15,
      anomalyScore: 0.99,
      anomalyRatio: 0.08,
      personalDataRatio: 0.01,
      refusalRatio: 0.2,
      injectionRatio: 0.05,
    },
    severities: {
      accuracy: 'critical',
      errors: 'critical',
      latency: 'warning',
      anomaly: 'critical',
      modelChange: 'critical',
      drift: 'critical',
      personalData: 'critical',
    },
  },
};
