/**
 * Where a box is found: host names for its TLS certificate, and the address of its trust services for the certificates that it issues.
 * First boot wrote them into `box.json`; once the box has moved, the journal says them (`box.rehosted`), and `box.json` follows. Pure.
 */
import type { Actor, EntryDraft, Expectation, Fold, Views } from '../../ca/index.ts'
import { maxHostNames } from '../../exchange/index.ts'
import { ApplianceError } from '../errors.ts'

/** Value of the view, and data of the entry beside `before`. */
export interface Addresses {
  /** The first is the box's own; the others are what it is called besides. */
  readonly hostNames: readonly string[]
  /** `http://host:port`. */
  readonly pkiUrl: string
}

const viewKey = 'box/addresses'

const rehosted: Fold = {
  type: 'box.rehosted',
  reads: () => [],
  apply: ({ data }) => {
    const { hostNames, pkiUrl } = data as unknown as Addresses
    return [{ key: viewKey, value: { hostNames: [...hostNames], pkiUrl } }]
  },
}

export const addressFolds: readonly Fold[] = [rehosted]

/** Since the last move; undefined for a box that never moved. */
export async function movedTo(views: Views): Promise<Addresses | undefined> {
  return (await views.get(viewKey))?.value as unknown as Addresses | undefined
}

/** What a move expects: that nobody moved the box meanwhile. */
export async function addressesExpected(views: Views): Promise<Expectation> {
  return { key: viewKey, version: (await views.get(viewKey))?.version ?? null }
}

export function rehostedEntry(of: {
  readonly to: Addresses
  readonly before: Addresses
  readonly actor: Actor
}): EntryDraft {
  const { to, before, actor } = of
  const plain = ({ hostNames, pkiUrl }: Addresses) => ({ hostNames: [...hostNames], pkiUrl })
  return {
    ...{ type: 'box.rehosted', actor, subject: 'box' },
    data: { ...plain(to), before: plain(before) },
  }
}

/** By these a box is reached on its own machine. */
const loopback = ['localhost', '127.0.0.1', '::1']

/**
 * The addresses after a move. Old names stay in the TLS certificate, so that who knows the box by one of them still reaches it, unless
 * `dropOld`. Throws `USAGE` where that are too many.
 */
export function addressesAfter(
  before: Addresses,
  wanted: {
    readonly host: string
    readonly also?: readonly string[] | undefined
    readonly pkiUrl?: string | undefined
    readonly dropOld?: boolean | undefined
  },
): Addresses {
  const { host, also = [], dropOld = false } = wanted
  const old = dropOld
    ? before.hostNames.filter((name) => loopback.includes(name))
    : before.hostNames
  const hostNames = [...new Set([host, ...also, ...old])]
  if (hostNames.length > maxHostNames) {
    throw new ApplianceError(
      'USAGE',
      `more than ${String(maxHostNames)} names; leave old ones out with --drop-old`,
    )
  }
  const url = new URL(before.pkiUrl)
  const port = url.port === '' ? '80' : url.port
  const named = host.includes(':') ? `[${host}]` : host
  return { hostNames, pkiUrl: wanted.pkiUrl ?? `http://${named}:${port}` }
}
