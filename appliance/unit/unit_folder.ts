/**
 * The folder that `sealbox enrol` makes at a unit (or for an administrator): which box, the root, a .p12 for each seat's
 * browser, the wrapped signing keys, and the sheet with the unit secret, to be printed and put away. I/O.
 */
import { createPrivateKey } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { fromBase64, signerOf, type Signer, writeWhole } from '../../ca/index.ts'
import { openKeyFile, readKeyFile, readUnitSecret } from '../../provisioning/index.ts'
import { ApplianceError } from '../errors.ts'
import { argon2id } from './argon2id.ts'
import { createBoxClient } from './box_client.ts'
import { createFileMemory } from './memory.ts'
import { createSeat, type Seat, type SeatOptions } from './seat.ts'

/** What stands in `enrolment.json`; nothing secret. */
const enrolmentSchema = z.strictObject({
  url: z.string(),
  box: z.string(),
  journalCertificate: z.base64(),
  /** Unified social credit code, or the identifier of a person. */
  who: z.string(),
  name: z.string(),
  /** Holder of the log-in certificate by seat; a person's only one is `self`. */
  holders: z.record(z.string(), z.string()),
})
export type EnrolmentFile = z.infer<typeof enrolmentSchema>

export const unitPaths = (directory: string) => ({
  enrolment: join(directory, 'enrolment.json'),
  root: join(directory, 'root.pem'),
  keys: join(directory, 'keys.json'),
  sheet: join(directory, 'sheet.txt'),
  compromises: join(directory, 'compromise'),
  p12: (seat: string) => join(directory, `${seat}.p12`),
})

/** Makes the folder, 0700; refuses one that holds an enrolment, whose keys would be lost. */
export function makeUnitFolder(directory: string): void {
  if (existsSync(unitPaths(directory).enrolment)) {
    throw new ApplianceError(
      'USAGE',
      `${directory} holds an enrolment already; choose another --out`,
    )
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 })
}

export async function writeEnrolment(directory: string, file: EnrolmentFile): Promise<void> {
  const text = `${JSON.stringify(enrolmentSchema.parse(file), null, 2)}\n`
  await writeWhole(unitPaths(directory).enrolment, text, 0o600)
}

export function readEnrolment(directory: string): EnrolmentFile {
  const path = unitPaths(directory).enrolment
  if (!existsSync(path)) {
    throw new ApplianceError('FILE_MISSING', `${directory} holds no enrolment; run sealbox enrol`)
  }
  return enrolmentSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
}

/** What opens a folder: the passphrase that a person knows, and the unit secret from the printed sheet. */
export interface Secrets {
  readonly passphrase: string
  readonly unitSecret: string
}

/** Opens the keys of a seat; throws `KEY_FILE_LOCKED` for a wrong passphrase or secret. */
export async function openSeatOptions(
  directory: string,
  seat: string,
  secrets: Secrets,
): Promise<SeatOptions> {
  const paths = unitPaths(directory)
  const enrolment = readEnrolment(directory)
  const holder = enrolment.holders[seat]
  if (holder === undefined) {
    const known = Object.keys(enrolment.holders).join(', ')
    throw new ApplianceError('USAGE', `there is no seat ${seat} here, only ${known}`)
  }
  const file = readKeyFile(new Uint8Array(readFileSync(paths.keys)))
  const keys = await openKeyFile(file, {
    passphrase: secrets.passphrase,
    unitSecret: readUnitSecret(secrets.unitSecret),
    argon2id,
  })
  const signerFor = (use: 'seat-signing' | 'unit-seal'): Signer | undefined => {
    const key = keys.find((one) => one.use === use && (one.seat ?? seat) === seat)
    if (key?.certificate === undefined) return undefined
    const pkcs8 = { key: Buffer.from(key.pkcs8), format: 'der', type: 'pkcs8' } as const
    return signerOf(createPrivateKey(pkcs8), key.certificate)
  }
  const signing = signerFor('seat-signing')
  if (signing === undefined) throw new ApplianceError('USAGE', `no signing key of seat ${seat}`)
  const seal = signerFor('unit-seal')
  const client = createBoxClient({
    url: enrolment.url,
    root: readFileSync(paths.root, 'utf8'),
    identity: {
      pfx: new Uint8Array(readFileSync(paths.p12(seat))),
      passphrase: secrets.passphrase,
    },
  })
  return {
    client,
    box: { id: enrolment.box, journalCertificate: fromBase64(enrolment.journalCertificate) },
    holder,
    unit: enrolment.who,
    signing,
    ...(seal && { seal }),
    memory: createFileMemory(directory),
  }
}

export async function openSeat(directory: string, seat: string, secrets: Secrets): Promise<Seat> {
  return createSeat(await openSeatOptions(directory, seat, secrets))
}
