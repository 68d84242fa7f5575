/** The demo's people: an officer who registers the units, and every unit with its seats, enrolled with keys of their own. */
import type { AgentOptions } from 'node:https'
import { signerOf, systemRandom, toBase64, toPem } from '../../ca/index.ts'
import { firstSeats } from '../../exchange/index.ts'
import {
  newUnitSecret,
  wrapKeys,
  writeKeyFile,
  writeRoster,
  type RosterUnit,
} from '../../provisioning/index.ts'
import { argon2id } from '../unit/argon2id.ts'
import { ApplianceError } from '../errors.ts'
import { createBoxClient, type BoxClient, type Identity } from '../unit/box_client.ts'
import {
  enrol,
  personCertificates,
  unitCertificates,
  type Enrolled,
  type EnrolledKey,
} from '../unit/enrolment.ts'
import { createProcessMemory, type UnitMemory } from '../unit/memory.ts'
import { approveEnrolment, register, requests, type OfficerOptions } from '../unit/officer.ts'
import { createSeat, type Seat } from '../unit/seat.ts'

export interface DemoUnit {
  readonly unit: RosterUnit
  readonly clerk: Seat
  readonly leader: Seat
  readonly enrolled: Enrolled
  close(): void
}

export interface DemoBox {
  readonly url: string
  /** Root certificate, PEM. */
  readonly root: string
  readonly id: string
  readonly journalCertificate: Uint8Array
  /** How its address is reached, where its name does not tell. */
  readonly agent?: AgentOptions
}

/** The box as somebody without a certificate reaches it. */
export function anonymousClient(box: DemoBox): BoxClient {
  return boxClient(box, {})
}

function boxClient({ url, root, agent }: DemoBox, identity: Identity): BoxClient {
  return createBoxClient({ url, root, identity, ...(agent && { agent }) })
}

/** Enrols an administrator with a code; all but the first officer are approved by `officer`. */
export async function enrolPerson(
  box: DemoBox,
  person: { readonly id: string; readonly role: string; readonly code: string },
  officer?: OfficerOptions,
): Promise<OfficerOptions> {
  const { id, role, code } = person
  const anonymous = anonymousClient(box)
  const enrolled = await enrol(anonymous, {
    code,
    wanted: personCertificates(role),
    ...(officer && { onWaiting: approvalBy(officer, id) }),
  })
  anonymous.close()
  return personAtWork(box, { id, role }, { enrolled, memory: createProcessMemory() })
}

/** What somebody who enrolled works with. */
export interface Kept {
  readonly enrolled: Enrolled
  readonly memory: UnitMemory
}

/** An administrator who enrolled, ready to sign. */
export function personAtWork(
  box: DemoBox,
  { id, role }: { readonly id: string; readonly role: string },
  { enrolled, memory }: Kept,
): OfficerOptions {
  return {
    client: clientOf(box, keyFor(enrolled, `${role}-client`), enrolled.chain),
    box,
    holder: `person:${id}`,
    signing: signerFor(enrolled, `${role}-signing`),
    memory,
  }
}

/**
 * The officer's part while `who` waits: the request that the unit reports is compared with the one that the box shows for it, and
 * approved only if they are the same.
 */
export function approvalBy(
  officer: OfficerOptions,
  who: string,
): (reported: { readonly request: string }) => Promise<void> {
  return async ({ request }) => {
    const shown = (await requests(officer)).find((row) => row.who === who)?.waiting?.id
    if (shown !== request) {
      throw new ApplianceError('BOX_REFUSED', `the box shows another request for ${who}`)
    }
    await approveEnrolment(officer, request)
  }
}

/** Registers the units by the officer's signed list; gives a code for each, by credit code. */
export async function registerUnits(
  officer: OfficerOptions,
  units: readonly RosterUnit[],
): Promise<ReadonlyMap<string, string>> {
  const codes = await register(officer, writeRoster(units))
  return new Map(codes.map(({ codeFor, code }) => [codeFor.uscc ?? '', code]))
}

/**
 * Enrols a unit: five keys made here, one key file for the signing keys, derived once and handed to the box wrapped, and the
 * officer's approval.
 */
export async function enrolUnit(
  box: DemoBox,
  unit: RosterUnit,
  by: { readonly code: string; readonly officer: OfficerOptions },
): Promise<DemoUnit> {
  const { code, officer } = by
  const anonymous = anonymousClient(box)
  const passphrase = `${unit.shortName} ${toBase64(systemRandom(9))}`
  const unitSecret = newUnitSecret(systemRandom)
  const enrolled = await enrol(anonymous, {
    code,
    wanted: unitCertificates,
    onWaiting: approvalBy(officer, unit.uscc),
    keyFile: async (keys) =>
      writeKeyFile(
        await wrapKeys({
          owner: { id: unit.uscc, name: unit.name },
          keys,
          passphrase,
          unitSecret,
          argon2id,
          random: systemRandom,
        }),
      ),
  })
  anonymous.close()
  return unitAtWork(box, unit, { enrolled, memory: createProcessMemory() })
}

/** A unit that enrolled, both seats ready to sign. */
export function unitAtWork(box: DemoBox, unit: RosterUnit, { enrolled, memory }: Kept): DemoUnit {
  const clerk = seatOf(box, unit, { enrolled, seat: 'clerk', memory })
  const leader = seatOf(box, unit, { enrolled, seat: 'leader', memory })
  return {
    unit,
    clerk,
    leader,
    enrolled,
    close: () => {
      clerk.close()
      leader.close()
    },
  }
}

function seatOf(
  box: DemoBox,
  unit: RosterUnit,
  of: Kept & { readonly seat: keyof typeof firstSeats },
): Seat {
  const { enrolled, seat, memory } = of
  return createSeat({
    client: clientOf(box, keyFor(enrolled, 'seat-client', seat), enrolled.chain),
    box,
    holder: `seat:${unit.uscc}/${seat}`,
    unit: unit.uscc,
    signing: signerFor(enrolled, 'seat-signing', seat),
    seal: signerFor(enrolled, 'unit-seal'),
    memory,
  })
}

function keyFor({ keys }: Enrolled, profile: string, seat?: string): EnrolledKey {
  const found = keys.find((key) => key.profile === profile && key.seat === seat)
  if (found === undefined) throw new TypeError(`no key ${profile}`)
  return found
}

function signerFor(enrolled: Enrolled, profile: string, seat?: string) {
  const { privateKey, certificate } = keyFor(enrolled, profile, seat)
  return signerOf(privateKey, certificate)
}

function clientOf(
  box: DemoBox,
  { privateKey, certificate }: EnrolledKey,
  chain: readonly Uint8Array[],
): BoxClient {
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
  const cert = [certificate, ...chain.slice(0, 1)].map((der) => toPem('CERTIFICATE', der)).join('')
  return boxClient(box, { key, cert })
}
