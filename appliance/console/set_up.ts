/**
 * What a set-up has been told so far, written after each step, so that it goes on where a power cut ended it. No secrets: those are typed
 * in the ceremony and live in memory alone. Its format: docs/formats/set-up.md.
 */
import { existsSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod'
import { writeWhole } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import { networkSchema } from '../machine/network.ts'
import { timeServersSchema } from '../machine/time_servers.ts'

export const setUpFormat = 'sealbox-set-up/1'

const name = z.string().min(1).max(64)
const personId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)

const people = z.strictObject({
  officers: z.tuple([personId, personId]),
  custodians: z.array(name).min(2).max(255),
  needed: z.int().min(2).max(255),
  place: z.string().max(300),
  present: z.array(z.strictObject({ name, part: z.string().max(300) })).max(100),
})

const schema = z.strictObject({
  format: z.literal(setUpFormat),
  language: z.enum(['zh', 'en']).optional(),
  /** `as-is`: the network belongs to somebody else, outside the image. */
  network: z.union([networkSchema, z.literal('as-is')]).optional(),
  time: z
    .strictObject({
      zone: z.string().max(64),
      servers: timeServersSchema,
      confirmedAt: z.iso.datetime(),
    })
    .optional(),
  /** `backup`: what the backup was of; names and people come with it. */
  mode: z.enum(['trial', 'production', 'backup']).optional(),
  names: z
    .strictObject({ host: z.string().max(253), district: z.string().min(1).max(40) })
    .optional(),
  /** Of a production box: who holds the ceremony. */
  people: people.optional(),
  /** Of a trial box: by which its first officer enrols, shown until it ends. */
  firstCode: z.strictObject({ code: z.string(), expires: z.iso.datetime() }).optional(),
  finishedAt: z.iso.datetime().optional(),
})

export type SetUp = z.infer<typeof schema>
export type People = z.infer<typeof people>

/** What was answered before, to be offered again when somebody went back; a step adds to it what is typed in it. */
export interface Was extends Pick<SetUp, 'language' | 'network' | 'time' | 'names'> {
  people?: Partial<People> | undefined
}

/** In the order in which they are asked. */
export const setUpSteps = [
  'language',
  'network',
  'time',
  'mode',
  'names',
  'people',
  'ceremony',
] as const
export type SetUpStep = (typeof setUpSteps)[number]

/** The next thing to be asked; undefined of a set-up that is finished. */
export function nextStep(setUp: SetUp): SetUpStep | undefined {
  if (setUp.finishedAt !== undefined) return undefined
  return setUpSteps.find((step) => step === 'ceremony' || !isAnswered(setUp, step))
}

/** Whether a step has its answer, or asks for none: a trial box names no people, a backup brings names and people along. */
export function isAnswered(setUp: SetUp, step: Exclude<SetUpStep, 'ceremony'>): boolean {
  return setUp[step] !== undefined || !isAsked(setUp, step)
}

function isAsked({ mode }: SetUp, step: SetUpStep): boolean {
  if (step === 'names') return mode !== 'backup'
  return step !== 'people' || mode === undefined || mode === 'production'
}

/** The set-up as it was before a step; what comes after it is kept and asked again only if it has no answer. */
export function before(setUp: SetUp, step: SetUpStep): SetUp {
  const asked = setUpSteps.slice(0, setUpSteps.indexOf(step))
  const last = asked.findLast((one) => isAsked(setUp, one))
  if (last === undefined || last === 'ceremony') return setUp
  const rest = { ...setUp }
  Reflect.deleteProperty(rest, last)
  return rest
}

/** Far more than hundred names. */
const maxBytes = 256 * 1024

/** Reads it; an empty one where there is none. Throws `SET_UP_UNREADABLE`. */
export function readSetUp(path: string): SetUp {
  if (!existsSync(path)) return { format: setUpFormat }
  const text = readFileSync(path, 'utf8')
  const parsed = text.length > maxBytes ? undefined : schema.safeParse(jsonOf(text))
  if (parsed?.success === true) return parsed.data
  throw new ApplianceError('SET_UP_UNREADABLE', `${path} is no state of a set-up`)
}

export async function writeSetUp(path: string, setUp: SetUp): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeWhole(path, `${JSON.stringify(schema.parse(setUp), null, 2)}\n`, 0o600)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
