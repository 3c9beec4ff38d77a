import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MonitorError } from '../../core/errors.js';
import { PRESETS } from '../../core/presets.js';
import { boards, buildDashboards, dashboards, provisionedDashboards } from '../../grafana/dashboards.js';
import { resolveOptions } from '../../grafana/options.js';
import { DATASOURCE, type Threshold } from '../../grafana/panel.js';
import { alerts } from '../../grafana/rules.js';
import { loadSdk } from '../../grafana/sdk.js';

interface Built {
  readonly uid: string;
  readonly schemaVersion: number;
  readonly panels: readonly {
    readonly id: number;
    readonly fieldConfig: {
      readonly defaults: { readonly thresholds: { readonly steps: { value: number | null }[] } };
    };
    readonly targets: readonly { readonly datasource: { readonly uid: string } }[];
    readonly links: readonly { readonly url: string }[];
  }[];
}

const built = (options = resolveOptions()): readonly Built[] => buildDashboards(options) as unknown as readonly Built[];

describe('dashboards', () => {
  it('are of the schema that was checked: a new SDK that writes another one must be seen', () => {
    for (const { schemaVersion } of built()) assert.equal(schemaVersion, 42);
  });

  it('keep uids, ids and the order of keys', () => {
    const text = JSON.stringify(built());
    assert.equal(text, JSON.stringify(built()));
    for (const { uid, panels } of built()) {
      assert.match(uid, /^[a-z-]{1,40}$/);
      assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    }
    const keys: string[] = [];
    JSON.parse(text, function (this: unknown, key, value: unknown) {
      if (typeof this === 'object' && this !== null && !Array.isArray(this)) {
        const own = Object.keys(this);
        assert.deepEqual(own, [...own].sort());
      }
      keys.push(key);
      return value;
    });
    assert.ok(!keys.includes('__inputs'));
  });

  it('take every query from the data source that is chosen', () => {
    for (const { panels } of built())
      for (const { targets } of panels)
        for (const { datasource } of targets) assert.equal(datasource.uid, DATASOURCE.uid);
  });

  it('say of every panel what it shows, what is normal and what to do, in a unit', () => {
    for (const { panels } of boards(resolveOptions())) {
      assert.ok(panels.length >= 8);
      for (const { title, shows, normal, act, unit, targets } of panels) {
        assert.doesNotMatch(title, /_|llm_monitor/);
        for (const text of [shows, normal, act]) assert.match(text, /\.$/, title);
        assert.notEqual(unit, '', title);
        assert.ok(targets.length > 0, title);
      }
    }
  });

  for (const preset of PRESETS) {
    it(`draw the lines at which alerts of ${preset} fire`, () => {
      const options = resolveOptions({ preset, thresholds: { dropRatio: 0.03 } });
      const { thresholds } = options;
      const expected: Record<string, Threshold> = {
        LLMErrorRatioHigh: { bad: 'above', at: thresholds.errorRatio },
        LLMLatencyP95High: { bad: 'above', at: thresholds.latencyP95 },
        LLMAccuracyLow: { bad: 'below', at: thresholds.accuracy },
        LLMAnomalyBurst: { bad: 'above', at: thresholds.anomalyRatio },
        LLMMonitorBlind: { bad: 'above', at: thresholds.dropRatio },
      };
      for (const alert of alerts(options)) {
        const want = expected[alert.name];
        if (want === undefined) continue;
        const panel = boards(options)
          .find(({ uid }) => uid === alert.shown.uid)
          ?.panels.find(({ id }) => id === alert.shown.panel);
        const lines = [panel?.threshold, ...(panel?.targets.map(({ threshold }) => threshold) ?? [])];
        assert.ok(
          lines.some(line => line?.at === want.at && line.bad === want.bad),
          alert.name,
        );
        const text = alert.rules.map(({ expr }) => expr.text).join('\n');
        assert.ok(text.includes(`${want.bad === 'above' ? '>' : '<'} ${want.at}`), alert.name);
        const shown = built(options)[0]?.panels.find(({ id }) => id === alert.shown.panel);
        assert.ok(JSON.stringify(shown?.fieldConfig).includes(`"value":${want.at}`), alert.name);
      }
    });
  }

  it('lead from a panel to the runbooks of its alerts', () => {
    for (const alert of alerts(resolveOptions())) {
      const panel = built()
        .find(({ uid }) => uid === alert.shown.uid)
        ?.panels.find(({ id }) => id === alert.shown.panel);
      assert.ok(
        panel?.links.some(({ url }) => url.endsWith(`/${alert.name}.md`)),
        alert.name,
      );
    }
  });

  it('come with the package where no option differs', () => {
    assert.deepEqual(dashboards(), provisionedDashboards());
    assert.deepEqual(dashboards({ preset: 'online' }), provisionedDashboards());
    assert.notDeepEqual(dashboards({ preset: 'finance' }), provisionedDashboards());
  });
});

describe('the optional SDK', () => {
  it('is named with its command when it is missing', () => {
    const missing = (id: string): never => {
      throw Object.assign(new Error(`Cannot find module '${id}'`), { code: 'MODULE_NOT_FOUND' });
    };
    assert.throws(
      () => loadSdk(missing),
      (error: unknown) =>
        MonitorError.is(error) &&
        error.code === 'MISSING_PEER' &&
        error.message.includes('npm install --save-dev "@grafana/grafana-foundation-sdk@'),
    );
  });

  it('is not called missing when it is broken', () => {
    const broken = (): never => {
      throw new SyntaxError('Unexpected token');
    };
    assert.throws(() => loadSdk(broken), SyntaxError);
  });
});
