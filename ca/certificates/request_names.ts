/**
 * What a certification request says of itself: its names, and the channel that it was made for. Read to be compared with what stands,
 * never to be copied into a certificate (`request.ts`). Pure.
 */
import { equal } from '../bytes.ts'
import { children, readDer, readObjectIdentifier, sequenceOf, type Node } from '../der/read.ts'
import { CaError } from '../errors.ts'
import { oids } from '../oids.ts'
import { readCertificate } from '../path/certificate.ts'
import { readName, sameName, type Name } from '../path/names.ts'

/** PKCS #9 (RFC 2985 5.4.1, 5.4.2). */
const challengePassword = '1.2.840.113549.1.9.7'
const extensionRequest = '1.2.840.113549.1.9.14'

export interface RequestNames {
  readonly subject: Name
  /** Value of the extension (DER) that the request asks for. */
  readonly subjectAltName: Uint8Array | undefined
  /** Text of the challenge password: in EST what the TLS connection was bound by (RFC 7030 3.5). */
  readonly challenge: string | undefined
}

/** Reads a request that `readRequest` took, DER. Throws `CA_REQUEST_MALFORMED`. */
export function readRequestNames(request: Uint8Array): RequestNames {
  try {
    const [information] = sequenceOf(readDer(request), 'CertificationRequest')
    const [, subject, , ...rest] = sequenceOf(information, 'CertificationRequestInfo')
    const attributes = rest.flatMap((node) => (node.tag === 0xa0 ? children(node) : []))
    const values = new Map(attributes.map(attributeOf))
    const asked = values.get(extensionRequest)
    return {
      subject: readName(subject, 'subject'),
      subjectAltName: asked && subjectAltNameIn(asked),
      challenge: textOf(values.get(challengePassword)),
    }
  } catch (cause) {
    throw new CaError('CA_REQUEST_MALFORMED', 'this is no certification request', { cause })
  }
}

/** Whether a request has exactly the subject and alternative names of a certificate (RFC 7030 4.2.2; compared as RFC 5280 7.1). */
export function hasNamesOf(request: Uint8Array, certificate: Uint8Array): boolean {
  const asked = readRequestNames(request)
  const has = readCertificate(certificate)
  const own = has.extensions.get(oids.subjectAltName)?.value
  const isSame =
    own === undefined || asked.subjectAltName === undefined
      ? own === asked.subjectAltName
      : equal(own, asked.subjectAltName)
  return isSame && sameName(asked.subject, has.subject)
}

/** Type and first value of an attribute. */
function attributeOf(node: Node): [string, Node | undefined] {
  const [type, set] = sequenceOf(node, 'attribute')
  return [readObjectIdentifier(type, 'type of attribute'), set && children(set)[0]]
}

function subjectAltNameIn(extensions: Node): Uint8Array | undefined {
  for (const extension of children(extensions)) {
    const [id, ...rest] = sequenceOf(extension, 'extension')
    if (readObjectIdentifier(id, 'extension') === oids.subjectAltName) return rest.at(-1)?.contents
  }
  return undefined
}

function textOf(node: Node | undefined): string | undefined {
  return node && new TextDecoder().decode(node.contents)
}
