import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Labeller, LabelMemory } from '../../exporter/attribute-labels.js';
import { cleanLabelName, escapeValue, labelText, valueText } from '../../exporter/label-text.js';

test('label names fit the legacy character set and stay off what the format reserves', () => {
  for (const [name, clean] of [
    ['model', 'model'],
    ['gen_ai.request.model', 'gen_ai_request_model'],
    ['a--b', 'a_b'],
    ['9x', 'key_9x'],
    ['', 'key_'],
    ['_x', 'key_x'],
    ['__name__', 'key_name_'],
    ['le', 'exported_le'],
    ['quantile', 'exported_quantile'],
    ['größe', 'gr_e'],
  ] as const) {
    assert.equal(cleanLabelName(name), clean, JSON.stringify(name));
  }
});

test('label values cannot end their quotes or their line', () => {
  for (const [value, text] of [
    ['plain', 'plain'],
    ['a"b', 'a\\"b'],
    ['a\\', 'a\\\\'],
    ['a\nb', 'a\\nb'],
    ['\\n', '\\\\n'],
    ['\ud800x', '\ufffdx'],
    ['x\udc00', 'x\ufffd'],
    ['nul\u0000', 'nul\ufffd'],
    ['😀', '😀'],
  ] as const) {
    assert.equal(escapeValue(value), text, JSON.stringify(value));
  }
});

test('attribute values that are no strings become JSON, also where JSON has no word for them', () => {
  const circular: unknown[] = [];
  circular.push(circular);
  for (const [value, text] of [
    [1, '1'],
    [true, 'true'],
    [['a', 'b'], '["a","b"]'],
    [undefined, ''],
    [null, ''],
    [10n, '10'],
    [circular, ''],
  ] as const) {
    assert.equal(valueText(value), text);
  }
});

test('names that become one are one label, its values in the order of the names', () => {
  assert.equal(
    labelText([
      ['a.b', 'dot'],
      ['c', 'x'],
      ['a_b', 'line'],
    ]),
    'a_b="dot;line",c="x"',
  );
  assert.equal(
    labelText([
      ['a_b', 'line'],
      ['a.b', 'dot'],
    ]),
    'a_b="dot;line"',
  );
  assert.equal(labelText([]), '');
});

test('a labeller writes attributes by name, what they share after them', () => {
  const labeller = new Labeller([['otel_scope_name', 'app']]);
  for (const [attributes, text, exact] of [
    [{}, 'otel_scope_name="app"', true],
    [{ b: 'x', a: 'y' }, 'a="y",b="x",otel_scope_name="app"', true],
    [{ a: 1 }, 'a="1",otel_scope_name="app"', false],
    [{ 'a.b': '1', a_b: '2' }, 'a_b="1;2",otel_scope_name="app"', false],
    [{ a_b: '2' }, 'a_b="2",otel_scope_name="app"', false],
    [{ 'otel.scope.name': 'mine' }, 'otel_scope_name="mine;app"', false],
  ] as const) {
    assert.deepEqual(labeller.labels(attributes), { text, exact }, JSON.stringify(attributes));
  }
});

test('a remembered text belongs to its attribute object, its metric and its scope', () => {
  const memory = new LabelMemory();
  const first = { a: '1' };
  const scrape = (metric: string, scope: string, ...points: Record<string, string>[]): string[] => {
    const pass = memory.begin();
    const labels = pass.labels(metric, new Labeller([['s', scope]]));
    const out = points.map(point => labels(point).text);
    pass.end();
    return out;
  };
  assert.deepEqual(scrape('m', 'x', first, { a: '2' }), ['a="1",s="x"', 'a="2",s="x"']);
  assert.deepEqual(scrape('m', 'x', { a: '3' }, first), ['a="3",s="x"', 'a="1",s="x"']);
  assert.deepEqual(scrape('m', 'y', first), ['a="1",s="y"']);
});
