/** How far predicted numbers are from the true ones, in their own unit. */
export interface NumberErrors {
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
}

/** @param errors prediction less truth; none gives undefined */
export function numberErrors(errors: readonly number[]): NumberErrors | undefined {
  if (errors.length === 0) return undefined;
  let absolute = 0;
  let squared = 0;
  for (const error of errors) {
    absolute += Math.abs(error);
    squared += error * error;
  }
  return { mae: absolute / errors.length, rmse: Math.sqrt(squared / errors.length) };
}
