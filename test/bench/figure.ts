/** One figure of a bench: what was measured, the same of a yardstick measured in the same run, and their ratio. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the yardstick reached, in the same unit. */
  readonly yardstick: number
  /** `value / yardstick`. */
  readonly ratio: number
}

/** A figure with its ratio, rounded to what a noisy machine can mean. */
export function figure(name: string, value: number, unit: string, yardstick: number): Figure {
  const round = (number: number) => Number(number.toPrecision(4))
  return {
    name,
    value: round(value),
    unit,
    yardstick: round(yardstick),
    ratio: round(value / yardstick),
  }
}
