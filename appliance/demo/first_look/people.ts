/** The first look's people: an officer, an auditor, an administrator and all units, each with keys of its own and a folder as `sealbox enrol` writes it. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Sha256 } from '../../../ca/index.ts'
import type { Role } from '../../../exchange/index.ts'
import { argon2Costs, modelDistrict, type RosterUnit } from '../../../provisioning/index.ts'
import { pkcs12Costs } from '../../../provisioning/kit/index.ts'
import { firstOfficer } from '../../box/first_boot.ts'
import { enrolIntoFolder } from '../../unit/enrol_folder.ts'
import { enrol as enrolKeys, personCertificates, type Waiting } from '../../unit/enrolment.ts'
import { createFileMemory } from '../../unit/memory.ts'
import { appoint, type OfficerOptions } from '../../unit/officer.ts'
import { unitPaths } from '../../unit/unit_folder.ts'
import {
  anonymousClient,
  approvalBy,
  personAtWork,
  registerUnits,
  unitAtWork,
  type DemoBox,
  type DemoUnit,
  type Kept,
} from '../district.ts'
import type { Steps } from '../steps.ts'
import { lookUnits, type LookUnit } from './journeys.ts'
import { lookGuests, lookPeople, type LookPerson } from './who.ts'
import type { Units } from './work.ts'

/** Where the folder of a unit or person is, below the demo's. */
export const folders = {
  unit: (out: string, unit: LookUnit) => join(out, 'units', unit),
  person: (out: string, { zh }: LookPerson) => join(out, 'people', zh),
} as const

export interface EnrolParts {
  readonly box: DemoBox
  /** DER. */
  readonly root: Uint8Array
  readonly out: string
  readonly passphrase: string
  /** The first officer's. */
  readonly code: string
  readonly steps: Steps
}

/** The passphrase is drawn from 60 bits and lies beside the files: nothing is won by making the guessing of it slow. */
const cost = { p12: pkcs12Costs.fast, keyFile: argon2Costs.fast }

/** What is left for who looks around to do as the officer. */
export interface LeftToDo {
  /** SHA-256 of the request that waits for approval; its keys were thrown away. */
  readonly request: Sha256
  /** A code that nobody has used yet. */
  readonly code: string
}

/** Enrols them all; all but the first officer are approved by the officer. The caller closes the units. */
export async function enrolEverybody(
  parts: EnrolParts,
): Promise<{ readonly units: Units; readonly left: LeftToDo }> {
  const { box, out, code, steps } = parts
  const [first, ...appointed] = lookPeople
  const folder = folders.person(out, first)
  const [officer] = await steps.run('注册安全员 enrolling the officer', [first], async () =>
    personAtWork(box, { id: firstOfficer, role: 'officer' }, await enrol(parts, { code, folder })),
  )
  if (officer === undefined) throw new TypeError('an officer')
  try {
    await steps.run('任命和注册人员 appointing people', appointed, (person) =>
      enrolPerson(parts, officer, person),
    )
    const units = lookUnits.map((name) => ({ name, unit: rosterUnit(name) }))
    const codes = await registerUnits(
      officer,
      units.map(({ unit }) => unit),
    )
    const enrolled = await steps.run('注册单位 enrolling units', units, async ({ name, unit }) => {
      const ofUnit = { code: codes.get(unit.uscc) ?? '', folder: folders.unit(out, name) }
      const approval = approvalBy(officer, unit.uscc)
      const kept = await enrol(parts, { ...ofUnit, approval })
      return [name, unitAtWork(box, unit, kept)] as const
    })
    const left = await leaveToDo(box, officer)
    return { units: new Map<LookUnit, DemoUnit>(enrolled), left }
  } finally {
    officer.client.close()
  }
}

/** A second officer asks and is not approved yet; a second auditor has a code and has not asked. */
async function leaveToDo(box: DemoBox, officer: OfficerOptions): Promise<LeftToDo> {
  const { waiting, invited } = lookGuests
  const appointed = await appoint(officer, waiting)
  const request = await askOnly(box, { code: appointed.code, role: waiting.role })
  const { code } = await appoint(officer, invited)
  return { request, code }
}

/** Asks for certificates and goes away. */
async function askOnly(
  box: DemoBox,
  { code, role }: { readonly code: string; readonly role: Role },
): Promise<Sha256> {
  const anonymous = anonymousClient(box)
  const asked: Sha256[] = []
  try {
    const onWaiting = ({ request }: Waiting): void => {
      asked.push(request)
      throw new Gone()
    }
    await enrolKeys(anonymous, { code, wanted: personCertificates(role), onWaiting })
  } catch (error) {
    if (!(error instanceof Gone)) throw error
  } finally {
    anonymous.close()
  }
  const [request] = asked
  if (request === undefined) throw new TypeError('the request did not wait')
  return request
}

/** Ends the waiting of `askOnly`. */
class Gone extends Error {
  override readonly name = 'Gone'
}

async function enrolPerson(
  parts: EnrolParts,
  officer: OfficerOptions,
  person: LookPerson,
): Promise<void> {
  const { code } = await appoint(officer, person)
  const folder = folders.person(parts.out, person)
  await enrol(parts, { code, folder, approval: approvalBy(officer, person.id) })
}

async function enrol(
  { box, root, passphrase }: EnrolParts,
  of: {
    readonly code: string
    readonly folder: string
    readonly approval?: (waiting: Waiting) => Promise<void>
  },
): Promise<Kept> {
  const { code, folder, approval } = of
  const anonymous = anonymousClient(box)
  try {
    const { enrolled } = await enrolIntoFolder(anonymous, {
      ...{ code, root, passphrase, cost, out: folder, url: box.url },
      ...(approval && { onWaiting: approval }),
    })
    // The count of each key's uses goes on where the command line takes over.
    return { enrolled, memory: createFileMemory(folder) }
  } finally {
    anonymous.close()
  }
}

function rosterUnit(name: LookUnit): RosterUnit {
  const unit = modelDistrict.find(({ shortName }) => shortName === name)
  if (unit === undefined) throw new TypeError(`no unit ${name} in the model district`)
  return unit
}

/** The .p12 of a seat's or person's browser. */
export function p12Of(folder: string, seat: string): string {
  const path = unitPaths(folder).p12(seat)
  if (!existsSync(path)) throw new TypeError(`no ${path}`)
  return path
}
