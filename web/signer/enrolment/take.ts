/** Taking what was issued: do the certificates fit the keys and the compared root, and the files that leave the browser. */
import {
  equal,
  fromBase64,
  readCertificate,
  sha256Hex,
  validatePath,
} from '../../../ca/path/index.ts'
import {
  importUnitKey,
  openKeyFile,
  personSeat,
  writePkcs12,
  type UnitKey,
} from '../../../provisioning/kit/index.ts'
import { argon2id } from '../argon2id.ts'
import { browserRandom } from '../random.ts'
import { writeUnitFile } from '../unit_file.ts'
import { isLogin } from './make.ts'
import type { Issued, Pending } from './pending.ts'

/**
 * Whether each request has a certificate of its very key, all of them and the journal's lead to the root that was compared, and
 * nothing else is handed out. Judged at the moment from which all of them are good, so that a computer whose clock is off takes
 * them too.
 */
export async function fits(
  pending: Pick<Pending, 'root' | 'requests' | 'box'>,
  issued: Issued,
): Promise<boolean> {
  const chain = issued.chain.map(fromBase64)
  const root = fromBase64(pending.root)
  const last = chain.at(-1)
  if (last === undefined || !equal(last, root)) return false
  if (issued.certificates.length !== pending.requests.length) return false
  const own = pending.requests.map((asked) => certificateFor(issued, asked))
  const fit = own.map(
    (der, at) =>
      der !== undefined &&
      equal(readCertificate(der).publicKey, fromBase64(pending.requests[at]?.publicKey ?? '')),
  )
  if (fit.includes(false)) return false
  const journal = fromBase64(pending.box.journalCertificate)
  const targets = [...own.flatMap((der) => der ?? []), journal]
  const begins = [...targets, ...chain].map((der) => readCertificate(der).notBefore.getTime())
  const at = new Date(Math.max(...begins))
  const reports = await Promise.all(
    targets.map((target) =>
      validatePath({
        target,
        intermediates: chain.slice(0, -1),
        anchors: [root],
        crls: [],
        at,
        revocation: 'none',
      }),
    ),
  )
  return reports.every(({ valid }) => valid)
}

/** A log-in certificate as it is imported: its key, for the person of this seat. */
export interface Login {
  readonly seat: string | undefined
  readonly key: UnitKey
}

/** The log-in keys out of their wrapped file; throws `KEY_FILE_LOCKED` for another passphrase. */
export async function openLogins(
  pending: Pick<Pending, 'loginFile'>,
  passphrase: string,
  unitSecret: Uint8Array,
): Promise<Login[]> {
  const opened = await openKeyFile(pending.loginFile, { passphrase, unitSecret, argon2id })
  return Promise.all(
    opened.map(async ({ seat, pkcs8 }) => ({
      seat: seat === personSeat ? undefined : seat,
      key: await importUnitKey(pkcs8),
    })),
  )
}

/** The PKCS#12 of one log-in. */
export function pkcs12Of(
  pending: Pick<Pending, 'requests' | 'name'>,
  issued: Issued,
  { login, passphrase }: { readonly login: Login; readonly passphrase: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const { seat, key } = login
  const asked = pending.requests.find((one) => isLogin(one) && one.seat === seat)
  const certificate = asked && certificateFor(issued, asked)
  if (certificate === undefined) throw new TypeError('a log-in without its certificate')
  return writePkcs12({
    key,
    certificate,
    chain: issued.chain.slice(0, -1).map(fromBase64),
    friendlyName: seat === undefined ? pending.name : `${pending.name} ${seat}`,
    passphrase,
    random: browserRandom,
  })
}

/** The unit file for the stick: signing certificates only, no log-in. */
export function unitFileOf(
  pending: Pick<Pending, 'requests' | 'box' | 'keyFile'>,
  issued: Issued,
  url: string,
): Uint8Array<ArrayBuffer> {
  const signing = pending.requests.filter((one) => !isLogin(one))
  return writeUnitFile({
    box: { ...pending.box, url },
    keyFile: pending.keyFile,
    certificates: signing.flatMap((asked) => certificateFor(issued, asked) ?? []),
    chain: issued.chain.map(fromBase64),
  })
}

/** SHA-256 of the root that was compared, hexadecimal. */
export const rootOf = (pending: Pick<Pending, 'root'>): string =>
  sha256Hex(fromBase64(pending.root))

function certificateFor(
  issued: Issued,
  { profile, seat }: { readonly profile: string; readonly seat?: string },
): Uint8Array | undefined {
  const found = issued.certificates.find((one) => one.profile === profile && one.seat === seat)
  return found && fromBase64(found.certificate)
}
