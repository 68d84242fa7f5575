/**
 * Writes PKCS#12 files (RFC 7292) that today's programs open: a key and its certificate with the chain, for browsers and
 * mail programs at the unit. PBES2 with AES-256-CBC and PBKDF2-HMAC-SHA256 (RFC 8018), MAC with SHA-256. WebCrypto only, so
 * that the page can write them too. The structures are pkijs's; the encryption is here, because pkijs draws salts of 64 bytes,
 * which GnuTLS cannot read. Reads no PKCS#12, and writes no legacy profile.
 */
import { BmpString, Null, OctetString } from 'asn1js'
import {
  AlgorithmIdentifier,
  Attribute,
  AuthenticatedSafe,
  CertBag,
  ContentInfo,
  DigestInfo,
  EncryptedContentInfo,
  EncryptedData,
  MacData,
  PBES2Params,
  PBKDF2Params,
  PFX,
  PKCS8ShroudedKeyBag,
  SafeBag,
  SafeContents,
} from 'pkijs'
import { sha256, utf8 } from '../../ca/path/index.ts'
import type { Random } from '../../ca/random.ts'
import { ProvisioningError } from '../errors.ts'
import { exportPkcs8 } from './keys.ts'
import type { UnitKey } from './keys.ts'
import { pkcs12MacKey } from './pkcs12_kdf.ts'

/** How often the passphrase is stretched, for encryption and for the MAC, which would otherwise be the cheaper one to guess at. */
export interface Pkcs12Cost {
  encryptionIterations: number
  macIterations: number
}

/** `fast` is for tests and the demonstration only, never a default. */
export const pkcs12Costs = {
  standard: { encryptionIterations: 600_000, macIterations: 600_000 },
  fast: { encryptionIterations: 1_000, macIterations: 1_000 },
} as const satisfies Record<string, Pkcs12Cost>

/** Beyond 32 bytes GnuTLS 3.7 gives up. */
const saltBytes = 16
const blockBytes = 16
const maxFriendlyNameCharacters = 128
const maxPassphraseCharacters = 512

