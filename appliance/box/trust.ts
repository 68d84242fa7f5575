/**
 * The trust services of a running box, and their keys by generation: opened at start, and opened anew when a key has followed another,
 * without a restart. Whoever holds `Trust` always finds what serves now.
 */
import {
  boxActor,
  boxKeyNames,
  caKeys,
  createAuthority,
  createTimeStampAuthority,
  createTokenRecorder,
  currentService,
  equal,
  fromBase64,
  readAuthorities,
  readServices,
  urlsBelow,
  type Authority,
  type BoxKeyName,
  type BoxRecord,
  type Clock,
  type Journal,
  type KeyFolder,
  type Random,
  type ServiceGeneration,
  type Services,
  type Signer,
  type TimeStampAuthority,
  type TimeStampKey,
} from '../../ca/index.ts'
import type { BoxFile } from './data_folder.ts'
import { ApplianceError } from '../errors.ts'

export interface TrustParts {
  readonly file: BoxFile
  readonly journal: Journal
  readonly keys: KeyFolder
  readonly clock: Clock
  readonly random: Random
}

/** What the TLS server takes. */
export interface TlsIdentity {
  /** PKCS#8 PEM. */
  readonly key: string
  /** DER; with the root, so that who enrols can compare it with the sheet. */
  readonly certificates: readonly Uint8Array[]
}

export interface Trust {
  /** Of the generations now: each call asks the one that serves. */
  readonly authority: Authority
  readonly timeStamping: TimeStampAuthority
  readonly services: Services
  /** Of the generations that serve now; changes in place. */
  readonly certificates: Readonly<Record<BoxKeyName, Uint8Array>>
  /** Certificates of responders and time-stamping that evidence needs; changes in place. */
  readonly evidence: readonly Uint8Array[]
  readonly journalSigner: Signer
  /** Signer of an authority, undefined while its key is not on the box. */
  authoritySigner(key: string): Signer | undefined
  tls(): Promise<TlsIdentity>
  /** Opens the keys anew after `service.activated`, and tells who listens. */
  reload(): Promise<void>
  /** Does one after the other what makes keys: two at once would write over each other's. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Called after each reload. */
  onReload(listener: () => void): void
}

/** What one reading of the journal opened. */
interface Opened {
  readonly services: Services
  readonly authority: Authority
  readonly authoritySigners: ReadonlyMap<string, Signer | undefined>
  readonly responders: readonly Uint8Array[]
  readonly stamping: TimeStampKey
  readonly journalSigner: Signer
}

/** Opens all keys that are on the box. Throws `DATA_FOLDER_FOREIGN`, and what the journal's views and the keys throw. */
export async function openTrust(parts: TrustParts): Promise<Trust> {
  const { file, journal, keys, clock, random } = parts
  await requireMode(journal, file)
  let opened = await openAll(parts)
  const certificates = currentCertificates(opened.services)
  const evidence = evidenceOf(opened)
  const listeners: (() => void)[] = []
  let last: Promise<unknown> = Promise.resolve()
  let reloaded: Promise<unknown> = Promise.resolve()
  const openAnew = async (): Promise<void> => {
    opened = await openAll(parts)
    Object.assign(certificates, currentCertificates(opened.services))
    evidence.splice(0, evidence.length, ...evidenceOf(opened))
    for (const listener of listeners) listener()
  }
  return {
    // Others keep this object: whatever they ask of it, the authority of now answers.
    authority: new Proxy(opened.authority, {
      get: (_, name) => Reflect.get(opened.authority, name) as unknown,
    }),
    timeStamping: createTimeStampAuthority({
      ...{ key: () => opened.stamping, clock, random },
      record: createTokenRecorder({ journal, actor: boxActor }),
    }),
    get services() {
      return opened.services
    },
    certificates,
    evidence,
    get journalSigner() {
      return opened.journalSigner
    },
    authoritySigner: (key) => opened.authoritySigners.get(key),
    async tls() {
      const { key, certificate } = currentService(opened.services, 'tls')
      const above = leadingToRoots(opened.authority, certificate)
      return { key: await keys.exportPem(key), certificates: [certificate, ...above] }
    },
    reload() {
      // One after the other: of two at once the one that read the journal earlier could bring the old key back.
      const done = reloaded.then(openAnew, openAnew)
      reloaded = done
      return done
    },
    exclusively(work) {
      const done = last.then(work, work)
      last = done
      return done
    },
    onReload(listener) {
      listeners.push(listener)
    },
  }
}

/** The journal says what kind of box this is: `box.json` can be edited, and a trial box lets its first officer in without approval. */
async function requireMode({ views }: Journal, { mode }: BoxFile): Promise<void> {
  const box = (await views.get(caKeys.box))?.value as BoxRecord | undefined
  if (box === undefined || box.mode === mode) return
  throw new ApplianceError('DATA_FOLDER_FOREIGN', 'box.json is not that of this journal: its mode')
}

async function openAll(parts: TrustParts): Promise<Opened> {
  const { file, journal, keys, clock, random } = parts
  const services = await servicesOf(journal, file)
  const open = ({ key, certificate }: ServiceGeneration): Promise<Signer> =>
    keys.open(key, certificate)
  const named = await readAuthorities({
    ...{ views: journal.views, services },
    // The key of a production root is on the box only during a ceremony.
    open: async (one) => (one.role !== 'root' || (await keys.has(one.key)) ? open(one) : undefined),
  })
  const authority = createAuthority({
    ...{ journal, clock, random, urls: urlsBelow(file.pkiUrl) },
    ...named,
  })
  const signer = await open(currentService(services, 'timestamping'))
  const issuer = authority.issuerOf(signer.certificate)
  return {
    ...{ services, authority },
    authoritySigners: new Map(named.authorities.map(({ key, signer: by }) => [key, by])),
    responders: named.authorities.flatMap(({ ocsp }) => (ocsp ? [ocsp.certificate] : [])),
    stamping: {
      signer,
      certificates: [signer.certificate, ...(issuer ? [issuer.certificate] : [])],
    },
    journalSigner: await open(currentService(services, 'journal')),
  }
}

/** What leads from a certificate to every root, the newest root last. */
function leadingToRoots(authority: Authority, certificate: Uint8Array): Uint8Array[] {
  const chain = authority.chainOf(certificate)
  const links = authority.links.filter((link) => !chain.some((one) => equal(one, link)))
  return [...chain.slice(0, -1), ...links, ...chain.slice(-1)]
}

const evidenceOf = ({ responders, stamping }: Opened): Uint8Array[] => [
  ...responders,
  stamping.signer.certificate,
]

/** What serves the box, by the journal; generation 1 of a box made before services were entries by `box.json`. */
export async function servicesOf(
  journal: Pick<Journal, 'views'>,
  file: BoxFile,
): Promise<Services> {
  const services = await readServices(journal.views)
  const activatedAt = new Date(file.createdAt)
  return byRole((role) => {
    if (services[role][0]?.generation === 1) return services[role]
    const certificate = fromBase64(file.certificates[role] ?? '')
    return [{ role, generation: 1, key: role, certificate, activatedAt }, ...services[role]]
  })
}

function currentCertificates(services: Services): Record<BoxKeyName, Uint8Array> {
  return byRole((role) => currentService(services, role).certificate)
}

function byRole<T>(of: (role: BoxKeyName) => T): Record<BoxKeyName, T> {
  return Object.fromEntries(boxKeyNames.map((role) => [role, of(role)])) as Record<BoxKeyName, T>
}
