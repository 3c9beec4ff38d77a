export type { AlertmanagerConfig, AlertmanagerOptions, Receiver, Routed, TeamReceivers } from './alertmanager.js';
export { alertmanager } from './alertmanager.js';
export type { Duration, GrafanaOptions, Holds, ResolvedOptions, RuleThresholds, RuleTimings } from './options.js';
export { defaultTimings, fastTimings, resolveOptions } from './options.js';
export type { AlertingRule, RecordingRule, RuleFile, RuleGroup } from './rules.js';
export { rules } from './rules.js';
export type { Plain } from './yaml.js';
export { toYaml } from './yaml.js';
