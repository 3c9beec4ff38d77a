import type { Verdict } from './decide.js';
import { printable } from './printable.js';
import type { Report } from './report.js';
import { note, sentence, showWanted } from './words.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
/** What XML 1.0 has no place for, not even escaped. */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** Text for an attribute or an element. */
export function xml(text: string): string {
  return text.replace(NO_XML, '?').replace(/[&<>"']/g, sign => ENTITIES[sign] as string);
}

function testCase(suite: string, verdict: Verdict): string {
  const name = `${printable(verdict.gate.measure.name)} ${showWanted(verdict.gate)}`;
  const open = `    <testcase classname="${xml(suite)}" name="${xml(name)}" time="0">`;
  const said = sentence(verdict);
  const more = note(verdict);
  const failure = verdict.ok ? '' : `      <failure type="${verdict.result}" message="${xml(said)}"/>\n`;
  const out = xml(more === undefined ? said : `${said}\n${more}`);
  return `${open}\n${failure}      <system-out>${out}</system-out>\n    </testcase>\n`;
}

function suiteXml(name: string, verdicts: readonly Verdict[]): string {
  const failed = verdicts.filter(({ ok }) => !ok).length;
  const cases = verdicts.map(verdict => testCase(name, verdict)).join('');
  return `  <testsuite name="${xml(name)}" tests="${verdicts.length}" failures="${failed}" errors="0" skipped="0" time="0">\n${cases}  </testsuite>\n`;
}

function document(suites: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="llm-monitor check">\n${suites}</testsuites>\n`;
}

/** The report as JUnit's XML: a case a gate; slices are suites of their own where they must hold. */
export function junitReport(report: Report): string {
  const name = 'llm-monitor.check';
  const slices = report.everySlice ? report.slices : [];
  return document(
    suiteXml(name, report.verdicts) +
      slices
        .map(({ value, verdicts }) => suiteXml(`${name}.${printable(report.slice ?? '')}.${value}`, verdicts))
        .join(''),
  );
}

/** What stands in the file when nothing could be measured. */
export function junitError(message: string): string {
  return document(
    `  <testsuite name="llm-monitor.check" tests="1" failures="0" errors="1" skipped="0" time="0">\n    <testcase classname="llm-monitor.check" name="check" time="0">\n      <error type="error" message="${xml(message)}"/>\n    </testcase>\n  </testsuite>\n`,
  );
}
