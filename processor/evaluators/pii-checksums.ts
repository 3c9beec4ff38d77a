/**
 * Whether the last of a row of digits is its check digit.
 * @see Luhn 1960, US patent 2,950,048
 */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, double = false; i >= 0; i--, double = !double) {
    const digit = digits.charCodeAt(i) - 0x30;
    sum += double ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** Whether an IBAN without spaces leaves 1 modulo 97, its first four characters last and letters as 10..35. @see ISO 13616 */
export function passesMod97(iban: string): boolean {
  let rest = 0;
  for (let i = 0; i < iban.length; i++) {
    const value = Number.parseInt(iban.charAt((i + 4) % iban.length), 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * (digits.charCodeAt(i) - 0x30), 0);
}

/** Ten digits with weights 10..2, the last one 11 less the rest modulo 11 (11 is written 0, 10 does not occur). */
export function passesNhs(digits: string): boolean {
  const check = 11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return check !== 10 && check % 11 === digits.charCodeAt(9) - 0x30;
}

/** A US provider number: ten digits that begin with 1 or 2; Luhn with the card issuer prefix 80840. */
export function passesNpi(digits: string): boolean {
  return /^[12]/.test(digits) && passesLuhn(`80840${digits}`);
}

/** A US routing number: nine digits with weights 3 7 1, and a first pair that is in use. */
export function passesAba(digits: string): boolean {
  const pair = Number(digits.slice(0, 2));
  const used = pair <= 12 || (pair >= 21 && pair <= 32) || (pair >= 61 && pair <= 72) || pair === 80;
  return used && digits !== '000000000' && weightedSum(digits, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0;
}

/** Seven digits behind the two letters of a US DEA number. */
export function passesDea(digits: string): boolean {
  return weightedSum(digits, [1, 2, 1, 2, 1, 2]) % 10 === digits.charCodeAt(6) - 0x30;
}

/** A US social security number that may have been given out: not 000, 666, 900-999, nor 00, nor 0000, nor one of two adverts. */
export function isIssuableSsn(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(digits) && !/^(?:078051120|219099999)$/.test(digits);
}
