/** How far each unit of the district is: registered, waiting, enrolled, or cut off again. Reads; changes nothing. */
import type { CertificateState } from '../../../ca/index.ts'
import type { Unit } from '../../../exchange/index.ts'
import { listRequests, type ListedRequest } from '../../../provisioning/index.ts'
import type { Parts } from '../../types.ts'
import type { View } from '../../view.ts'
import { stateOf } from '../certificates/words.ts'
import { unitIn } from '../holders.ts'

/** Of a unit as the officer sees it; `needs-code`: its code ended or its request was refused. */
export const unitStates = ['waiting', 'needs-code', 'open', 'enrolled', 'revoked'] as const
export type UnitState = (typeof unitStates)[number]

export interface UnitRow {
  readonly unit: Unit
  readonly state: UnitState
  /** Its newest code, where it was given one. */
  readonly request: ListedRequest | undefined
}

/** Certificates that are looked through for those that are live; a district of 91 units has some hundred. */
const maxCertificates = 10_000
const chunk = 500

/** All units, in the order of their codes. */
export async function unitRows(parts: Parts, now: Date): Promise<UnitRow[]> {
  const [units, requests, live] = await Promise.all([
    parts.directory.units(),
    listRequests(parts),
    unitsWithLiveCertificates(parts, now),
  ])
  const byUnit = new Map(
    requests.filter(({ kind }) => kind === 'unit').map((one) => [one.who, one]),
  )
  return units.map((unit) => {
    const request = byUnit.get(unit.uscc)
    return { unit, state: unitState(request, live.has(unit.uscc)), request }
  })
}

/** The state of one unit by its newest code and whether any of its certificates is live. */
export function unitState(request: ListedRequest | undefined, isLive: boolean): UnitState {
  if (request?.state === 'waiting') return 'waiting'
  if (request?.state === 'open') return 'open'
  if (request?.state === 'redeemed') return isLive ? 'enrolled' : 'revoked'
  return isLive ? 'enrolled' : 'needs-code'
}

async function unitsWithLiveCertificates(
  { authority }: Parts,
  now: Date,
): Promise<ReadonlySet<string>> {
  const live = new Set<string>()
  for await (const one of certificatesIn(authority)) {
    const state = stateOf(one, now)
    if (state === 'live' || state === 'ending') live.add(unitIn(one.holder))
  }
  return live
}

/** All certificates, as far as the bound lets. */
export async function* certificatesIn(
  authority: Parts['authority'],
): AsyncGenerator<CertificateState> {
  let after: string | undefined
  for (let seen = 0; seen < maxCertificates; seen += chunk) {
    const page = await authority.certificates({
      limit: chunk,
      ...(after !== undefined && { after }),
    })
    yield* page.items
    after = page.next
    if (after === undefined) return
  }
}

const stateTable: Readonly<Record<UnitState, readonly [kind: string, zh: string, en: string]>> = {
  waiting: ['u2', '待核对', 'to be compared'],
  'needs-code': ['w', '须发新码', 'needs a code'],
  open: ['n', '待注册', 'not enrolled yet'],
  enrolled: ['ok', '已注册', 'enrolled'],
  revoked: ['u2', '证书已失效', 'certificates void'],
}

export function unitStateWords({ w }: Pick<View, 'w'>, state: UnitState): string {
  const [, zh, en] = stateTable[state]
  return w(zh, en)
}

export const unitStateKind = (state: UnitState): string => stateTable[state][0]
