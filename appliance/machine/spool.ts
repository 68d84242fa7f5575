/**
 * Root's side of the spool. Who writes requests is not trusted: a name may be a link, a pipe, a folder, or change while it is read.
 * So each is first renamed into a folder that is root's alone, opened without following links or waiting, and held to be a plain file
 * of one name. Taken once: what a crash leaves behind is answered as cut off, never done again.
 */
import { randomBytes } from 'node:crypto'
import { lstat, opendir, readdir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { writeWhole } from '../../ca/index.ts'
import { openPlainFile } from './plain_file.ts'
import { fileOf, maxRequestBytes, requestId, spoolPaths, type MachineAnswer } from './request.ts'

/** A request that root has in hand. */
export interface TakenRequest {
  readonly id: string
  /** Numeric user id of who wrote it. */
  readonly owner: number
  /** Undefined where it is no plain file of a bearable size. */
  readonly text: string | undefined
}

/** Names that are looked at one after the other before a run gives up; whoever writes more waits for the next. */
const maxTaken = 64
/** Who asked has read its answer by then. */
const answersKeptMs = 10 * 60_000

export interface Spool {
  /** Ids that an earlier run took and never answered. */
  interrupted(): Promise<string[]>
  /**
   * Takes one: of those that wait that of the owner with the lowest rank, so that nobody's many names keep another's from being found.
   * Undefined when nothing waits. Whatever is no request is moved aside.
   */
  next(rankOf: (owner: number) => number): Promise<TakenRequest | undefined>
  /** Writes the answer, then lets go of the request. */
  answer(id: string, answer: MachineAnswer): Promise<void>
  /** Removes answers that nobody needs any more. */
  tidy(now: Date): Promise<void>
}

export function openSpool(directory: string): Spool {
  const { requests, answers, taken } = spoolPaths(directory)
  return {
    async interrupted() {
      return (await readdir(taken)).flatMap((name) => idOf(name) ?? []).slice(0, maxTaken)
    },
    async next(rankOf) {
      for (let looked = 0; looked < maxTaken; looked += 1) {
        const name = await firstName(requests, rankOf)
        if (name === undefined) return undefined
        const id = idOf(name)
        const to = id === undefined ? aside(taken) : join(taken, name)
        // Gone: whoever asked gave up meanwhile.
        if (!(await moved(join(requests, name), to))) continue
        if (id !== undefined) return { id, ...(await readPlain(to)) }
        await forget(to, taken)
      }
      return undefined
    },
    async answer(id, answer) {
      // Its name may stand already: of an id used twice the first answer is gone, which harms who did so.
      await writeWhole(fileOf(answers, id), JSON.stringify(answer), 0o640)
      await forget(fileOf(taken, id), taken)
    },
    async tidy(now) {
      for (const name of await readdir(answers)) {
        const path = join(answers, name)
        const { mtimeMs } = await stat(path)
        if (Math.abs(now.getTime() - mtimeMs) > answersKeptMs) await rm(path, { force: true })
      }
    },
  }
}

function idOf(name: string): string | undefined {
  const id = name.endsWith('.json') ? name.slice(0, -'.json'.length) : ''
  return requestId.test(id) ? id : undefined
}

/** The lowest name of the owner with the lowest rank. */
async function firstName(
  folder: string,
  rankOf: (owner: number) => number,
): Promise<string | undefined> {
  let first: { readonly name: string; readonly rank: number } | undefined
  // Name by name: there may be more than one would want in memory.
  for await (const { name } of await opendir(folder)) {
    const facts = await lstat(join(folder, name)).catch(() => undefined)
    if (facts === undefined) continue
    const rank = rankOf(facts.uid)
    const isBefore =
      first === undefined || rank < first.rank || (rank === first.rank && name < first.name)
    if (isBefore) first = { name, rank }
  }
  return first?.name
}

/** A name in `folder` that nothing has. */
const aside = (folder: string): string => join(folder, `aside-${randomBytes(16).toString('hex')}`)

async function moved(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  )
}

/**
 * Removes what was taken. A folder with something in it stays, under another name, until the machine starts anew: whoever made it may
 * still hold it open and put links where root would walk.
 */
async function forget(path: string, taken: string): Promise<void> {
  const gone = await unlink(path).then(
    () => true,
    () =>
      rmdir(path).then(
        () => true,
        () => false,
      ),
  )
  if (!gone) await moved(path, aside(taken))
}

async function readPlain(path: string): Promise<Omit<TakenRequest, 'id'>> {
  const opened = await openPlainFile(path)
  if (opened === undefined) return { owner: -1, text: undefined }
  const { file, facts } = opened
  try {
    // Whoever wrote it may write on: what is read is bounded by us, not by its size.
    const buffer = new Uint8Array(maxRequestBytes + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    const isWhole = bytesRead <= maxRequestBytes
    return { owner: facts.uid, text: isWhole ? decode(buffer.subarray(0, bytesRead)) : undefined }
  } finally {
    await file.close()
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
