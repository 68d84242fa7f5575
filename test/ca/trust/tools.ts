/** The tools that know certificates, lists and purposes, asked in one way: each answers in words, never by its exit status alone. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { oids } from '../../../ca/index.ts'
import { pem, tool, type TestDistrict } from './district.ts'

/** What a tool made of a certificate for a purpose at a time. */
export interface Answer {
  readonly accepted: boolean
  /** What it said, for when a test fails. */
  readonly said: string
}

export interface Asked {
  readonly certificate: Uint8Array
  /** Days from now; with another day no lists are asked, as those would be old. */
  readonly inDays?: number
}

/** Files that all tools share: roots, issuing authority, lists. */
export interface ToolFolder {
  readonly district: TestDistrict
  readonly root: string
  readonly issuing: string
  readonly lists: string
  /** NSS store with roots and lists. */
  readonly nss: string
}

/** Writes what the tools read; the lists are those of now. */
export async function prepareTools(district: TestDistrict): Promise<ToolFolder> {
  const { certificates, authority } = district
  const names = ['root', 'issuing'] as const
  const lists = await Promise.all(names.map(async (name) => (await authority.crl(name)).crl))
  const nss = join(district.directory, 'nss')
  await mkdir(nss)
  const db = `sql:${nss}`
  await tool('certutil', '-d', db, '-N', '--empty-password')
  for (const [at, name] of names.entries()) {
    const trust = name === 'root' ? 'CT,C,C' : ',,'
    const file = await district.file(`${name}.der`, certificates[name])
    await tool('certutil', '-d', db, '-A', '-n', name, '-t', trust, '-i', file)
    const list = await district.file(`${name}.crl`, lists[at] ?? new Uint8Array())
    await tool('crlutil', '-d', db, '-I', '-i', list, '-t', '1')
  }
  return {
    district,
    root: await district.file('root.pem', pem('CERTIFICATE', certificates.root)),
    issuing: await district.file('issuing.pem', pem('CERTIFICATE', certificates.issuing)),
    lists: await district.file('lists.pem', pem('X509 CRL', ...lists)),
    nss,
  }
}

let files = 0

/** `openssl verify -x509_strict` with `-purpose`. */
export async function askOpenssl(
  folder: ToolFolder,
  purpose: string,
  { certificate, inDays }: Asked,
  ...more: readonly string[]
): Promise<Answer> {
  const file = await folder.district.file(`${String(files++)}.pem`, pem('CERTIFICATE', certificate))
  const at = String(Math.floor(Date.now() / 1000) + (inDays ?? 0) * 86_400)
  const when = inDays === undefined ? ['-crl_check_all', '-CRLfile', folder.lists] : ['-attime', at]
  const { output } = await tool(
    'openssl',
    ...['verify', '-x509_strict', '-policy_check', '-purpose', purpose, ...when, ...more],
    ...['-CAfile', folder.root, '-untrusted', folder.issuing, file],
  )
  return { accepted: output.includes(`${file}: OK`), said: output }
}

/** `certtool --verify` with `--verify-purpose`. */
export async function askCerttool(
  folder: ToolFolder,
  purpose: string,
  { certificate, inDays }: Asked,
  ...more: readonly string[]
): Promise<Answer> {
  const chain = pem('CERTIFICATE', certificate, folder.district.certificates.issuing)
  const file = await folder.district.file(`${String(files++)}.pem`, chain)
  const lists = inDays === undefined ? ['--load-crl', folder.lists] : []
  const command = [
    ...['certtool', '--verify', '--verify-purpose', purpose, ...more],
    ...['--load-ca-certificate', folder.root, ...lists, '--infile', file],
  ]
  const { output } = await at(inDays, command)
  const accepted = output.includes(
    'Chain verification output: Verified. The certificate is trusted.',
  )
  return { accepted, said: output.slice(-400) }
}

/** `vfychain -u`. */
export async function askNss(
  folder: ToolFolder,
  usage: string,
  { certificate, inDays }: Asked,
): Promise<Answer> {
  const file = await folder.district.file(`${String(files++)}.der`, certificate)
  const { output } = await at(inDays, ['vfychain', '-d', `sql:${folder.nss}`, '-u', usage, file])
  return { accepted: output.includes('Chain is good!'), said: output }
}

/** Runs a command as if it were so many days later. */
function at(inDays: number | undefined, [command = '', ...args]: readonly string[]) {
  return inDays === undefined
    ? tool(command, ...args)
    : tool('faketime', `+${String(inDays)} days`, command, ...args)
}

/** Purposes by the names that each tool has for them; `none`: it knows no such purpose. */
export interface PurposeNames {
  readonly openssl: string
  readonly certtool: string
  readonly nss: '0' | '1' | '10' | 'none'
}

const signing = { openssl: 'any', certtool: oids.documentSigning, nss: 'none' } as const
const client = { openssl: 'sslclient', certtool: oids.clientAuth, nss: '0' } as const

export const purposeNames = {
  server: { openssl: 'sslserver', certtool: oids.serverAuth, nss: '1' },
  client,
  signing,
  // OpenSSL's `ocsphelper` accepts any certificate, so the responder is held to answers that it signed.
  ocsp: { openssl: 'any', certtool: oids.ocspSigning, nss: '10' },
  timestamping: { openssl: 'timestampsign', certtool: oids.timeStamping, nss: 'none' },
  journal: { openssl: 'any', certtool: oids.journalSigning, nss: 'none' },
} as const satisfies Record<string, PurposeNames>
