/**
 * Keeps what a signer remembers between signatures (`SignerMemory`): on disk beside its keys, or in the process for the demo.
 */
import { writeWhole } from '../../ca/index.ts'
import { emptyMemory, signerMemorySchema, type SignerMemory } from '../../exchange/unit/index.ts'
import { readFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'

export interface UnitMemory {
  /** Replaces what is remembered by what `next` makes of it; one at a time, so that no use of a key is counted twice. */
  update(next: (memory: SignerMemory) => Promise<SignerMemory>): Promise<SignerMemory>
}

/** Kept in `memory.json` of the unit's folder. */
export function createFileMemory(directory: string): UnitMemory {
  const path = join(directory, 'memory.json')
  return createMemory({
    read: () =>
      existsSync(path)
        ? signerMemorySchema.parse(JSON.parse(readFileSync(path, 'utf8')))
        : emptyMemory,
    write: (memory) => writeWhole(path, `${JSON.stringify(memory)}\n`, 0o600),
  })
}

/** Kept in this process. */
export function createProcessMemory(): UnitMemory {
  let kept = emptyMemory
  return createMemory({
    read: () => kept,
    write: (memory) => {
      kept = memory
      return Promise.resolve()
    },
  })
}

function createMemory(place: {
  read(): SignerMemory
  write(memory: SignerMemory): Promise<void>
}): UnitMemory {
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
