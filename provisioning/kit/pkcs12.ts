/**
 * Writes PKCS#12 files (RFC 7292) that today's programs open: a key and its certificate with the chain, for browsers and
 * mail programs at the unit. The structures are pkijs's; the encryption is `pkcs12_protection.ts`, because pkijs draws salts of 64 bytes,
 * which GnuTLS cannot read. Reads no PKCS#12.
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
  PFX,
  PKCS8ShroudedKeyBag,
  SafeBag,
  SafeContents,
} from 'pkijs'
import { sha256 } from '../../ca/path/index.ts'
import type { Random } from '../../ca/random.ts'
import { ProvisioningError } from '../errors.ts'
import { exportPkcs8 } from './keys.ts'
import type { UnitKey } from './keys.ts'
import {
  legacyProtection,
  modernProtection,
  pkcs12Costs,
  type LegacyCrypto,
  type Pkcs12Cost,
  type Protection,
} from './pkcs12_protection.ts'

export { pkcs12Costs, type LegacyCrypto, type Pkcs12Cost } from './pkcs12_protection.ts'

const maxFriendlyNameCharacters = 128
const maxPassphraseCharacters = 512

const id = {
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certBag: '1.2.840.113549.1.12.10.1.3',
} as const

type Bytes = Uint8Array<ArrayBuffer>

/**
 * Writes a PKCS#12 file, DER. `certificate` and `chain` (issuer first, the root may be left out) are DER; the certificate must
 * be of the key, which is not checked here. Any passphrase of up to 512 characters without NUL is taken, also an empty one:
 * how good it must be is for the caller to say. A legacy file is made only of what `legacy` hands in. Throws `PKCS12_REFUSED`.
 */
export async function writePkcs12(options: {
  key: UnitKey
  certificate: Uint8Array
  chain: readonly Uint8Array[]
  /** What programs show in their lists. */
  friendlyName: string
  passphrase: string
  cost?: Pkcs12Cost
  /** For programs that open nothing newer. */
  legacy?: LegacyCrypto | undefined
  random: Random
}): Promise<Bytes> {
  const { key, certificate, chain, friendlyName, passphrase, random, legacy } = options
  const cost = options.cost ?? pkcs12Costs[legacy ? 'legacy' : 'standard']
  checkText(passphrase, friendlyName)
  const attributes = () => bagAttributes(friendlyName, certificate)
  const how = { passphrase, cost, random }
  const protection = legacy ? legacyProtection(how, legacy) : await modernProtection(how)
  const keyBag = new SafeBag({
    bagId: id.shroudedKeyBag,
    bagValue: await shroud(protection, await exportPkcs8(key)),
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
      await encryptedContent(protection, derOf(contents)),
    ],
  })
  return derOf(await authenticate(protection, derOf(safe)))
}

function checkText(passphrase: string, friendlyName: string): void {
  if (passphrase.length > maxPassphraseCharacters || passphrase.includes('\0')) {
    throw new ProvisioningError('PKCS12_REFUSED', 'the passphrase is too long or holds a NUL')
  }
  if (friendlyName.length > maxFriendlyNameCharacters) {
    throw new ProvisioningError('PKCS12_REFUSED', 'the friendly name is too long')
  }
}

async function shroud(protection: Protection, pkcs8: Bytes): Promise<PKCS8ShroudedKeyBag> {
  const { algorithm, encrypted } = await protection.encrypt(pkcs8)
  return new PKCS8ShroudedKeyBag({ encryptionAlgorithm: algorithm, encryptedData: encrypted })
}

async function encryptedContent(protection: Protection, plain: Bytes): Promise<ContentInfo> {
  const { algorithm, encrypted } = await protection.encrypt(plain)
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

/** Password integrity mode (RFC 7292 4): a MAC over the safe. */
async function authenticate(protection: Protection, safe: Bytes): Promise<PFX> {
  const { algorithmId, digest, salt, iterations } = await protection.authenticate(safe)
  return new PFX({
    authSafe: new ContentInfo({
      contentType: ContentInfo.DATA,
      content: new OctetString({ valueHex: safe.buffer }),
    }),
    macData: new MacData({
      mac: new DigestInfo({
        digestAlgorithm: new AlgorithmIdentifier({ algorithmId, algorithmParams: new Null() }),
        digest: new OctetString({ valueHex: digest.buffer }),
      }),
      macSalt: new OctetString({ valueHex: salt.buffer }),
      iterations,
    }),
  })
}

const derOf = (structure: { toSchema(): { toBER(): ArrayBuffer } }): Bytes =>
  new Uint8Array(structure.toSchema().toBER())
