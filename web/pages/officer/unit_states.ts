/** How far each unit of the district is: registered, waiting, enrolled, or cut off again. Reads; changes nothing. */
import type { Unit } from '../../../exchange/index.ts'
import { listRequests, type ListedRequest } from '../../../provisioning/index.ts'
import type { Parts } from '../../types.ts'
import type { View } from '../../view.ts'
import { certificatesOfUnit } from '../certificates/narrow.ts'
import { stateOf } from '../certificates/words.ts'

/** Of a unit as the officer sees it; `needs-code`: its code ended or its request was refused. */
export const unitStates = ['waiting', 'needs-code', 'open', 'enrolled', 'revoked'] as const
export type UnitState = (typeof unitStates)[number]

export interface UnitRow {
  readonly unit: Unit
  readonly state: UnitState
  /** Its newest code, where it was given one. */
  readonly request: ListedRequest | undefined
}

/** All units, in the order of their codes. */
export async function unitRows(parts: Parts, now: Date): Promise<UnitRow[]> {
  const [units, requests] = await Promise.all([parts.directory.units(), listRequests(parts)])
  const live = await unitsWithLiveCertificates(parts, units, now)
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

/** Units of which any certificate is live; asked unit by unit, so that what ended long ago costs little. */
async function unitsWithLiveCertificates(
  parts: Parts,
  units: readonly Unit[],
  now: Date,
): Promise<ReadonlySet<string>> {
  const live = await Promise.all(
    units.map(async ({ uscc }) => {
      const found = await certificatesOfUnit(parts, uscc)
      const isLive = found.some((one) => ['live', 'ending'].includes(stateOf(one, now)))
      return isLive ? [uscc] : []
    }),
  )
  return new Set(live.flat())
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
