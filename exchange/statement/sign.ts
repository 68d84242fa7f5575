/** What the signer of a statement signs: the signed attributes of detached CMS over its canonical bytes. Pure. */
import { sha256, signedAttributes } from '../../ca/path/index.ts'
import { statementBytes, type Statement } from './types.ts'

/**
 * DER of the signed attributes (RFC 5652 5.4) for this statement and signing certificate. Both sides compute it, so only
 * the raw signature travels.
 */
export function statementAttributes(statement: Statement, certificate: Uint8Array): Uint8Array {
  return signedAttributes({ certificate, digest: sha256(statementBytes(statement)) })
}
