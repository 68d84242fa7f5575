/** `sealbox enrol`: at the unit (or for an administrator) keys are made, the code is redeemed, and the folder is written. */
import { sha256Hex, systemRandom, toPem, writeWhole } from '../../ca/index.ts'
import {
  fingerprintWords,
  newUnitSecret,
  wrapKeys,
  writeKeyFile,
  writePkcs12,
  writeUnitSecret,
  type UnitSigningKey,
} from '../../provisioning/index.ts'
import { writeFile } from 'node:fs/promises'
import { ApplianceError } from '../errors.ts'
import { argon2id } from '../unit/argon2id.ts'
import { createBoxClient } from '../unit/box_client.ts'
import {
  enrol,
  personCertificates,
  signingKeyOf,
  unitCertificates,
  type Enrolled,
  type EnrolledKey,
  type Waiting,
} from '../unit/enrolment.ts'
import { fetchRoot } from '../unit/root.ts'
import { makeUnitFolder, unitPaths, writeEnrolment } from '../unit/unit_folder.ts'
import { options, required, say, secretFrom } from './options.ts'
import { wordLines } from './word_lines.ts'

const known = {
  box: { type: 'string' },
  code: { type: 'string' },
  'root-fingerprint': { type: 'string' },
  out: { type: 'string' },
  'passphrase-file': { type: 'string' },
} as const

/** Short ones are guessed; the length is what counts. */
const minPassphraseCharacters = 10

export async function run(argv: string[]): Promise<number> {
  const { values } = options(argv, known)
  const url = required(values.box, '--box')
  const code = required(values.code, '--code')
  const out = required(values.out, '--out')
  const root = await fetchRoot(url, required(values['root-fingerprint'], '--root-fingerprint'))
  const passphrase = await secretFrom(
    values['passphrase-file'],
    `口令 (至少 ${String(minPassphraseCharacters)} 个字符) passphrase`,
  )
  if (Array.from(passphrase).length < minPassphraseCharacters) {
    throw new ApplianceError('USAGE', 'the passphrase is too short; nothing was sent')
  }
  makeUnitFolder(out)
  const anonymous = createBoxClient({ url, root: toPem('CERTIFICATE', root), identity: {} })
  const purpose = await anonymous.act<CodePurpose>('/api/v1/requests/acts/look-up', { code })
  const wanted = purpose.role === undefined ? unitCertificates : personCertificates(purpose.role)
  const wrap = keyWrapper({ purpose, passphrase, unitSecret: newUnitSecret(systemRandom) })
  // The box keeps the keys wrapped; what stands here knows their certificates as well.
  const enrolled = await enrol(anonymous, { code, wanted, keyFile: wrap.file, onWaiting })
  anonymous.close()
  await write({ out, url, root, passphrase, purpose, enrolled, wrap })
  report(out, root, enrolled)
  return 0
}

/** What is read to the officer, who compares it with what the box shows. */
function onWaiting({ request, expires }: Waiting): void {
  say('等待安全员批准。请致电安全员，念出以下词语核对；批准前不要关闭本窗口。')
  say('Waiting for a security officer. Telephone them and read these words; leave this open.')
  say('')
  for (const line of wordLines(request)) say(line)
  say('')
  say(`  申请编号 request  ${request}`)
  say(`  有效期至 expires  ${expires}`)
}

/** What the box says a code is for; nothing more than its holder is about to get. */
interface CodePurpose {
  readonly who: string
  readonly name: string
  readonly role?: string
  readonly box: string
  readonly journalCertificate: string
}

async function write(made: {
  readonly out: string
  readonly url: string
  readonly root: Uint8Array
  readonly passphrase: string
  readonly purpose: CodePurpose
  readonly enrolled: Enrolled
  readonly wrap: KeyWrapper
}): Promise<void> {
  const { out, url, root, passphrase, purpose, enrolled, wrap } = made
  const { who, name, role, box, journalCertificate } = purpose
  const paths = unitPaths(out)
  const clients = enrolled.keys.filter(({ profile }) => profile.endsWith('-client'))
  for (const client of clients) {
    const p12 = await writePkcs12({
      key: client.key,
      certificate: client.certificate,
      chain: enrolled.chain,
      passphrase,
      friendlyName: `${name} ${client.seat ?? role ?? ''}`.trim(),
      random: systemRandom,
    })
    await writeFile(paths.p12(seatOf(client)), p12, { mode: 0o600 })
  }
  const signing = enrolled.keys.filter(({ profile }) => !profile.endsWith('-client'))
  await writeFile(paths.keys, await wrap.file(signing.map(signingKeyOf)), { mode: 0o600 })
  await writeWhole(paths.root, toPem('CERTIFICATE', root), 0o644)
  await writeWhole(paths.sheet, sheet({ name, root, secret: wrap.secretText }), 0o600)
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

function seatOf({ seat }: EnrolledKey): string {
  return seat ?? 'self'
}

interface KeyWrapper {
  readonly file: (keys: readonly UnitSigningKey[]) => Promise<Uint8Array>
  /** The unit secret as it is printed. */
  readonly secretText: string
}

function keyWrapper(given: {
  readonly purpose: CodePurpose
  readonly passphrase: string
  readonly unitSecret: Uint8Array
}): KeyWrapper {
  const { purpose, passphrase, unitSecret } = given
  const owner = { id: purpose.who, name: purpose.name }
  return {
    file: async (keys) =>
      writeKeyFile(
        await wrapKeys({ owner, keys, passphrase, unitSecret, argon2id, random: systemRandom }),
      ),
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

function report(out: string, root: Uint8Array, enrolled: Enrolled): void {
  const paths = unitPaths(out)
  say(`已注册：${String(enrolled.keys.length)} 张证书。 Enrolled: certificates issued.`)
  for (const { profile, seat } of enrolled.keys) {
    if (profile.endsWith('-client'))
      say(`  ${paths.p12(seat ?? 'self')}  导入浏览器 for the browser`)
  }
  say(`  ${paths.keys}  签名密钥（已加密）signing keys, wrapped`)
  say(`  ${paths.sheet}  请打印并妥善保管 print it and put it away`)
  say(`  根证书 root ${sha256Hex(root)}`)
}
