/**
 * A disk that forgets: writes and names that were not synced are on it, or not, each by itself, once the power is gone. The model is
 * that of FAT with an ordinary cache: a sync of a file makes its octets stay, one of a folder its names; a file with a new name is empty
 * until it is synced again. Test support.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SlotIo } from '../../../appliance/upgrade/slot_io.ts'
import { seededNumbers } from '../places.ts'
import type { BenchMachine } from './bench_machine.ts'

export interface CutDisk {
  readonly io: SlotIo
  /** What is on it after the cut; another seed, another part of what was not synced. */
  after(seed: number): ReadonlyMap<string, Buffer>
}

/** A change of names in the folder of entries. */
type Naming = (names: Map<string, Buffer>) => void
interface Written {
  readonly at: number
  readonly bytes: Buffer
}

/** The machine's disks as they are, whose power goes at the `stop`th change. */
export async function cutDisk(bench: BenchMachine, stop: number): Promise<CutDisk> {
  const { machine } = bench
  const names = new Map<string, Buffer>()
  for (const name of await readdir(machine.entries)) {
    names.set(name, await readFile(join(machine.entries, name)))
  }
  const stable = new Map(names)
  const namings: Naming[] = []
  /** New names whose files have their size on the disk. */
  const synced = new Set<string>()
  const targets = new Map<string, Buffer>()
  const written = new Map<string, Written[]>()
  for (const part of ['root', 'verity'] as const) {
    const path = machine.partition(part, 'b')
    targets.set(path, await readFile(path))
    written.set(path, [])
  }
  let count = 0
  const step = (): void => {
    count += 1
    if (count >= stop) throw new Error('the power is gone')
  }
  const change = (naming: Naming): void => {
    step()
    naming(names)
    namings.push(naming)
  }
  const io: SlotIo = {
    openTarget: (path) =>
      Promise.resolve({
        write(bytes, at) {
          step()
          written.get(path)?.push({ at, bytes: Buffer.from(bytes) })
          return Promise.resolve()
        },
        sync() {
          step()
          const pending = written.get(path) ?? []
          for (const one of pending) one.bytes.copy(targets.get(path) ?? Buffer.of(), one.at)
          written.set(path, [])
          return Promise.resolve()
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
    writeFile(path, bytes) {
      change((held) => held.set(basename(path), Buffer.from(bytes)))
      return Promise.resolve()
    },
    rename(from, to) {
      change((held) => {
        const file = held.get(basename(from))
        if (file === undefined) return
        const isWhole = held === names || synced.has(basename(to))
        held.delete(basename(from))
        held.set(basename(to), isWhole ? file : Buffer.of())
      })
      return Promise.resolve()
    },
    syncFile(path) {
      step()
      const name = basename(path)
      synced.add(name)
      stable.set(name, names.get(name) ?? Buffer.of())
      return Promise.resolve()
    },
    names: () => Promise.resolve([...names.keys()]),
    remove(path) {
      change((held) => held.delete(basename(path)))
      return Promise.resolve()
    },
    syncFolder() {
      step()
      for (const naming of namings.splice(0)) naming(stable)
      return Promise.resolve()
    },
  }
  return {
    io,
    after(seed) {
      const isThere = draw(seed)
      const held = new Map(stable)
      for (const naming of namings) if (isThere()) naming(held)
      for (const [path, bytes] of targets) {
        const disk = Buffer.from(bytes)
        for (const one of written.get(path) ?? []) if (isThere()) one.bytes.copy(disk, one.at)
        held.set(basename(path), disk)
      }
      return held
    },
  }
}

/** Yes or no, the same again for the same seed. */
function draw(seed: number): () => boolean {
  const numbers = seededNumbers(`cut ${String(seed)}`)
  return () => numbers(2) === 0
}
