/**
 * A small district made by OpenSSL at test time, the other side of the verifier: root, issuing authority, seal, OCSP and time-stamping
 * certificates; tokens by `openssl ts`, answers by `openssl ocsp`, CRLs by `openssl ca`.
 */
import { execFileSync } from 'node:child_process'
import { createPrivateKey, sign, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256Hex, type Sha256, type Signer } from '../../../ca/index.ts'
import {
  addBaselineEvidence,
  completeSeal,
  prepareSeal,
  sealToBaselineLta,
  type FieldLock,
  type SealMark,
  type SealedPdf,
  type Stamp,
} from '../../../exchange/seal/index.ts'

const extensions = `
[root]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
[issuing]
basicConstraints=critical,CA:TRUE,pathlen:0
keyUsage=critical,keyCertSign,cRLSign
subjectKeyIdentifier=hash
authorityKeyIdentifier=keyid
[seal]
keyUsage=critical,digitalSignature
extendedKeyUsage=1.3.6.1.5.5.7.3.36
authorityKeyIdentifier=keyid
[officer]
keyUsage=critical,digitalSignature
extendedKeyUsage=1.3.6.1.5.5.7.3.36
authorityKeyIdentifier=keyid
certificatePolicies=2.999.91.2.2
[seat]
keyUsage=critical,digitalSignature
extendedKeyUsage=1.3.6.1.5.5.7.3.36
authorityKeyIdentifier=keyid
certificatePolicies=2.999.91.2.1
[client]
keyUsage=critical,digitalSignature
extendedKeyUsage=clientAuth
authorityKeyIdentifier=keyid
[tsa]
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
authorityKeyIdentifier=keyid
2.5.29.56=ASN1:NULL
[open-tsa]
keyUsage=critical,digitalSignature
extendedKeyUsage=critical,timeStamping
authorityKeyIdentifier=keyid
[ocsp]
keyUsage=critical,digitalSignature
extendedKeyUsage=OCSPSigning
1.3.6.1.5.5.7.48.1.5=ASN1:NULL
authorityKeyIdentifier=keyid
`
const tsConfig = `
[tsa]
default_tsa = tsa1
[tsa1]
serial = ./serial.txt
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
`
const caConfig = (database: string) => `
[ca]
default_ca = ca1
[ca1]
database = ${database}
default_md = sha256
default_crl_days = 30
crlnumber = crlnumber.txt
`

/** What a test needs of the district. */
export interface District {
  readonly folder: string
  readonly root: Uint8Array
  readonly issuing: Uint8Array
  readonly certificates: readonly Uint8Array[]
  certificate(name: string): Uint8Array
  signer(name: string): Signer
  readonly stamp: Stamp
  /** Issues one more certificate by a section of the configuration; `cn` is its common name. */
  issue(name: string, section: string, cn?: string): void
  /** How a statement names a certificate that the authority is known to have given. */
  known(name: string): { readonly serial: string; readonly hash: Sha256 }
  /** A stamp by another time-stamping certificate than `tsa`. */
  stampBy(name: string): Stamp
  /** OCSP answer about a leaf; `revoked` makes it a revoked one, since 2020 or the date. */
  ocsp(
    name: string,
    options?: { readonly revoked?: boolean | Date; readonly reason?: string },
  ): Uint8Array
  rootCrl(): Uint8Array
  evidence(name?: string): Promise<{
    certificates: readonly Uint8Array[]
    crls: readonly Uint8Array[]
    ocspResponses: readonly Uint8Array[]
  }>
  remove(): void
}

