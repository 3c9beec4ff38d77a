import type { Json } from '../../core/json.js';
import type { Measured, Verdict } from './decide.js';
import type { Findings, Report } from './report.js';

function measuredJson({ measure, n, value, interval, method }: Measured): Record<string, Json> {
  return {
    measure: measure.name,
    n,
    value: value ?? null,
    interval: interval === undefined ? null : { low: interval[0], high: interval[1], method },
  };
}

function verdictJson({ gate, measured, result, by, ok, moreRows }: Verdict): Json {
  return {
    ...measuredJson(measured),
    bound: gate.bound,
    threshold: gate.threshold,
    verdict: result,
    decidedBy: by,
    ok,
    moreRows: moreRows ?? null,
  };
}

function findingsJson({ rows, verdicts, shown }: Findings): Record<string, Json> {
  return { rows, checks: verdicts.map(verdictJson), shown: shown.map(measuredJson) };
}

/** The report as a script reads it; what is not known is null. */
export function jsonReport(report: Report): string {
  const { dataset, kind, policy, leftOut, asked, slice, everySlice, slices, ok } = report;
  const out: Json = {
    ok,
    dataset,
    kind: kind ?? null,
    policy,
    ...findingsJson(report),
    leftOut,
    asked: asked === undefined ? null : { ...asked },
    slice:
      slice === undefined
        ? null
        : {
            field: slice,
            mustHold: everySlice,
            values: slices.map(found => ({ value: found.value, ...findingsJson(found) })),
          },
  };
  return `${JSON.stringify(out, null, 2)}\n`;
}
