/** Keys of the box's services follow one another: by themselves some weeks before they end, or by order of two officers. */
import {
  boxActor,
  CaError,
  currentService,
  isRollOverDue,
  rollOverService,
  urlsBelow,
  type Actor,
  type PreparedCertificate,
  type ServiceRole,
} from '../../ca/index.ts'
import { readCertificate } from '../../ca/path/index.ts'
import type { Log } from '../../web/index.ts'
import type { Trust, TrustParts } from './trust.ts'

/** What follows by itself. A journal key has ten years, and units know it: officers order when another one follows. */
const rolledByItself = ['timestamping', 'tls'] as const

export interface RollOverParts extends TrustParts {
  readonly trust: Trust
}

/** What is due: a role, and for a responder the authority that it answers for. */
interface Due {
  readonly role: ServiceRole
  /** Key name of the issuing authority; the one of now by default. */
  readonly authority?: string
}

/** Entries of a roll-over. Throws `CA_ISSUER_OFFLINE`, and what `rollOverService` throws. */
export function prepareRollOver(
  parts: RollOverParts,
  due: Due & { readonly actor: Actor },
): Promise<PreparedCertificate> {
  return parts.trust.exclusively(() => prepare(parts, due))
}

async function prepare(
  parts: RollOverParts,
  { role, authority, actor }: Due & { readonly actor: Actor },
): Promise<PreparedCertificate> {
  const { trust, file } = parts
  const { services } = trust
  const key = authority ?? currentService(services, 'issuing').key
  const issuer = trust.authoritySigner(key)
  if (!issuer) throw new CaError('CA_ISSUER_OFFLINE', 'the key of the authority is not on the box')
  const root = trust.authority.issuerOf(issuer.certificate)
  const { mode, districtName, hostNames } = file
  const urls = urlsBelow(file.pkiUrl, { root: root?.key ?? 'root', issuing: key })
  return rollOverService(
    { ...parts, urls, box: { mode, districtName, hostNames } },
    { role, generations: services[role], issuer, actor },
  )
}

/** Rolls over what is due now; a failure is logged and tried again. Nothing while the time is not certain: it would stand in the certificates. */
export function rollOverDue(parts: RollOverParts, { log }: { readonly log: Log }): Promise<void> {
  const { trust, journal, clock } = parts
  return trust.exclusively(async () => {
    const at = clock.now()
    if (clock.state === 'held') return
    for (const due of dueNow(trust, at)) {
      try {
        const { entries, expect } = await prepare(parts, { ...due, actor: boxActor })
        await journal.commit({ entries, expect })
        // Crash here: the next start opens the new key.
        await trust.reload()
        log.info({ role: due.role }, 'another key serves: the old one was near its end')
      } catch (error) {
        log.error({ err: String(error), role: due.role }, 'no new key could be made; trying again')
      }
    }
  })
}

function dueNow(trust: Trust, at: Date): Due[] {
  const { services, authority } = trust
  const ended = rolledByItself.filter((role) =>
    isRollOverDue(currentService(services, role).certificate, at),
  )
  // An authority that has ended, or whose key is away, certifies no responder any more.
  const responders = authority.authorities.flatMap(({ key, certificate }) => {
    const { notAfter, subjectKeyIdentifier } = readCertificate(certificate)
    if (trust.authoritySigner(key) === undefined || notAfter < at) return []
    const responder = services.ocsp.findLast(
      (one) => readCertificate(one.certificate).authorityKeyIdentifier === subjectKeyIdentifier,
    )
    return responder && isRollOverDue(responder.certificate, at) ? [key] : []
  })
  return [
    ...ended.map((role) => ({ role })),
    ...responders.map((key) => ({ role: 'ocsp' as const, authority: key })),
  ]
}