/** Makes a district with its own names; keys are P-256. */
export function createDistrict(title = 'Test'): District {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-verify-'))
  const run = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
  const file = (name: string) => new Uint8Array(readFileSync(join(folder, name)))
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
  }
  write('ext.cnf', extensions)
  write('ts.cnf', tsConfig)
  write('root-ca.cnf', caConfig('root-index.txt'))
  write('root-index.txt', '')
  write('crlnumber.txt', '01\n')
  write('serial.txt', '01\n')
  let serial = 0x1000
  const issue = (
    name: string,
    issuer: string,
    { section, cn = `${title} ${name}` }: { section: string; cn?: string | undefined },
  ) => {
    const ec = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
    run('genpkey', ...ec, '-out', `${name}.key`)
    const subject = ['-subj', `/C=CN/O=${title}/CN=${cn}`]
    run('req', '-new', '-key', `${name}.key`, ...subject, '-out', `${name}.csr`)
    const by =
      issuer === name
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`]
    run(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-set_serial',
      String(++serial),
      '-days',
      '900',
      '-extfile',
      'ext.cnf',
      '-extensions',
      section,
      '-out',
      `${name}.pem`,
    )
    run('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`)
  }
  issue('root', 'root', { section: 'root' })
  issue('issuing', 'root', { section: 'issuing' })
  for (const name of ['seal', 'client', 'tsa', 'ocsp']) issue(name, 'issuing', { section: name })
  issue('seal2', 'issuing', { section: 'seal' })
  run(
    'ca',
    '-gencrl',
    '-config',
    'root-ca.cnf',
    '-keyfile',
    'root.key',
    '-cert',
    'root.pem',
    '-out',
    'root-crl.pem',
  )
  run('crl', '-in', 'root-crl.pem', '-outform', 'DER', '-out', 'root.crl')
  const certificate = (name: string) => file(`${name}.der`)
  const district: District = {
    folder,
    root: certificate('root'),
    issuing: certificate('issuing'),
    certificates: [certificate('issuing'), certificate('tsa'), certificate('ocsp')],
    certificate,
    signer: (name) => ({
      certificate: certificate(name),
      algorithm: 'ecdsa-p256-sha256',
      sign: (bytes) => {
        const key = createPrivateKey(readFileSync(join(folder, `${name}.key`)))
        return Promise.resolve(new Uint8Array(sign('sha256', bytes, key)))
      },
    }),
    issue: (name, section, cn) => {
      issue(name, 'issuing', { section, cn })
    },
    known: (name) => {
      const { serialNumber } = new X509Certificate(certificate(name))
      return { serial: serialNumber.toLowerCase(), hash: sha256Hex(certificate(name)) }
    },
    stamp: (imprint) => district.stampBy('tsa')(imprint),
    stampBy: (tsa) => (imprint) => {
      const digest = Buffer.from(imprint).toString('hex')
      run('ts', '-query', '-digest', digest, '-sha256', '-cert', '-no_nonce', '-out', 'q.tsq')
      run(
        'ts',
        '-reply',
        '-config',
        'ts.cnf',
        '-queryfile',
        'q.tsq',
        '-signer',
        `${tsa}.pem`,
        '-inkey',
        `${tsa}.key`,
        '-chain',
        'issuing.pem',
        '-token_out',
        '-out',
        't.der',
      )
      return Promise.resolve(file('t.der'))
    },
    ocsp: (name, { revoked = false, reason = 'keyCompromise' } = {}) => {
      const { serialNumber } = new X509Certificate(readFileSync(join(folder, `${name}.pem`)))
      const date = revoked instanceof Date ? indexTime(revoked) : '200101000000Z'
      const state = revoked ? `R\t351231235959Z\t${date},${reason}` : 'V\t351231235959Z\t'
      write('index.txt', `${state}\t${serialNumber}\tunknown\t/CN=x\n`)
      run(
        'ocsp',
        '-index',
        'index.txt',
        '-CA',
        'issuing.pem',
        '-issuer',
        'issuing.pem',
        '-cert',
        `${name}.pem`,
        '-rsigner',
        'ocsp.pem',
        '-rkey',
        'ocsp.key',
        '-ndays',
        '7',
        '-no_nonce',
        '-respout',
        'o.der',
      )
      return file('o.der')
    },
    rootCrl: () => file('root.crl'),
    evidence: (name = 'seal') =>
      Promise.resolve({
        certificates: district.certificates,
        crls: [district.rootCrl()],
        ocspResponses: [district.ocsp(name)],
      }),
    remove: () => {
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return district
}

/** A time as OpenSSL's index has it: YYMMDDHHMMSSZ. */
const indexTime = (date: Date): string =>
  date
    .toISOString()
    .replace(/[-:T]|\.\d+/g, '')
    .slice(2)

/** A list of the root that revokes the issuing authority from then on. */
export function revokingRootCrl(district: District, date: Date): Uint8Array {
  const { folder } = district
  const { serialNumber } = new X509Certificate(district.certificate('issuing'))
  const row = `R\t351231235959Z\t${indexTime(date)},keyCompromise\t${serialNumber}\tunknown\t/CN=x\n`
  const index = join(folder, 'root-index.txt')
  writeFileSync(index, row)
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const by = ['-keyfile', 'root.key', '-cert', 'root.pem']
  run('ca', '-gencrl', '-config', 'root-ca.cnf', ...by, '-out', 'revoking.pem')
  run('crl', '-in', 'revoking.pem', '-outform', 'DER', '-out', 'revoking.crl')
  writeFileSync(index, '')
  return new Uint8Array(readFileSync(join(folder, 'revoking.crl')))
}

/** A page without any text: enough to be sealed. `info` is the inside of an information dictionary. */
export function plainPdf(info = ''): Uint8Array {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R>>',
    '<</Length 28>>\nstream\n0 0 1 rg 100 100 50 50 re f\nendstream',
    `<<${info}>>`,
  ]
  let text = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n'
  const offsets = objects.map((body, at) => {
    const offset = text.length
    text += `${String(at + 1)} 0 obj\n${body}\nendobj\n`
    return offset
  })
  const row = (offset: number) => `${String(offset).padStart(10, '0')} 00000 n \n`
  const xref = text.length
  text += `xref\n0 6\n0000000000 65535 f \n${offsets.map(row).join('')}`
  text += `trailer\n<</Size 6/Root 1 0 R/Info 5 0 R>>\nstartxref\n${String(xref)}\n%%EOF\n`
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** How a test seals. */
export interface SealOptions {
  readonly pdf?: Uint8Array
  readonly by?: string
  readonly level?: 'B-B' | 'B-T' | 'B-LTA'
  readonly stamp?: Stamp
  readonly fieldName?: string
  readonly x?: number
  readonly y?: number
  readonly docMdp?: 1 | 2 | 3
  readonly fieldMdp?: FieldLock
  readonly mark?: SealMark
  readonly evidence?: District['evidence']
}

const plainMark: SealMark = {
  content: new TextEncoder().encode('1 0 0 RG 2 w 4 4 92 92 re S'),
  size: 100,
}

/** Seals by the functions of `exchange/seal`, with OpenSSL's tokens and answers. */
export async function sealPdf(district: District, options: SealOptions = {}): Promise<SealedPdf> {
  const { by = 'seal', level = 'B-LTA', fieldName = 'Seal1', x = 300, y = 300 } = options
  const signer = district.signer(by)
  const { certificate, algorithm } = signer
  const prepared = prepareSeal({
    pdf: options.pdf ?? plainPdf(),
    certificate,
    algorithm,
    mark: options.mark ?? plainMark,
    page: 0,
    centre: { x, y },
    fieldName,
    at: new Date('2026-11-23T08:00:00Z'),
    name: 'Test unit',
    docMdp: options.docMdp ?? 2,
    ...(options.fieldMdp && { fieldMdp: options.fieldMdp }),
  })
  const request = {
    prepared,
    signature: await signer.sign(prepared.attributes),
    algorithm,
    certificate,
    certificates: [certificate, district.issuing],
  }
  if (level === 'B-B') return completeSeal(request)
  const { stamp = district.stamp } = options
  if (level === 'B-T') return completeSeal({ ...request, stamp })
  const evidence = () => (options.evidence ?? district.evidence)(by)
  return sealToBaselineLta({ ...request, stamp, evidence })
}

export { addBaselineEvidence }
