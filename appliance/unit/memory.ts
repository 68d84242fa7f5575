/**
 * What a unit remembers between signatures: the last journal head it saw, and how often each key signed. On disk beside its
 * keys, or in the process for the demo.
 */
import { writeWhole } from '../../ca/index.ts'
import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const memorySchema = z.strictObject({
  head: z.strictObject({ size: z.int().min(0), root: z.string() }).nullable(),
  /** Signatures made, by SHA-256 of the certificate. */
  uses: z.record(z.string(), z.int().min(0)),
})
export type Memory = z.infer<typeof memorySchema>

export interface UnitMemory {
  /** Replaces what is remembered by what `next` makes of it; one at a time, so that no use of a key is counted twice. */
  update(next: (memory: Memory) => Promise<Memory>): Promise<Memory>
}

const empty: Memory = { head: null, uses: {} }

/** Kept in `memory.json` of the unit's folder. */
export function createFileMemory(directory: string): UnitMemory {
  const path = join(directory, 'memory.json')
  return createMemory({
    read: () =>
      existsSync(path) ? memorySchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : empty,
    write: (memory) => writeWhole(path, `${JSON.stringify(memory)}\n`, 0o600),
  })
}

/** Kept in this process. */
export function createProcessMemory(): UnitMemory {
  let kept = empty
  return createMemory({
    read: () => kept,
    write: (memory) => {
      kept = memory
      return Promise.resolve()
    },
  })
}

function createMemory(place: { read(): Memory; write(memory: Memory): Promise<void> }): UnitMemory {
  let last: Promise<unknown> = Promise.resolve()
  return {
    update(next) {
      const mine = last.then(async () => {
        const memory = await next(place.read())
        await place.write(memory)
        return memory
      })
      last = mine.catch(() => undefined)
      return mine
    },
  }
}
