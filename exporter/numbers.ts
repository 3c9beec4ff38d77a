/** A sample value as both formats read it: `NaN`, `+Inf`, `-Inf`, else the shortest decimal that gives the number back. */
export function formatValue(value: number): string {
  if (value - value === 0) return `${value}`;
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/**
 * A bucket bound or quantile in OpenMetrics' canonical form: Go's `%g` with `.0` where it would look like an integer, so `1.0`,
 * `0.05`, `1e-05`, `1.048576e+06`. Written alike in both formats, or one bucket would be two series.
 */
export function formatBound(bound: number): string {
  if (bound - bound !== 0) return formatValue(bound);
  if (bound === 0) return '0.0';
  const [mantissa = '', exponent = '0'] = bound.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const digits = String(Math.abs(power)).padStart(2, '0');
    return `${mantissa}e${power < 0 ? '-' : '+'}${digits}`;
  }
  const plain = String(bound);
  return plain.includes('.') ? plain : `${plain}.0`;
}
