/** How the trust services are now: authorities and their lists, keys and generations, the clock, what ends, who has to act. Reads only. */
import {
  CaError,
  countRevoked,
  readServices,
  sha256Hex,
  type PublishedCrl,
  type Services,
} from '../../../ca/index.ts'
import { readCertificate, readCrl } from '../../../ca/path/index.ts'
import { holders, type EvidenceState, type Role, type WholeOrder } from '../../../exchange/index.ts'
import {
  listEnding,
  listRequests,
  type Ending,
  type ListedRequest,
} from '../../../provisioning/index.ts'
import type { Parts } from '../../types.ts'
import { stateOf } from '../certificates/words.ts'

/** Certificates that are looked at before it is said that there are more. */
const maxCounted = 10_000

/** An authority with its list; its key, and with it the list, may be away. */
export interface AuthorityState {
  readonly key: string
  readonly role: 'root' | 'issuing'
  readonly generation: number
  readonly certificate: Uint8Array
  readonly sha256: string
  readonly crl: PublishedCrl | undefined
  /** How many certificates the list names; with a plus where they were not all counted. */
  readonly entries: string
}

/** Certificates of units and people that end and have no successor yet. */
export interface EndingCounts {
  /** The soonest first. */
  readonly items: readonly Ending[]
  /** Ended within the last month. */
  readonly ended: number
  /** End within that many days from now. */
  readonly in7: number
  readonly in30: number
  readonly in60: number
}

export interface TrustState {
  readonly authorities: readonly AuthorityState[]
  readonly services: Services
  readonly ending: EndingCounts
  readonly requests: readonly ListedRequest[]
  readonly orders: readonly WholeOrder[]
  readonly evidence: EvidenceState
  /** Officers whose log-in certificate is live. */
  readonly officers: number
}

export async function trustState(parts: Parts, now: Date): Promise<TrustState> {
  const [authorities, services, ending, requests, orders, officers, evidence] = await Promise.all([
    authorityStates(parts),
    readServices(parts.journal.views),
    endingCounts(parts),
    listRequests(parts),
    parts.orders.list(),
    liveOfficers(parts, now),
    parts.archive.state(),
  ])
  return { authorities, services, ending, requests, orders, officers, evidence }
}

/** All authorities, the newest first. */
export async function authorityStates({ authority, journal }: Parts): Promise<AuthorityState[]> {
  return Promise.all(
    authority.authorities.toReversed().map(async ({ key, role, generation, certificate }) => {
      const crl = await authority.crl(key).catch(offline)
      return {
        ...{ key, role, generation, certificate, crl },
        sha256: sha256Hex(certificate),
        entries: crl === undefined ? '' : await entriesOf(journal, certificate, crl),
      }
    }),
  )
}

/** A larger list is not read for its number of entries: that is counted in the register instead. */
const maxReadBytes = 64 * 1024

async function entriesOf(
  { views }: Parts['journal'],
  certificate: Uint8Array,
  { crl }: PublishedCrl,
): Promise<string> {
  if (crl.length <= maxReadBytes) return String(readCrl(crl).readEntries().bySerial.size)
  const issuer = readCertificate(certificate).subjectKeyIdentifier ?? ''
  const { count, hasMore } = await countRevoked(views, { issuer, limit: maxCounted })
  return `${String(count)}${hasMore ? '+' : ''}`
}

function offline(error: unknown): undefined {
  if (error instanceof CaError && error.code === 'CA_ISSUER_OFFLINE') return undefined
  throw error
}

export async function endingCounts(parts: Parts): Promise<EndingCounts> {
  const { items } = await listEnding(parts, { limit: maxCounted })
  const count = (...dues: readonly Ending['due'][]): number =>
    items.filter(({ due }) => dues.includes(due)).length
  return { items, ended: count('ended'), in7: count(7), in30: count(7, 30), in60: count(7, 30, 60) }
}

/** Orders that wait for this officer. */
export function ordersFor({ orders }: Pick<TrustState, 'orders'>, holder: string): number {
  return orders.filter(({ state, proposed }) => state === 'proposed' && proposed.holder !== holder)
    .length
}

async function liveOfficers({ directory, authority }: Parts, now: Date): Promise<number> {
  const role: Role = 'officer'
  const people = (await directory.people()).filter((one) => one.active && one.role === role)
  const live = await Promise.all(
    people.map(async ({ id }) => {
      const found = await authority.certificatesOf(holders.person(id))
      return found.some((one) => {
        const state = stateOf(one, now)
        return one.profile === 'officer-client' && (state === 'live' || state === 'ending')
      })
    }),
  )
  return live.filter(Boolean).length
}
