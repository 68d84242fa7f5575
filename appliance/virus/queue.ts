/** Whose file the scanner looks at next: few at once, one of a unit at a time, so that no unit can keep it from the others. */
import type { ScanFor } from '../../exchange/index.ts'

/** clamd's default has ten threads; two leave the processor to the box. */
const atOnce = 2
/** Of a unit, the one that is looked at counted. */
const maxOfUnit = 4
/** So long somebody waits before an open page; then the file waits without them. */
const patienceMs = 20_000

interface Turn {
  readonly unit: string
  readonly go: () => void
}

/** Runs work in turn; undefined where it is not this one's turn in time. Who is patient waits as long as it takes. */
export type ScanQueue = <T>(by: ScanFor, work: () => Promise<T>) => Promise<T | undefined>

export function createScanQueue(limitMs = patienceMs): ScanQueue {
  const waiting: Turn[] = []
  const going: string[] = []
  const next = (): void => {
    const at = waiting.findIndex(({ unit }) => !going.includes(unit))
    if (going.length >= atOnce || at === -1) return
    const [turn] = waiting.splice(at, 1)
    if (turn === undefined) return
    going.push(turn.unit)
    turn.go()
  }
  const ofUnit = (name: string): number =>
    going.filter((unit) => unit === name).length +
    waiting.filter(({ unit }) => unit === name).length
  const turnOf = ({ unit, isPatient = false }: ScanFor): Promise<boolean> =>
    new Promise((resolve) => {
      const turn = {
        unit,
        go: () => {
          clearTimeout(timer)
          resolve(true)
        },
      }
      const timer = isPatient
        ? undefined
        : setTimeout(() => {
            waiting.splice(waiting.indexOf(turn), 1)
            resolve(false)
          }, limitMs)
      waiting.push(turn)
      next()
    })
  return async (by, work) => {
    const { unit, isPatient = false } = by
    if (!isPatient && ofUnit(unit) >= maxOfUnit) return undefined
    if (!(await turnOf(by))) return undefined
    try {
      return await work()
    } finally {
      going.splice(going.indexOf(unit), 1)
      next()
    }
  }
}
