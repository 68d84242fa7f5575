/** The authorities of a box as its journal names them: every generation of root and issuing authority, their responders, the links. */
import { fromBase64 } from '../bytes.ts'
import type { Views } from '../journal/types.ts'
import { readCertificate } from '../path/certificate.ts'
import type { ServiceGeneration, Services } from '../services/service.ts'
import type { Signer } from '../signer.ts'
import { holderPrefix, keys, type CertificateRecord } from './keyspace.ts'
import type { AuthorityKey, AuthorityOptions } from './types.ts'

/**
 * What `createAuthority` takes of authorities. `open` gives the signer of a generation, or undefined while its key is not on the box;
 * what it throws comes through.
 */
export async function readAuthorities(options: {
  readonly views: Views
  readonly services: Services
  readonly open: (generation: ServiceGeneration) => Promise<Signer | undefined>
}): Promise<Required<Pick<AuthorityOptions, 'authorities' | 'links'>>> {
  const { views, services, open } = options
  const authorities: AuthorityKey[] = []
  for (const generation of [...services.root, ...services.issuing]) {
    const responder = responderOf(services, generation)
    authorities.push({
      key: generation.key,
      role: generation.role === 'root' ? 'root' : 'issuing',
      generation: generation.generation,
      certificate: generation.certificate,
      signer: await open(generation),
      ocsp: responder && (await open(responder)),
    })
  }
  return { authorities, links: await readLinks(views) }
}

/** The newest responder that this authority certified itself (RFC 6960 4.2.2.2). */
function responderOf(
  { ocsp }: Services,
  { certificate }: ServiceGeneration,
): ServiceGeneration | undefined {
  const { subjectKeyIdentifier } = readCertificate(certificate)
  return ocsp.findLast(
    (responder) =>
      readCertificate(responder.certificate).authorityKeyIdentifier === subjectKeyIdentifier,
  )
}

async function readLinks(views: Views): Promise<Uint8Array[]> {
  const links: Uint8Array[] = []
  const prefix = holderPrefix('box')
  for await (const { key, value } of views.scan(prefix)) {
    if (value !== 'root-link') continue
    const record = await views.get(keys.certificate(key.slice(prefix.length)))
    if (record) links.push(fromBase64((record.value as CertificateRecord).certificate))
  }
  return links
}
