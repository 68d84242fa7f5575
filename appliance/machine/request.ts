/**
 * Requests and answers as files (docs/formats/machine-request.md): the one way from an unprivileged process to root. A request says an
 * act and its values, an answer what came of it. Pure.
 */
import { join } from 'node:path'
import * as z from 'zod'

/** Names of acts, hosts and addresses fit thirty times; what is larger is none of ours. */
export const maxRequestBytes = 64 * 1024
/** Lists of files on a stick are the longest. */
export const maxAnswerBytes = 1024 * 1024

/** 16 random octets in hexadecimal: nobody guesses the answer's name of another. */
export const requestId = /^[0-9a-f]{32}$/

export const requestSchema = z.strictObject({
  version: z.literal(1),
  act: z.string().max(40),
  params: z.unknown(),
})
export type MachineRequest = z.infer<typeof requestSchema>

export const answerSchema = z.discriminatedUnion('done', [
  z.strictObject({ version: z.literal(1), done: z.literal(true), result: z.unknown() }),
  z.strictObject({
    version: z.literal(1),
    done: z.literal(false),
    code: z.string().max(60),
    message: z.string().max(500),
    details: z.record(z.string(), z.unknown()),
  }),
])
export type MachineAnswer = z.infer<typeof answerSchema>

/** The spool of the image. */
export const spoolDirectory = '/run/sealbox'

/** Folders of a spool. */
export const spoolPaths = (spool: string) => ({
  /** Where a request is written before it is renamed into `requests`, so that root sees whole files only. As `requests`. */
  drafts: join(spool, 'drafts'),
  /** Members of the group add here, list nothing and take nothing of others: `3730 root:sealbox-machine`. */
  requests: join(spool, 'requests'),
  /** Root writes here, the group reads: `2750 root:sealbox-machine`. */
  answers: join(spool, 'answers'),
  /** What root has taken in hand: `0700 root`. */
  taken: join(spool, 'taken'),
})

/** File of a request or answer in its folder. */
export const fileOf = (folder: string, id: string): string => join(folder, `${id}.json`)
