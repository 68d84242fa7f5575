/** Answers files: what a ceremony would ask, in JSON, for a script or a serial console. Secrets stand in them or in files they name. */
import { readFileSync, statSync } from 'node:fs'
import * as z from 'zod'
import type { OfferedShare } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import { refused, type InitPlan, type Keeping, type Scene } from './plan.ts'

const words = z.string().max(500)
const name = z.string().min(1).max(64)
const path = z.string().min(1).max(4096)
/** Identifiers of people, as `appoint` takes them. */
const personId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/)

/** A secret itself, or the file that it is in. */
const secretFields = { passphrase: z.string().optional(), passphraseFile: path.optional() }

const sceneFields = {
  place: words.default(''),
  present: z
    .array(z.strictObject({ name, part: words }))
    .max(100)
    .optional(),
}
const keepingFields = {
  custodians: z
    .array(z.strictObject({ name, ...secretFields }))
    .min(2)
    .max(255),
  needed: z.int().min(2).max(255),
}

const initSchema = z.strictObject({
  ...sceneFields,
  ...keepingFields,
  district: name,
  hosts: z.array(z.string().min(1).max(253)).min(1).max(10),
  pkiUrl: z.url({ protocol: /^http$/ }).optional(),
  zone: z.string().max(64).default('Asia/Shanghai'),
  algorithm: z.enum(['ecdsa-p256-sha256', 'rsa-sha256']).default('ecdsa-p256-sha256'),
  ...secretFields,
  token: z
    .strictObject({
      module: path,
      label: z.string().min(1).max(32),
      pin: z.string().optional(),
      pinFile: path.optional(),
    })
    .optional(),
  officers: z.tuple([personId, personId]).default(['officer-1', 'officer-2']),
  openTimeStamping: z.boolean().default(false),
})

/** What `init` would ask, without secrets resolved. */
export type InitAnswers = z.input<typeof initSchema>

const laterSchema = z.strictObject({
  ...sceneFields,
  /** Of a root roll-over: who keeps the new key. */
  custodians: keepingFields.custodians.optional(),
  needed: keepingFields.needed.optional(),
  /** Of a break-glass. */
  officers: z.array(personId).min(2).max(20).optional(),
  dismissed: z.array(personId).max(100).default([]),
  reason: words.default(''),
  /** Who opens the root key. */
  shares: z
    .array(z.strictObject({ file: path, ...secretFields }))
    .max(255)
    .optional(),
})

/** What a later ceremony is told besides its options. */
export interface LaterPlan extends Scene {
  readonly keeping: Keeping | undefined
  readonly officers: readonly string[] | undefined
  readonly dismissed: readonly string[]
  readonly reason: string
  readonly shares: readonly OfferedShare[]
}

/** An answers file has a few KB. */
const maxAnswersBytes = 256 * 1024

/** Reads a file of answers; throws `FILE_MISSING`, `CEREMONY_REFUSED` with what is wrong where. */
export function readInitAnswers(file: string): InitPlan {
  return initPlanOf(readJson(file))
}

/** The plan that answers amount to; throws `CEREMONY_REFUSED`. */
export function initPlanOf(answers: unknown): InitPlan {
  const given = parsed(initSchema, answers)
  const { hosts, pkiUrl, token, present, custodians } = given
  const { zone, algorithm, officers, openTimeStamping, place } = given
  return {
    ...{ zone, algorithm, officers, openTimeStamping, place },
    ...keepingOf(given),
    districtName: given.district,
    hostNames: hosts,
    pkiUrl: (pkiUrl ?? `http://${hosts[0] ?? ''}:8080`).replace(/\/$/, ''),
    passphrase: secretOf(given, 'passphrase'),
    present: present ?? custodiansAsPresent(custodians),
    ...(token && {
      token: {
        module: token.module,
        label: token.label,
        pin: secretOf({ passphrase: token.pin, passphraseFile: token.pinFile }, 'pin'),
      },
    }),
  }
}

/** Reads the answers of a later ceremony; without a file there are none. Throws as above. */
export function readLaterAnswers(file: string | undefined): LaterPlan {
  const answers = file === undefined ? {} : readJson(file)
  const {
    custodians,
    needed,
    present,
    officers,
    shares = [],
    ...rest
  } = parsed(laterSchema, answers)
  const keeping = custodians && needed !== undefined ? keepingOf({ custodians, needed }) : undefined
  return {
    ...rest,
    shares: shares.map((one) => ({
      text: textOf(one.file),
      passphrase: secretOf(one, `passphrase of ${one.file}`),
    })),
    officers,
    keeping,
    present: present ?? custodiansAsPresent(custodians ?? []),
  }
}

/** Whether others than its owner may read a file: it holds passphrases. */
export function isReadableByOthers(file: string): boolean {
  return (statSync(file).mode & 0o077) !== 0
}

function keepingOf({
  custodians,
  needed,
}: {
  readonly custodians: readonly SecretHolder[]
  readonly needed: number
}): Keeping {
  return {
    needed,
    custodians: custodians.map((one) => ({
      name: one.name,
      passphrase: secretOf(one, `passphrase of ${one.name}`),
    })),
  }
}

interface SecretHolder {
  readonly name: string
  readonly passphrase?: string | undefined
  readonly passphraseFile?: string | undefined
}

function secretOf(
  { passphrase, passphraseFile }: Omit<SecretHolder, 'name'>,
  what: string,
): string {
  if ((passphrase === undefined) === (passphraseFile === undefined)) {
    throw refused(`answers: ${what}: give the secret or the file it is in, one of the two`)
  }
  // Trimmed as it is when it is typed later.
  return (passphrase ?? textOf(passphraseFile ?? '')).trim()
}

const custodiansAsPresent = (custodians: readonly { readonly name: string }[]): Scene['present'] =>
  custodians.map(({ name: who }) => ({ name: who, part: '密钥保管人 custodian' }))

function readJson(file: string): unknown {
  const text = textOf(file)
  if (text.length > maxAnswersBytes) throw refused(`${file} is too large for answers`)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw refused(`${file} is no JSON`)
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new ApplianceError('FILE_MISSING', `there is no file ${file}`, { cause })
  }
}

function parsed<T extends z.ZodType>(schema: T, answers: unknown): z.output<T> {
  const result = schema.safeParse(answers)
  if (result.success) return result.data
  const [issue] = result.error.issues
  // Names of members alone: values may be passphrases.
  throw refused(`answers: ${issue?.path.join('.') ?? ''}: ${issue?.code ?? 'malformed'}`)
}
