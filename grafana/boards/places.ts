/** Where everything is: uids of dashboards and ids of their panels. Links of users and of alerts depend on them: never reuse one. */
export const OVERVIEW = {
  uid: 'llm-monitor-overview',
  panels: {
    calls: 1,
    errorShare: 2,
    durationP95: 3,
    firstChunkP95: 4,
    costPerHour: 5,
    accuracy: 6,
    qualityFlagged: 7,
    anomalyShare: 8,
    tokens: 9,
    anomalyFeatures: 10,
    modelChanges: 11,
    monitorHealth: 12,
  },
} as const;
