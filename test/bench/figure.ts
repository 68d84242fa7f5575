/** Figures, and how they are taken: both sides turn about in one run, so that a machine that slows down slows both; medians. */

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

/** What both sides reach, the medians of `rounds` turns of ABBA after one that only warms up. */
export async function turnAbout(options: {
  readonly rounds: number
  readonly ours: () => Promise<number>
  readonly theirs: () => Promise<number>
}): Promise<{ readonly value: number; readonly reached: number }> {
  const { rounds, ours, theirs } = options
  const [values, yardsticks]: [number[], number[]] = [[], []]
  await ours()
  await theirs()
  for (let round = 0; round < rounds; round++) {
    values.push(await ours())
    yardsticks.push(await theirs(), await theirs())
    values.push(await ours())
  }
  return { value: median(values), reached: median(yardsticks) }
}

/** How often `act` is done per second of CPU time, in a turn of `times`. */
export async function perCpuSecond(times: number, act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  for (let index = 0; index < times; index++) await act()
  const { user, system } = process.cpuUsage(before)
  return (times * 1e6) / (user + system)
}

/** Middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? NaN) + upper) / 2
}
