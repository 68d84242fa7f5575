/** Seals whose CMS is put together by hand, part by part, so that each part can be wrong by itself: the other side of the verifier. */
import { execFileSync } from 'node:child_process'
import { constants, createHash, createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { children, concat, der, oids, readCertificate, readDer } from '../../../ca/path/index.ts'
import { fillContents } from '../../../exchange/pdf/index.ts'
import { prepareSeal } from '../../../exchange/seal/index.ts'
import { plainPdf, type District } from './openssl_district.ts'

/** A certificate of the district for a key of any kind; `genpkey` are OpenSSL's words for it. */
export function issueFor(district: District, name: string, genpkey: readonly string[]): void {
  const run = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: district.folder, stdio: ['ignore', 'pipe', 'pipe'] })
  run('genpkey', '-out', `${name}.key`, ...genpkey)
  run('req', '-new', '-key', `${name}.key`, '-subj', `/C=CN/O=Test/CN=${name}`, '-out', 'any.csr')
  const by = ['-CA', 'issuing.pem', '-CAkey', 'issuing.key', '-sha256', '-days', '900']
  const shape = ['-extfile', 'ext.cnf', '-extensions', 'seal', '-out', `${name}.pem`]
  const serial = `0x${createHash('sha256').update(name).digest('hex').slice(0, 12)}`
  run('x509', '-req', '-in', 'any.csr', '-set_serial', serial, ...by, ...shape)
  run('x509', '-in', `${name}.pem`, '-outform', 'DER', '-out', `${name}.der`)
}

export type Hash = 'sha1' | 'sha256' | 'sha384' | 'sha512'

const hashOids: Readonly<Record<Hash, string>> = {
  sha1: oids.sha1,
  sha256: oids.sha256,
  sha384: oids.sha384,
  sha512: oids.sha512,
}

/** Signature AlgorithmIdentifiers by kind of key. */
const signatureOids = {
  ecdsa: {
    sha1: '1.2.840.10045.4.1',
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha512: '1.2.840.10045.4.3.4',
  },
  rsa: {
    sha1: '1.2.840.113549.1.1.5',
    sha256: '1.2.840.113549.1.1.11',
    sha384: '1.2.840.113549.1.1.12',
    sha512: '1.2.840.113549.1.1.13',
  },
} as const

export const attribute = (type: string, ...values: Uint8Array[]): Uint8Array =>
  der.sequence(der.objectIdentifier(type), der.setOf(...values))

/** How a seal is forged; what is left out is as it must be. */
export interface Forgery {
  readonly by?: string
  readonly kind?: 'ecdsa' | 'rsa' | 'pss' | 'ed25519'
  readonly hash?: Hash
  /** Signed attributes from the right ones: content type, digest, signing-certificate-v2. */
  readonly attributes?: (right: readonly Uint8Array[]) => readonly Uint8Array[]
  /** What becomes of the prepared file, at the same length. */
  readonly file?: (text: string) => string
  /** Whether attributes stand as they are given. */
  readonly unsorted?: boolean
  /** Signed over the content alone. */
  readonly bare?: boolean
  readonly unsigned?: (signature: Uint8Array) => Promise<readonly Uint8Array[]>
  readonly certificates?: readonly Uint8Array[]
  /** Signer infos from the right one. */
  readonly signers?: (right: Uint8Array) => readonly Uint8Array[]
  readonly embedded?: Uint8Array
  /** As `adbe.pkcs7.sha1` has it: what is signed is the SHA-1 of the content, or of these octets. */
  readonly sha1Inside?: boolean | Uint8Array
  /** What becomes of the whole CMS. */
  readonly cms?: (right: Uint8Array) => Uint8Array
}

/** A PDF with a seal by hand, of level B-B. */
export async function forgeSeal(district: District, forgery: Forgery = {}): Promise<Uint8Array> {
  const { by = 'seal' } = forgery
  const certificate = district.certificate(by)
  const prepared = prepareSeal({
    pdf: plainPdf(),
    certificate,
    algorithm: 'ecdsa-p256-sha256',
    mark: { content: new TextEncoder().encode('1 0 0 RG 2 w 4 4 92 92 re S'), size: 100 },
    page: 0,
    centre: { x: 300, y: 300 },
    fieldName: 'Seal1',
    at: new Date('2026-11-23T08:00:00Z'),
    name: 'Test unit',
    docMdp: 2,
    contentsBytes: 40_000,
  })
  const { contentsAt, contentsBytes } = prepared
  const text = Buffer.from(prepared.pdf).toString('latin1')
  const { file = forgery.sha1Inside ? withOldFormat : (same: string) => same } = forgery
  const pdf = new Uint8Array(Buffer.from(file(text), 'latin1'))
  const covered = concat(
    pdf.subarray(0, contentsAt),
    pdf.subarray(contentsAt + contentsBytes * 2 + 2),
  )
  const { sha1Inside } = forgery
  const inside = new Uint8Array(
    createHash('sha1')
      .update(sha1Inside instanceof Uint8Array ? sha1Inside : covered)
      .digest(),
  )
  const cms = sha1Inside
    ? await cmsOver(district, inside, { ...forgery, embedded: inside })
    : await cmsOver(district, covered, forgery)
  return fillContents({ pdf, cms: forgery.cms?.(cms) ?? cms, placeholder: prepared })
}

