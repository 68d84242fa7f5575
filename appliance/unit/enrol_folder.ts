/**
 * Enrolling into a folder, as `sealbox enrol` and the demo do: keys are made, the code is redeemed, and the unit's folder is written
 * with a .p12 for each seat, the wrapped signing keys and the sheet with the unit secret. I/O.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Hex, systemRandom, toPem, writeWhole } from '../../ca/index.ts'
import {
  fingerprintWords,
  newUnitSecret,
  wrapKeys,
  writeKeyFile,
  writeUnitSecret,
  type Argon2Cost,
  type UnitSigningKey,
} from '../../provisioning/index.ts'
import { writePkcs12, type Pkcs12Cost } from '../../provisioning/kit/index.ts'
import { argon2id } from './argon2id.ts'
import type { BoxClient } from './box_client.ts'
import {
  enrol,
  personCertificates,
  signingKeyOf,
  unitCertificates,
  type Enrolled,
  type EnrolledKey,
  type Waiting,
} from './enrolment.ts'
import { legacyCrypto } from './legacy_crypto.ts'
import { makeUnitFolder, unitPaths, writeEnrolment } from './unit_folder.ts'
import { wordLines } from './word_lines.ts'

/** What the box says a code is for; nothing more than its holder is about to get. */
export interface CodePurpose {
  readonly who: string
  readonly name: string
  readonly role?: string
  readonly box: string
  readonly journalCertificate: string
}

export interface FolderEnrolment {
  readonly code: string
  /** The folder to be made; it must not hold an enrolment. */
  readonly out: string
  /** Where the box is, as the folder will remember it. */
  readonly url: string
  /** DER. */
  readonly root: Uint8Array
  readonly passphrase: string
  /** How hard guessing the passphrase is made; the standard by default. */
  readonly cost?: { readonly p12: Pkcs12Cost; readonly keyFile: Argon2Cost }
  /** Whether the .p12 files are for programs that open nothing newer than triple DES. */
  readonly legacyP12?: boolean | undefined
  readonly onWaiting?: (waiting: Waiting) => void | Promise<void>
}

/** Enrols whoever the code is for; `client` shows no certificate. */
export async function enrolIntoFolder(
  client: BoxClient,
  given: FolderEnrolment,
): Promise<{ readonly purpose: CodePurpose; readonly enrolled: Enrolled }> {
  const { code, out, onWaiting } = given
  makeUnitFolder(out)
  const purpose = await client.act<CodePurpose>('/api/v1/requests/acts/look-up', { code })
  const wanted = purpose.role === undefined ? unitCertificates : personCertificates(purpose.role)
  const wrap = keyWrapper(given, purpose)
  // The box keeps the keys wrapped; what stands in the folder knows their certificates as well.
  const enrolled = await enrol(client, { code, wanted, keyFile: wrap.file, onWaiting })
  await write({ ...given, purpose, enrolled, wrap })
  return { purpose, enrolled }
}

interface Made extends FolderEnrolment {
  readonly purpose: CodePurpose
  readonly enrolled: Enrolled
  readonly wrap: KeyWrapper
}

async function write(made: Made): Promise<void> {
  const { out, url, root, purpose, enrolled, wrap } = made
  const { who, name, role, box, journalCertificate } = purpose
  const paths = unitPaths(out)
  const clients = enrolled.keys.filter(({ profile }) => profile.endsWith('-client'))
  for (const client of clients) await writeP12(made, client)
  const signing = enrolled.keys.filter(({ profile }) => !profile.endsWith('-client'))
  await writeFile(paths.keys, await wrap.file(signing.map(signingKeyOf)), { mode: 0o600 })
  await writeWhole(paths.root, toPem('CERTIFICATE', root), 0o644)
  await writeWhole(paths.sheet, sheet({ name, root, secret: wrap.secretText }), 0o600)
  writeCompromises(paths.compromises, enrolled)
  await writeEnrolment(out, {
    url,
    box,
    journalCertificate,
    who,
    name,
    holders: Object.fromEntries(
      clients.map((key) => [
        seatOf(key),
        role === undefined ? `seat:${who}/${seatOf(key)}` : `person:${who}`,
      ]),
    ),
  })
}

/** For `verify --statements`; a name is the box's word, and no path. */
function writeCompromises(directory: string, { compromises }: Enrolled): void {
  const named = compromises.filter(({ name }) => /^[0-9a-f-]{1,80}\.compromise\.json$/.test(name))
  if (named.length === 0) return
  mkdirSync(directory, { recursive: true })
  for (const { name, bytes } of named) writeFileSync(join(directory, name), bytes)
}

async function writeP12(made: Made, client: EnrolledKey): Promise<void> {
  const { out, passphrase, cost, purpose, enrolled, legacyP12 } = made
  const p12 = await writePkcs12({
    key: client.key,
    certificate: client.certificate,
    chain: enrolled.chain,
    passphrase,
    friendlyName: `${purpose.name} ${client.seat ?? purpose.role ?? ''}`.trim(),
    random: systemRandom,
    legacy: legacyP12 === true ? legacyCrypto : undefined,
    ...(cost && { cost: cost.p12 }),
  })
  await writeFile(unitPaths(out).p12(seatOf(client)), p12, { mode: 0o600 })
}

function seatOf({ seat }: EnrolledKey): string {
  return seat ?? 'self'
}

interface KeyWrapper {
  readonly file: (keys: readonly UnitSigningKey[]) => Promise<Uint8Array>
  /** The unit secret as it is printed. */
  readonly secretText: string
}

function keyWrapper({ passphrase, cost }: FolderEnrolment, purpose: CodePurpose): KeyWrapper {
  const unitSecret = newUnitSecret(systemRandom)
  const owner = { id: purpose.who, name: purpose.name }
  const options = { owner, passphrase, unitSecret, argon2id, random: systemRandom }
  return {
    file: async (keys) =>
      writeKeyFile(await wrapKeys({ ...options, keys, ...(cost && { cost: cost.keyFile }) })),
    secretText: writeUnitSecret(unitSecret),
  }
}

function sheet(facts: { name: string; root: Uint8Array; secret: string }): string {
  const root = sha256Hex(facts.root)
  return `印匣 Sealbox：${facts.name}
请打印本页，与口令分开保管，然后删除此文件。
Print this page, keep it apart from the passphrase, then delete this file.

单位密语 unit secret
    ${facts.secret}

根证书指纹 root SHA-256
    ${fingerprintWords(root).hex}
${wordLines(root).join('\n')}
`
}
