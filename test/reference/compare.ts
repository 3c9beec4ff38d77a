import assert from 'node:assert/strict';

const TOLERANCE = 1e-8;

/**
 * Compares figures with reference values to 1e-8, null there being undefined here. Every expected value must be met.
 * @returns how many values were compared
 */
export function compare(actual: unknown, expected: unknown, at: string): number {
  if (typeof expected === 'number') {
    assert.ok(
      typeof actual === 'number' && Math.abs(actual - expected) <= TOLERANCE,
      `${at}: ${actual} is not ${expected}`,
    );
    return 1;
  }
  if (expected === null) {
    assert.equal(actual, undefined, at);
    return 1;
  }
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, `${at}: ${JSON.stringify(actual)}`);
    return expected.reduce((sum: number, value, i) => sum + compare(actual[i], value, `${at}[${i}]`), 0);
  }
  if (typeof expected === 'object') {
    const given = actual as Record<string, unknown>;
    assert.ok(typeof actual === 'object' && actual !== null, at);
    return Object.entries(expected).reduce((sum, [key, value]) => sum + compare(given[key], value, `${at}.${key}`), 0);
  }
  assert.equal(actual, expected, at);
  return 1;
}
