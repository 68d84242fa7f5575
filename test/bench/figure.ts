/** One figure of a bench: what was measured, what it is held against in the same run, and their ratio. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What the value is held against, and what that reached. */
  readonly yardstick: string
  /** The value divided by what the yardstick reached. */
  readonly ratio: number
}

/** A figure with its ratio, rounded to what a noisy machine can mean; `reached` is the yardstick's value in the same unit. */
export function figure(name: string, value: number, unit: string, reached: number): Figure {
  const round = (number: number) => Number(number.toPrecision(4))
  return {
    name,
    value: round(value),
    unit,
    yardstick: `${String(round(reached))} ${unit}`,
    ratio: round(value / reached),
  }
}
