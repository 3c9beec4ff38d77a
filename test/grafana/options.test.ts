import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import { PRESET_TABLE, PRESETS } from '../../core/presets.js';
import { defaultTimings, fastTimings, type GrafanaOptions, resolveOptions, seconds } from '../../grafana/options.js';
import { rules } from '../../grafana/rules.js';

describe('options', () => {
  const refused: readonly (readonly [options: unknown, name: string])[] = [
    [{ preset: 'bank' }, 'preset'],
    [{ job: '' }, 'job'],
    [{ team: ' ' }, 'team'],
    [{ runbookBaseUrl: 'runbooks' }, 'runbookBaseUrl'],
    [{ runbookBaseUrl: '' }, 'runbookBaseUrl'],
    [{ dashboardBaseUrl: 'ftp://example.com' }, 'dashboardBaseUrl'],
    [{ dashboardBaseUrl: 'http://example.com/{{ $value }}' }, 'dashboardBaseUrl'],
    [{ thresholds: { accuracy: 1.2 } }, 'thresholds.accuracy'],
    [{ thresholds: { errorRatio: 0 } }, 'thresholds.errorRatio'],
    [{ thresholds: { latencyP95: Number.NaN } }, 'thresholds.latencyP95'],
    // Past the last bucket no quantile is ever seen: the alert could not fire.
    [{ thresholds: { latencyP95: 81.92 } }, 'thresholds.latencyP95'],
    [{ timings: { rateWindow: 'soon' } }, 'timings.rateWindow'],
    [{ timings: { rateWindow: '0s' } }, 'timings.rateWindow'],
    [{ timings: { rateWindow: '45s' } }, 'timings.rateWindow'],
    [{ timings: { hold: { drift: '15m' } } }, 'timings.hold.drift'],
    [{ timings: { hold: { down: '1 m' } } }, 'timings.hold.down'],
    [{ timings: { floorCalls: 0.5 } }, 'timings.floorCalls'],
    [{ timings: { truthWindow: '' } }, 'timings.truthWindow'],
  ];
  for (const [options, name] of refused) {
    it(`names ${name} when it is ${JSON.stringify(options)}`, () => {
      assert.throws(
        () => rules(options as GrafanaOptions),
        (error: unknown) =>
          MonitorError.is(error) && error.code === 'CONFIG_INVALID' && error.message.startsWith(`${name} is `),
      );
    });
  }

  it('takes thresholds and severities from the preset, and single values over it', () => {
    for (const preset of PRESETS) {
      const { thresholds, severities } = resolveOptions({ preset, thresholds: { accuracy: 0.8 } });
      assert.deepEqual(severities, PRESET_TABLE[preset].severities);
      assert.equal(thresholds.accuracy, 0.8);
      assert.equal(thresholds.errorRatio, PRESET_TABLE[preset].thresholds.errorRatio);
    }
  });

  it('reads undefined as not given', () => {
    const blank = { preset: undefined, thresholds: { accuracy: undefined }, timings: { hold: { down: undefined } } };
    assert.deepEqual(resolveOptions(blank as unknown as GrafanaOptions), resolveOptions());
  });

  it('shortens only times and floors for a rehearsal', () => {
    const strip = (text: string): string => text.replace(/\[\w+\]|offset \w+|>= \d+|window="\d+"/g, '');
    const shape = (options: GrafanaOptions): unknown =>
      rules(options).groups.flatMap(group =>
        group.rules.map(rule => [strip(rule.expr), 'alert' in rule ? [rule.alert, rule.labels] : rule.record]),
      );
    assert.deepEqual(shape({ timings: fastTimings }), shape({}));
  });

  it('pages within a minute in a rehearsal', () => {
    const { rateWindow, evaluationInterval, scrapeInterval, hold } = fastTimings;
    const longest = Math.max(...Object.values(hold).map(seconds));
    assert.ok(seconds(rateWindow) + longest + 2 * seconds(evaluationInterval) + seconds(scrapeInterval) < 40);
    assert.ok(seconds(defaultTimings.rateWindow) > seconds(rateWindow));
  });
});