/** Under the name of the old format. */
const withOldFormat = (text: string): string =>
  text.replaceAll('/ETSI.CAdES.detached', '/adbe.pkcs7.sha1'.padEnd(20))

async function cmsOver(
  district: District,
  content: Uint8Array,
  forgery: Forgery,
): Promise<Uint8Array> {
  const { by = 'seal', hash = 'sha256', kind = 'ecdsa' } = forgery
  const certificate = district.certificate(by)
  const digestAlgorithm = der.sequence(der.objectIdentifier(hashOids[hash]))
  const right = [
    attribute(oids.contentType, der.objectIdentifier(oids.data)),
    attribute(oids.messageDigest, der.octetString(createHash(hash).update(content).digest())),
    boundTo(certificate),
  ]
  const attributes = forgery.attributes?.(right) ?? right
  const set = forgery.unsorted ? der.element(0x31, ...attributes) : der.setOf(...attributes)
  const key = createPrivateKey(readFileSync(join(district.folder, `${by}.key`)))
  const data = forgery.bare ? content : set
  const signature = new Uint8Array(
    sign(kind === 'ed25519' ? null : hash, data, kind === 'pss' ? pssOf(key) : key),
  )
  const read = readCertificate(certificate)
  const unsigned = (await forgery.unsigned?.(signature)) ?? []
  const signer = der.sequence(
    der.integer(1),
    der.sequence(read.issuer.raw, der.integer(Buffer.from(read.serialNumber, 'hex'))),
    digestAlgorithm,
    ...(forgery.bare ? [] : [implicitSet(0xa0, set)]),
    algorithmOf(kind, hash),
    der.octetString(signature),
    ...(unsigned.length > 0 ? [implicitSet(0xa1, der.setOf(...unsigned))] : []),
  )
  const certificates = forgery.certificates ?? [certificate, district.issuing]
  return der.sequence(
    der.objectIdentifier(oids.signedData),
    der.explicit(
      0,
      der.sequence(
        der.integer(1),
        der.setOf(digestAlgorithm),
        der.sequence(
          der.objectIdentifier(oids.data),
          ...(forgery.embedded ? [der.explicit(0, der.octetString(forgery.embedded))] : []),
        ),
        implicitSet(0xa0, der.setOf(...certificates)),
        der.setOf(...(forgery.signers?.(signer) ?? [signer])),
      ),
    ),
  )
}

function boundTo(certificate: Uint8Array): Uint8Array {
  const digest = der.octetString(createHash('sha256').update(certificate).digest())
  const id = der.sequence(der.sequence(der.sequence(digest)))
  return attribute(oids.signingCertificateV2, id)
}

function implicitSet(tag: number, set: Uint8Array): Uint8Array {
  return der.element(tag, ...children(readDer(set)).map(({ raw }) => raw))
}

const pssOf = (key: ReturnType<typeof createPrivateKey>) => ({
  key,
  padding: constants.RSA_PKCS1_PSS_PADDING,
  saltLength: 32,
})

function algorithmOf(kind: NonNullable<Forgery['kind']>, hash: Hash): Uint8Array {
  if (kind === 'ed25519') return der.sequence(der.objectIdentifier(oids.ed25519))
  if (kind === 'ecdsa') return der.sequence(der.objectIdentifier(signatureOids.ecdsa[hash]))
  if (kind === 'rsa') {
    return der.sequence(der.objectIdentifier(signatureOids.rsa[hash]), der.nullValue)
  }
  const hashed = der.sequence(der.objectIdentifier(hashOids[hash]))
  const mask = der.sequence(der.objectIdentifier('1.2.840.113549.1.1.8'), hashed)
  const parameters = der.sequence(
    der.explicit(0, hashed),
    der.explicit(1, mask),
    der.explicit(2, der.integer(32)),
  )
  return der.sequence(der.objectIdentifier('1.2.840.113549.1.1.10'), parameters)
}
