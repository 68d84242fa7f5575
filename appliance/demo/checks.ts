/** The demo's own judgement of what it made: every document is found by who may, by nobody else, and everything verifies. */
import { setTimeout as pause } from 'node:timers/promises'
import { verifyFile } from '../../exchange/verify/index.ts'
import type { DemoUnit } from './district.ts'
import type { Steps } from './steps.ts'
import type { Trip } from './work.ts'

export interface Checked {
  /** Documents found by a phrase of theirs, by the issuer and by a recipient, and not by a stranger. */
  readonly found: number
  /** Files that are TOTAL-PASSED: sealed PDFs and receipts. */
  readonly passed: number
  readonly failures: readonly string[]
}

/** How long the index may take to catch up. */
const catchUpMs = 30_000

export async function checkAll(given: {
  readonly steps: Steps
  readonly trips: readonly Trip[]
  readonly units: readonly DemoUnit[]
  /** DER. */
  readonly root: Uint8Array
}): Promise<Checked> {
  const { steps, trips, units, root } = given
  await caughtUp(trips)
  const searched = await steps.run('检索 searching', trips, (trip) => searchFor(trip, units))
  const verified = await steps.run('离线验证 verifying offline', trips, (trip) =>
    verifyTrip(trip, root),
  )
  return {
    found: searched.filter((problems) => problems.length === 0).length,
    passed: verified.reduce((sum, { passed }) => sum + passed, 0),
    failures: [...searched.flat(), ...verified.flatMap(({ failures }) => failures)],
  }
}

async function caughtUp(trips: readonly Trip[]): Promise<void> {
  const last = trips.at(-1)
  const recipient = last?.recipients[0]
  const until = Date.now() + catchUpMs
  while (last !== undefined && recipient !== undefined && Date.now() < until) {
    if (await finds(recipient, last)) return
    await pause(100)
  }
}

async function finds(unit: DemoUnit, trip: Trip): Promise<boolean> {
  const { hits } = await unit.clerk.search(`"${trip.phrase}" 文号:${trip.number}`)
  return hits.some(({ id }) => id === trip.id)
}

async function searchFor(trip: Trip, units: readonly DemoUnit[]): Promise<string[]> {
  const problems: string[] = []
  const [recipient] = trip.recipients
  const stranger = units.find((unit) => unit !== trip.issuer && !trip.recipients.includes(unit))
  if (!(await finds(trip.issuer, trip))) problems.push(`${trip.id}: its issuer does not find it`)
  if (recipient && !(await finds(recipient, trip))) {
    problems.push(`${trip.id}: its recipient does not find it`)
  }
  if (stranger && (await finds(stranger, trip))) problems.push(`${trip.id}: a stranger finds it`)
  return problems
}

async function verifyTrip(
  trip: Trip,
  root: Uint8Array,
): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = []
  let passed = 0
  const judge = async (request: Omit<Parameters<typeof verifyFile>[0], 'trust' | 'at'>) => {
    const { verdict, findings } = await verifyFile({ ...request, trust: [root], at: new Date() })
    if (verdict === 'TOTAL-PASSED') passed += 1
    else failures.push(`${request.name}: ${verdict} ${findings.map(({ code }) => code).join(' ')}`)
  }
  await judge({ name: `${trip.id}.pdf`, bytes: trip.pdf })
  for (const [unit, { statement, signature }] of trip.receipts) {
    const name = `${trip.id}-${unit}.receipt.json`
    await judge({ name, bytes: statement, companions: { signature } })
  }
  return { passed, failures }
}
