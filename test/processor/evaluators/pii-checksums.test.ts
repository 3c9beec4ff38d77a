import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isIssuableSsn,
  passesAba,
  passesDea,
  passesLuhn,
  passesMod97,
  passesNhs,
  passesNpi,
} from '../../../processor/evaluators/pii-checksums.js';

// Numbers that their issuers print as examples.
const rows: readonly (readonly [string, (digits: string) => boolean, string])[] = [
  ['Luhn', passesLuhn, '4111111111111111'],
  ['modulo 97', passesMod97, 'GB82WEST12345698765432'],
  ['NHS', passesNhs, '9434765919'],
  ['NPI', passesNpi, '1234567893'],
  ['ABA', passesAba, '011401533'],
  ['DEA', passesDea, '1234563'],
];

describe('check digits', () => {
  for (const [name, passes, valid] of rows) {
    it(`${name} takes its example and no other last digit`, () => {
      assert.ok(passes(valid));
      const others = [...'0123456789'].map(digit => valid.slice(0, -1) + digit).filter(passes);
      assert.deepEqual(others, [valid]);
    });
  }

  it('knows which social security numbers are not given out', () => {
    for (const [digits, expected] of [
      ['123456789', true],
      ['000456789', false],
      ['666456789', false],
      ['900456789', false],
      ['123006789', false],
      ['123450000', false],
      ['078051120', false],
    ] as const)
      assert.equal(isIssuableSsn(digits), expected, digits);
  });
});
