/** Where the box's tests keep things, how they draw at random, and how they run the command line: as a person would. */
import { spawn } from 'node:child_process'
import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ExecutionContext } from 'ava'

/** `SEALBOX_TEST_FULL=1` asks for full counts. */
export const full = process.env['SEALBOX_TEST_FULL'] === '1'
/** Seed of all that is drawn at random here. */
export const seed = 20261123

const pathOf = (url: string): string => fileURLToPath(new URL(url, import.meta.url))

/** The command line as it is called from a clone. */
export const sealbox = pathOf('../../appliance/sealbox')

/** Files of texts and units that lie outside the project; undefined where they are not. */
export const sharedFiles = {
  roster: present(pathOf('../../../shared/data/roster/roster-91.csv')),
  texts: present(pathOf('../../../shared/data/corpus/shared-1.jsonl.gz')),
}

function present(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

/** A new empty folder; the caller removes it. */
export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'sealbox-box-'))
}

/** A folder that goes when the test ends. */
export async function temporaryFolder(t: ExecutionContext): Promise<string> {
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Whole numbers from 0 up to and without `below`, which follow from `from` alone. */
export function seededNumbers(from: string): (below: number) => number {
  let drawn = 0
  return (below) => {
    const block = hash('sha256', `${String(seed)}/${from}/${String(drawn++)}`, 'buffer')
    return Math.floor((block.readUIntBE(0, 6) / 2 ** 48) * below)
  }
}

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; kills it after two minutes. */
export function run(program: string, args: readonly string[], cwd?: string): Promise<Ended> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: full ? 600_000 : 110_000,
    killSignal: 'SIGKILL',
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (part: Buffer) => out.push(part))
  child.stderr.on('data', (part: Buffer) => err.push(part))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      const [stdout, stderr] = [out, err].map((parts) => Buffer.concat(parts).toString('utf8'))
      resolve({ status, stdout: stdout ?? '', stderr: stderr ?? '' })
    })
  })
}

/** Does `work` for all items, some at once; answers in order. */
export async function inLanes<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  lanes = 4,
): Promise<R[]> {
  const results: R[] = []
  const waiting = items.entries()
  const lane = async (): Promise<void> => {
    for (const [at, item] of waiting) results[at] = await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}

/** Keys under which two dumps of a store differ, or that only one of them has. */
export function differingKeys(
  a: ReadonlyMap<string, string>,
  b: ReadonlyMap<string, string>,
): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key))
}