const id = {
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const

type Bytes = Uint8Array<ArrayBuffer>

/** A PBKDF2 key with what must be told of it; both bags use one, each with an IV of its own. */
interface Encryption {
  key: CryptoKey
  salt: Bytes
  iterations: number
  random: Random
}

/**
 * Writes a PKCS#12 file, DER. `certificate` and `chain` (issuer first, the root may be left out) are DER; the certificate must
 * be of the key, which is not checked here. Any passphrase of up to 512 characters without NUL is taken, also an empty one:
 * how good it must be is for the caller to say. Throws `PKCS12_REFUSED`.
 */
export async function writePkcs12(options: {
  key: UnitKey
  certificate: Uint8Array
  chain: readonly Uint8Array[]
  /** What programs show in their lists. */
  friendlyName: string
  passphrase: string
  cost?: Pkcs12Cost
  random: Random
}): Promise<Bytes> {
  const { key, certificate, chain, friendlyName, passphrase, random } = options
  const cost = options.cost ?? pkcs12Costs.standard
  checkText(passphrase, friendlyName)
  const attributes = () => bagAttributes(friendlyName, certificate)
  const encryption = await stretch(passphrase, cost.encryptionIterations, random)
  const keyBag = new SafeBag({
    bagId: id.shroudedKeyBag,
    bagValue: await shroud(encryption, await exportPkcs8(key)),
    bagAttributes: attributes(),
  })
  const certificateBags = [
    certificateBag(certificate, attributes()),
    ...chain.map((der) => certificateBag(der)),
  ]
  const contents = new SafeContents({ safeBags: certificateBags })
  const safe = new AuthenticatedSafe({
    safeContents: [
      plainContent(new SafeContents({ safeBags: [keyBag] })),
      await encryptedContent(encryption, derOf(contents)),
    ],
  })
  return derOf(await authenticate({ safe: derOf(safe), passphrase, cost, random }))
}

function checkText(passphrase: string, friendlyName: string): void {
  if (passphrase.length > maxPassphraseCharacters || passphrase.includes('\0')) {
    throw new ProvisioningError('PKCS12_REFUSED', 'the passphrase is too long or holds a NUL')
  }
  if (friendlyName.length > maxFriendlyNameCharacters) {
    throw new ProvisioningError('PKCS12_REFUSED', 'the friendly name is too long')
  }
}

/** PBKDF2 over the passphrase in UTF-8 (RFC 8018 5.2). */
async function stretch(
  passphrase: string,
  iterations: number,
  random: Random,
): Promise<Encryption> {
  const salt = new Uint8Array(random(saltBytes))
  const base = await crypto.subtle.importKey(
    'raw',
    new Uint8Array(utf8(passphrase)),
    'PBKDF2',
    false,
    ['deriveKey'],
  )
  const key = await crypto.subtle.deriveKey(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    base,
    { name: 'AES-CBC', length: 256 },
    false,
    ['encrypt'],
  )
  return { key, salt, iterations, random }
}

async function encrypt(
  encryption: Encryption,
  plain: Bytes,
): Promise<{ algorithm: AlgorithmIdentifier; encrypted: OctetString }> {
  const iv = new Uint8Array(encryption.random(blockBytes))
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-CBC', iv }, encryption.key, plain)
  return {
    algorithm: pbes2(encryption, iv),
    encrypted: new OctetString({ valueHex: encrypted }),
  }
}

/** RFC 8018 A.4; the key length is left out, since AES-256 says it. */
function pbes2({ salt, iterations }: Encryption, iv: Bytes): AlgorithmIdentifier {
  const derivation = new PBKDF2Params({
    salt: new OctetString({ valueHex: salt.buffer }),
    iterationCount: iterations,
    prf: new AlgorithmIdentifier({ algorithmId: id.hmacSha256, algorithmParams: new Null() }),
  })
  const params = new PBES2Params({
    keyDerivationFunc: new AlgorithmIdentifier({
      algorithmId: id.pbkdf2,
      algorithmParams: derivation.toSchema(),
    }),
    encryptionScheme: new AlgorithmIdentifier({
      algorithmId: id.aes256Cbc,
      algorithmParams: new OctetString({ valueHex: iv.buffer }),
    }),
  })
  return new AlgorithmIdentifier({ algorithmId: id.pbes2, algorithmParams: params.toSchema() })
}

async function shroud(encryption: Encryption, pkcs8: Bytes): Promise<PKCS8ShroudedKeyBag> {
  const { algorithm, encrypted } = await encrypt(encryption, pkcs8)
  return new PKCS8ShroudedKeyBag({ encryptionAlgorithm: algorithm, encryptedData: encrypted })
}

async function encryptedContent(encryption: Encryption, plain: Bytes): Promise<ContentInfo> {
  const { algorithm, encrypted } = await encrypt(encryption, plain)
  const encryptedContentInfo = new EncryptedContentInfo({
    contentType: ContentInfo.DATA,
    contentEncryptionAlgorithm: algorithm,
    encryptedContent: encrypted,
    disableSplit: true, // else pkijs writes BER in pieces
  })
  const data = new EncryptedData({ version: 0, encryptedContentInfo })
  return new ContentInfo({ contentType: ContentInfo.ENCRYPTED_DATA, content: data.toSchema() })
}

function plainContent(contents: SafeContents): ContentInfo {
  const content = new OctetString({ valueHex: derOf(contents).buffer })
  return new ContentInfo({ contentType: ContentInfo.DATA, content })
}

/** The certificate's bytes go in as they are: re-encoding could break its signature. */
function certificateBag(certificate: Uint8Array, attributes?: Attribute[]): SafeBag<CertBag> {
  const certValue = new OctetString({ valueHex: new Uint8Array(certificate).buffer })
  return new SafeBag({
    bagId: id.certBag,
    bagValue: new CertBag({ certId: id.x509Certificate, certValue }),
    ...(attributes ? { bagAttributes: attributes } : {}),
  })
}

/** The same two on key and certificate, by which programs join them (RFC 7292 4.2, RFC 2985 5.5). */
function bagAttributes(friendlyName: string, certificate: Uint8Array): Attribute[] {
  const localKeyId = new Uint8Array(sha256(certificate))
  return [
    new Attribute({
      type: id.friendlyName,
      values: [new BmpString({ value: friendlyName })],
    }),
    new Attribute({
      type: id.localKeyId,
      values: [new OctetString({ valueHex: localKeyId.buffer })],
    }),
  ]
}

/** Password integrity mode (RFC 7292 4): HMAC-SHA256 over the safe. */
async function authenticate(options: {
  safe: Bytes
  passphrase: string
  cost: Pkcs12Cost
  random: Random
}): Promise<PFX> {
  const { safe, passphrase, cost, random } = options
  const salt = new Uint8Array(random(saltBytes))
  const iterations = cost.macIterations
  const key = await crypto.subtle.importKey(
    'raw',
    pkcs12MacKey({ passphrase, salt, iterations }),
    { name: 'HMAC', hash: 'SHA-256' },
    false,
    ['sign'],
  )
  const digest = await crypto.subtle.sign('HMAC', key, safe)
  return new PFX({
    authSafe: new ContentInfo({
      contentType: ContentInfo.DATA,
      content: new OctetString({ valueHex: safe.buffer }),
    }),
    macData: new MacData({
      mac: new DigestInfo({
        digestAlgorithm: new AlgorithmIdentifier({
          algorithmId: id.sha256,
          algorithmParams: new Null(),
        }),
        digest: new OctetString({ valueHex: digest }),
      }),
      macSalt: new OctetString({ valueHex: salt.buffer }),
      iterations,
    }),
  })
}

const derOf = (structure: { toSchema(): { toBER(): ArrayBuffer } }): Bytes =>
  new Uint8Array(structure.toSchema().toBER())
