/** What root's act hands to `sealbox-upgrade.service`, which alone may write the slots, and what comes back. Files of root's own folder. */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import { isSha256 } from '../../ca/path/index.ts'
import { orMissing } from './machine.ts'

const sha256 = z.string().refine(isSha256)

/** File names on a stick that are looked at: letters of ours alone, so that a name is never a path. */
export const bundleName = /^sealbox-[0-9]{1,5}(?:\.[0-9]{1,5}){2}\.sealbox-upgrade$/

const jobSchema = z.strictObject({
  /** SHA-256 of the manifest that two officers ordered; null at a box that is not set up: whichever the release key signed. */
  manifest: sha256.nullable(),
  order: sha256.nullable(),
  /** Null: the one that the product received. Else the name of a file on the stick. */
  stick: z.string().regex(bundleName).nullable(),
})
export type Job = z.infer<typeof jobSchema>

export const outcomeSchema = z.discriminatedUnion('installed', [
  z.strictObject({ installed: z.literal(true), version: z.string().max(20) }),
  z.strictObject({
    installed: z.literal(false),
    /** One of `UPGRADE_…`, or `DISK`. */
    code: z.string().max(60),
    details: z.record(z.string(), z.unknown()),
  }),
])
export type Outcome = z.infer<typeof outcomeSchema>

const progressSchema = z.strictObject({ done: z.int().min(0), all: z.int().min(1) })
export type Progress = z.infer<typeof progressSchema>

export interface Work {
  begin(job: Job): Promise<void>
  /** undefined: there is none. */
  job(): Promise<Job | undefined>
  tell(progress: Progress): Promise<void>
  /** How far it is; undefined while nothing is written. */
  progress(): Promise<Progress | undefined>
  end(outcome: Outcome): Promise<void>
  outcome(): Promise<Outcome | undefined>
  /** Takes all of it away. */
  clear(): Promise<void>
}

/** The files of a job in a folder that only root writes. */
export function openWork(folder: string): Work {
  const at = (name: string): string => join(folder, `${name}.json`)
  const put = async (name: string, value: unknown): Promise<void> => {
    await writeWhole(at(name), `${JSON.stringify(value)}\n`, 0o644)
  }
  const get = async <T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> => {
    const text = await readFile(at(name), 'utf8').catch(orMissing)
    return text === undefined ? undefined : schema.parse(JSON.parse(text))
  }
  const clear = async (): Promise<void> => {
    for (const name of ['job', 'progress', 'outcome']) await rm(at(name), { force: true })
  }
  return {
    clear,
    async begin(job) {
      await mkdir(folder, { recursive: true, mode: 0o755 })
      await clear()
      await put('job', job)
    },
    job: () => get('job', jobSchema),
    tell: (progress) => put('progress', progress),
    progress: () => get('progress', progressSchema),
    end: (outcome) => put('outcome', outcome),
    outcome: () => get('outcome', outcomeSchema),
  }
}
