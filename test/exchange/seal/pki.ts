/** A small PKI made by openssl for the tests of seals: a root, seal certificates of several units, a time-stamping and an OCSP certificate, a CRL. */
import { execFileSync } from 'node:child_process'
import { constants, createPrivateKey, sign, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createTimeStampAuthority,
  digestOctets,
  signatureSuites,
  systemRandom,
  type SignatureAlgorithm,
  type Signer,
} from '../../../ca/index.ts'
import type { Evidence, Stamp } from '../../../exchange/seal/index.ts'

export interface TestPki {
  readonly folder: string
  readonly root: Uint8Array
  /** PEM file of the root, and one of the time-stamping certificate. */
  readonly rootPem: string
  readonly tsaPem: string
  readonly units: readonly Signer[]
  readonly tsa: Signer
  readonly stamp: Stamp
  readonly evidence: (unit: number) => Promise<Evidence>
}

const config = `
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[unit]
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = 1.3.6.1.5.5.7.3.36
authorityKeyIdentifier = keyid
subjectKeyIdentifier = hash
[tsa]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
2.5.29.56 = ASN1:NULL
[ocsp]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, OCSPSigning
1.3.6.1.5.5.7.48.1.5 = ASN1:NULL
[ca]
database = index.txt
serial = serial
crlnumber = crlnumber
default_md = sha256
default_crl_days = 30
`

/** The suites of the units, in order. */
export const unitSuites: readonly SignatureAlgorithm[] = [
  'ecdsa-p256-sha256',
  'rsa-sha256',
  'ecdsa-p256-sha256',
]

export interface TestPkiOptions {
  /** One unit for each. */
  readonly suites?: readonly SignatureAlgorithm[]
  readonly tsaSuite?: SignatureAlgorithm
}

/** Makes the PKI in a temporary folder; takes about a second, most of it the RSA key. */
export function createTestPki(options: TestPkiOptions = {}): TestPki {
  const { suites = unitSuites, tsaSuite = 'ecdsa-p256-sha256' } = options
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-pki-'))
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  }
  const read = (name: string): Uint8Array => new Uint8Array(readFileSync(join(folder, name)))
  writeFileSync(join(folder, 'openssl.cnf'), config)
  writeFileSync(join(folder, 'index.txt'), '')
  writeFileSync(join(folder, 'crlnumber'), '01')
  newKey(openssl, 'root', 'ecdsa-p256-sha256')
  const shape = ['-config', 'openssl.cnf', '-days', '3650']
  openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    'root.key',
    '-subj',
    '/CN=Test Root',
    '-extensions',
    'root',
    '-out',
    'root.pem',
    ...shape,
  )
  const issue = (name: string, suite: SignatureAlgorithm, section: string): Signer => {
    newKey(openssl, name, suite)
    openssl(
      'req',
      '-x509',
      '-new',
      '-key',
      `${name}.key`,
      '-subj',
      `/CN=Test ${name}`,
      '-extensions',
      section,
      '-CA',
      'root.pem',
      '-CAkey',
      'root.key',
      '-out',
      `${name}.pem`,
      ...shape,
    )
    openssl('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`)
    return signerOf(read(`${name}.der`), read(`${name}.key`), suite)
  }
  openssl('x509', '-in', 'root.pem', '-outform', 'DER', '-out', 'root.der')
  const units = suites.map((suite, index) => issue(`unit${String(index)}`, suite, 'unit'))
  const tsa = issue('tsa', tsaSuite, 'tsa')
  const ocsp = issue('ocsp', 'ecdsa-p256-sha256', 'ocsp')
  openssl(
    'ca',
    '-gencrl',
    '-config',
    'openssl.cnf',
    '-name',
    'ca',
    '-cert',
    'root.pem',
    '-keyfile',
    'root.key',
    '-out',
    'root.crl.pem',
  )
  openssl('crl', '-in', 'root.crl.pem', '-outform', 'DER', '-out', 'root.crl')
  const root = read('root.der')
  const stampKey = { signer: tsa, certificates: [tsa.certificate, root] }
  const authority = createTimeStampAuthority({
    key: () => stampKey,
    record: () => Promise.resolve(),
    clock: { now: () => new Date(), timeSource: 'host', state: 'confirmed' },
    random: systemRandom,
  })
  return {
    folder,
    root,
    rootPem: join(folder, 'root.pem'),
    tsaPem: join(folder, 'tsa.pem'),
    units,
    tsa,
    stamp: (imprint) => authority.stamp(imprint),
    evidence: (unit) =>
      Promise.resolve({
        certificates: [
          root,
          tsa.certificate,
          ocsp.certificate,
          ...units.slice(unit, unit + 1).map(({ certificate }) => certificate),
        ],
        crls: [read('root.crl')],
        ocspResponses: [ocspAnswer(openssl, { folder, read, unit })],
      }),
  }
}

function newKey(
  openssl: (...args: string[]) => void,
  name: string,
  suite: SignatureAlgorithm,
): void {
  const curve = suite === 'ecdsa-p384-sha384' ? 'P-384' : 'P-256'
  const kind = suite.startsWith('rsa')
    ? ['RSA', '-pkeyopt', 'rsa_keygen_bits:3072']
    : ['EC', '-pkeyopt', `ec_paramgen_curve:${curve}`]
  openssl('genpkey', '-out', `${name}.key`, '-algorithm', ...kind)
}

function signerOf(certificate: Uint8Array, pem: Uint8Array, algorithm: SignatureAlgorithm): Signer {
  const { digest, parameters } = signatureSuites[algorithm]
  const privateKey = createPrivateKey(Buffer.from(pem))
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: digestOctets[digest] }
  const key = parameters === 'pss' ? { key: privateKey, ...pss } : privateKey
  return {
    certificate,
    algorithm,
    sign: (bytes) => Promise.resolve(new Uint8Array(sign(digest, bytes, key))),
  }
}

function ocspAnswer(
  openssl: (...args: string[]) => void,
  of: {
    readonly folder: string
    readonly read: (name: string) => Uint8Array
    readonly unit: number
  },
): Uint8Array {
  const { folder, read } = of
  const name = `unit${String(of.unit)}`
  const { serialNumber } = new X509Certificate(read(`${name}.der`))
  writeFileSync(join(folder, 'known.txt'), `V\t351231235959Z\t\t${serialNumber}\tunknown\t/CN=x\n`)
  openssl(
    ...['ocsp', '-issuer', 'root.pem', '-cert', `${name}.pem`, '-no_nonce'],
    ...['-index', 'known.txt', '-rsigner', 'ocsp.pem', '-rkey', 'ocsp.key', '-CA', 'root.pem'],
    ...['-respout', `${name}.ocsp`, '-ndays', '1'],
  )
  return read(`${name}.ocsp`)
}
