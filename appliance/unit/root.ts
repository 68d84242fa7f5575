/** Fetches the box's root without trusting the line: only a root whose SHA-256 was read from paper is taken. */
import { connect } from 'node:tls'
import { sha256Hex } from '../../ca/index.ts'
import { ApplianceError } from '../errors.ts'
import { otherRootWords } from './box_client.ts'

/** The root certificate (DER) that the box at `url` presents, if its SHA-256 is `fingerprint` (hexadecimal, blanks allowed). */
export async function fetchRoot(url: string, fingerprint: string): Promise<Uint8Array> {
  const wanted = fingerprint.replace(/[\s:]/g, '').toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(wanted)) {
    throw new ApplianceError('USAGE', 'the fingerprint is 64 hexadecimal digits, as on the sheet')
  }
  const root = await presentedRoot(new URL(url))
  const found = sha256Hex(root)
  if (found === wanted) return root
  throw new ApplianceError(
    'ROOT_DIFFERS',
    `${otherRootWords} 未提交任何内容。 Nothing was sent; else ask the security officer.`,
    { details: { sheet: wanted, presented: found } },
  )
}

const timeoutMs = 20_000

function presentedRoot({ hostname, port }: URL): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const socket = connect(
      // Nothing is believed of this connection but the bytes of the root, which are compared.
      {
        host: hostname,
        port: Number(port || '443'),
        rejectUnauthorized: false,
        timeout: timeoutMs,
      },
      () => {
        let certificate = socket.getPeerCertificate(true)
        while (
          'issuerCertificate' in certificate &&
          certificate.issuerCertificate.fingerprint256 !== certificate.fingerprint256
        ) {
          certificate = certificate.issuerCertificate
        }
        socket.destroy()
        resolve(new Uint8Array(certificate.raw))
      },
    )
    socket.on('timeout', () => socket.destroy(new Error('no answer in time')))
    socket.on('error', (error: Error) => {
      reject(
        new ApplianceError('BOX_UNREACHABLE', `${hostname}: ${error.message}`, { cause: error }),
      )
    })
  })
}
