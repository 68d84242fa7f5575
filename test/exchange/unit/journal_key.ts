/** A journal key with its certificate, made by openssl in a temporary folder. Test support. */
import { execFileSync } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signerOf, type Signer } from '../../../ca/index.ts'

function make(): { readonly der: Uint8Array; readonly signer: Signer } {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-journal-key-'))
  try {
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.der')]
    const request = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-subj', '/CN=journal']
    execFileSync('openssl', [...request, '-keyout', key, '-outform', 'DER', '-out', certificate], {
      stdio: 'ignore',
    })
    const der = new Uint8Array(readFileSync(certificate))
    return { der, signer: signerOf(createPrivateKey(readFileSync(key)), der) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const journalCertificate = make()
