/**
 * What root's act hands to `sealbox-disk.service`, which alone reaches the data partition and the TPM while the box runs, and what comes
 * back. Both are files of a memory file system that only root reads; secrets are in them.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import * as z from 'zod'
import { DiskError } from './errors.ts'
import {
  changePassphrase,
  diskKeys,
  enrolRecovery,
  factoryReset,
  setPin,
  type DiskKeys,
} from './running.ts'
import type { RunningMachine } from './data_machine.ts'

const secret = z.string().max(400)
/** Typed in full by who means it. */
export const eraseWords = 'ERASE EVERYTHING'

export const jobSchema = z.discriminatedUnion('do', [
  /** Which keys there are. */
  z.strictObject({ do: z.literal('state') }),
  z.strictObject({
    do: z.literal('enrol-recovery'),
    passphrase: secret,
    old: secret.optional(),
  }),
  z.strictObject({ do: z.literal('set-pin'), pin: secret.nullable() }),
  z.strictObject({ do: z.literal('change-passphrase'), old: secret, next: secret }),
  z.strictObject({ do: z.literal('factory-reset'), confirm: z.literal(eraseWords) }),
])
export type DiskJob = z.infer<typeof jobSchema>

const keysSchema = z.strictObject({
  hasPassphrase: z.boolean(),
  hasRecovery: z.boolean(),
  isSealed: z.boolean(),
  hasPin: z.boolean(),
}) satisfies z.ZodType<DiskKeys>

export const outcomeSchema = z.discriminatedUnion('done', [
  /** `keys` is null after a factory reset. */
  z.strictObject({ done: z.literal(true), keys: keysSchema.nullable() }),
  /** One of `DiskErrorCode`. */
  z.strictObject({ done: z.literal(false), code: z.string().max(60) }),
])
export type DiskOutcome = z.infer<typeof outcomeSchema>

const orderSchema = z.strictObject({
  job: jobSchema,
  /** Whether there is a box; while there is none a recovery passphrase takes another's place without it. */
  isSetUp: z.boolean(),
})
export type DiskOrder = z.infer<typeof orderSchema>

/** Does one job. */
export async function perform(
  { job, isSetUp }: DiskOrder,
  machine: RunningMachine,
  wipe: (octets: number) => void,
): Promise<DiskOutcome> {
  try {
    if (job.do === 'factory-reset') {
      await factoryReset(machine, wipe)
      return { done: true, keys: null }
    }
    if (job.do === 'enrol-recovery') await enrolRecovery(machine, { ...job, mayReplace: !isSetUp })
    if (job.do === 'set-pin') await setPin(machine, job.pin ?? undefined)
    if (job.do === 'change-passphrase') await changePassphrase(machine, job)
    return { done: true, keys: await diskKeys(machine) }
  } catch (error) {
    if (error instanceof DiskError) return { done: false, code: error.code }
    throw error
  }
}

/** The two files, and what is in them. */
export function diskWork(folder: string) {
  const [job, outcome] = [`${folder}/job.json`, `${folder}/outcome.json`]
  const read = <T>(file: string, schema: z.ZodType<T>): T | undefined =>
    existsSync(file) ? schema.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined
  const write = (file: string, value: unknown): void => {
    rmSync(file, { force: true })
    writeFileSync(file, JSON.stringify(value), { mode: 0o600 })
  }
  return {
    begin: (value: DiskOrder): void => {
      rmSync(outcome, { force: true })
      write(job, value)
    },
    order: (): DiskOrder | undefined => read(job, orderSchema),
    end: (value: DiskOutcome): void => {
      write(outcome, value)
    },
    outcome: (): DiskOutcome | undefined => read(outcome, outcomeSchema),
    clear: (): void => {
      for (const file of [job, outcome]) rmSync(file, { force: true })
    },
  }
}
