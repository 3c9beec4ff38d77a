/** A page as an app's monitor might give it after some minutes; `scale` multiplies the counters. */
export function page(scale = 1, more: readonly string[] = []): string {
  const call = 'provider="openai",model="bankbot",operation="chat"';
  const convention =
    'gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="bankbot",error_type=""';
  const truth = (task: string, measure: string, average: string): string =>
    `{task="${task}",model="all",window="100",measure="${measure}",average="${average}",class=""}`;
  return [
    '# HELP llm_monitor_calls_total Model calls that ended, by outcome',
    '# TYPE llm_monitor_calls_total counter',
    `llm_monitor_calls_total{${call},outcome="ok",error_type=""} ${180 * scale}`,
    `llm_monitor_calls_total{${call},outcome="error",error_type="rate_limit"} ${12 * scale}`,
    `llm_monitor_calls_total{${call},outcome="error",error_type="server"} ${8 * scale}`,
    `gen_ai_client_operation_duration_seconds_bucket{${convention},le="0.01"} 0`,
    `gen_ai_client_operation_duration_seconds_bucket{${convention},le="0.02"} ${100 * scale}`,
    `gen_ai_client_operation_duration_seconds_bucket{${convention},le="0.04"} ${200 * scale}`,
    `gen_ai_client_operation_duration_seconds_bucket{${convention},le="+Inf"} ${200 * scale}`,
    `llm_monitor_tokens_total{provider="openai",model="bankbot",class="input_uncached",source="reported"} ${4000 * scale}`,
    `llm_monitor_tokens_total{provider="openai",model="bankbot",class="output",source="reported"} ${3600 * scale}`,
    `llm_monitor_cost_usd_total{provider="openai",model="bankbot"} ${0.00184 * scale}`,
    `llm_monitor_truth_window${truth('answer', 'accuracy', '')} 0.94`,
    `llm_monitor_truth_window_low${truth('answer', 'accuracy', '')} 0.88`,
    `llm_monitor_truth_window_high${truth('answer', 'accuracy', '')} 0.97`,
    `llm_monitor_truth_window${truth('intent', 'f1', 'macro')} 0.92`,
    `llm_monitor_truth_labels_total{task="answer",result="matched"} ${90 * scale}`,
    `llm_monitor_quality_evaluated_total{evaluator="repetition",model="bankbot",operation="chat"} ${180 * scale}`,
    `llm_monitor_quality_evaluated_total{evaluator="relevance",model="bankbot",operation="chat"} ${180 * scale}`,
    `llm_monitor_quality_flagged_total{evaluator="relevance",model="bankbot",operation="chat"} ${9 * scale}`,
    `llm_monitor_anomaly_flagged_total{detector="d",model="bankbot",operation="chat",feature="duration"} ${2 * scale}`,
    `llm_monitor_anomaly_flagged_total{detector="d",model="bankbot",operation="chat",feature="output_tokens"} ${3 * scale}`,
    'llm_monitor_detector_ready{detector="d"} 1',
    'llm_monitor_detector_ready{detector="e"} 0',
    'llm_monitor_self_queue_depth 0',
    ...more,
    '',
  ].join('\n');
}
