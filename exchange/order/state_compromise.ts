/**
 * The grave act `state-compromise`: two officers state since when a key is in other hands. The statement is their order itself;
 * whoever verifies documents is handed it with both signatures (`docs/formats/compromise.md`).
 */
import {
  CaError,
  readServices,
  sha256Hex,
  type Authority,
  type CertificateState,
  type Clock,
  type Fold,
  type Journal,
  type Sha256,
} from '../../ca/index.ts'
import { ExchangeError } from '../errors.ts'
import { keys } from '../keyspace.ts'
import { knownId } from '../verify/evidence/compromise.ts'
import type { Known, OrderOf } from './acts.ts'
import type { GraveAct } from './desk.ts'
import { knownOf } from './known.ts'

/** Data of `compromise.stated`, and its view. */
export type CompromiseStated = {
  /** The order, which is the statement. */
  readonly order: Sha256
  readonly certificate: Sha256
  readonly from: string
  readonly to: string | null
  /** How many tokens stay trusted; null of a key that stamps nothing. */
  readonly serials: number | null
}

/** Throws `CA_CERTIFICATE_UNKNOWN`, `CA_TIME_UNAVAILABLE`, `ORDER_KEY_IN_USE`, `STATEMENT_MISMATCH` naming the field. */
export function stateCompromise(parts: {
  readonly journal: Journal
  readonly authority: Authority
  readonly clock: Clock
}): GraveAct<'state-compromise'> {
  const check = async (order: OrderOf<'state-compromise'>): Promise<void> => {
    const found = await parts.authority.certificate(order.certificate)
    if (found === undefined) throw new CaError('CA_CERTIFICATE_UNKNOWN', 'no such certificate')
    const now = parts.clock.now()
    // Without time stamps nobody would honour it (docs/formats/compromise.md).
    if (parts.clock.state !== 'confirmed') {
      throw new CaError('CA_TIME_UNAVAILABLE', 'nothing is stamped while the time is not certain')
    }
    if (new Date(order.from) > now) throw mismatch('from')
    if (order.to !== null && order.to < order.from) throw mismatch('to')
    // A list for a key that has none, or none for one that has, would be read as something else than was meant.
    const hasList = found.profile === 'timestamping' || found.profile === 'issuing'
    if (hasList !== (order.serials !== null)) throw mismatch('serials')
    if (!(await areKnown(parts, found, order.serials ?? []))) throw mismatch('serials')
    const { timestamping } = await readServices(parts.journal.views)
    const current = timestamping.at(-1)
    if (current && sha256Hex(current.certificate) === order.certificate) {
      // Stamped by the very key that it takes away, the statement would prove nothing.
      throw new ExchangeError('ORDER_KEY_IN_USE', 'this key stamps now; roll it over first', {
        details: { certificate: order.certificate },
      })
    }
  }
  return {
    check,
    prepare: async (params, { order, actor }) => {
      await check(params)
      const { certificate, from, to, serials } = params
      const data: CompromiseStated = {
        ...{ order, certificate, from, to },
        serials: serials?.length ?? null,
      }
      const subject = `certificate:${certificate}`
      return { entries: [{ type: 'compromise.stated', actor, subject, data }], expect: [] }
    },
  }
}

/**
 * Nobody reads thousands of hashes before signing: what the journal does not know was made by who stole the key, and is not kept
 * trusted by a line that was slipped in.
 */
async function areKnown(
  parts: { readonly journal: Journal; readonly authority: Authority },
  certificate: CertificateState,
  listed: readonly Known[],
): Promise<boolean> {
  if (listed.length === 0) return true
  const known = (await knownOf(parts, certificate, new Date(0))) ?? []
  const names = new Set(known.map(({ serial, hash }) => knownId(serial, hash)))
  return listed.every(({ serial, hash }) => names.has(knownId(serial, hash)))
}

/** Keeps each statement by its order. Pure. */
export const compromiseFolds: readonly Fold[] = [
  {
    type: 'compromise.stated',
    reads: () => [],
    apply: (entry) => [
      { key: keys.compromise((entry.data as CompromiseStated).order), value: entry.data },
    ],
  },
]

function mismatch(field: keyof OrderOf<'state-compromise'>): ExchangeError {
  return new ExchangeError('STATEMENT_MISMATCH', `the order's ${field} cannot be`, {
    details: { field: `order.${field}` },
  })
}
