/**
 * A whole box in this process on free loopback ports, with an officer, an auditor, an administrator and three units enrolled
 * over HTTPS. What the tests send goes through the real server, with any certificate or none.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../appliance/demo/box_process.ts'
import { openBox, type Box, type OpenBoxOptions } from '../../appliance/box/box.ts'
import { approvalBy, registerUnits, type DemoBox } from '../../appliance/demo/district.ts'
import { ApplianceError } from '../../appliance/errors.ts'
import { firstBoot, firstOfficer } from '../../appliance/box/first_boot.ts'
import { serve } from '../../appliance/box/serve.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrol, personCertificates, unitCertificates } from '../../appliance/unit/enrolment.ts'
import { createProcessMemory } from '../../appliance/unit/memory.ts'
import { appoint, type OfficerOptions } from '../../appliance/unit/officer.ts'
import { createSeat, type Seat } from '../../appliance/unit/seat.ts'
import type { UpgradeMachine } from '../../appliance/upgrade/open.ts'
import {
  boxActor,
  sha256Hex,
  signerOf,
  toBase64,
  type Sha256,
  type Signer,
  toPem,
  type RevocationReason,
  type ClockReading,
} from '../../ca/index.ts'
import { statementAttributes, type Role, type Statement } from '../../exchange/index.ts'
import { appointment, modelDistrict, type RosterUnit } from '../../provisioning/index.ts'
import type { Parts } from '../../web/index.ts'

/** What a TLS client shows. */
export interface Identity {
  readonly key: string
  readonly cert: string
}

/** A key with its certificate, to sign with or to show. */
export interface TestKey extends Identity {
  readonly name: Sha256
  readonly signer: Signer
}

export interface TestPerson {
  readonly holder: string
  readonly login: TestKey
  readonly signing: TestKey
}

export interface TestUnit {
  readonly unit: RosterUnit
  readonly clerk: Seat
  readonly leader: Seat
  readonly keys: Readonly<Record<UnitKeyName, TestKey>>
}

type UnitKeyName = 'clerk' | 'clerkSigning' | 'leader' | 'leaderSigning' | 'seal'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  readonly text: string
  /** The body as a problem document or other object; empty if it is none. */
  readonly json: Readonly<Record<string, unknown>>
  /** `code` of a problem document. */
  readonly code: unknown
}

export interface Asked {
  readonly method?: string
  /** Sent as it is, not normalised. */
  readonly path: string
  readonly as?: Identity
  readonly json?: unknown
  readonly body?: string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** To the plain HTTP port. */
  readonly pki?: boolean
}

export interface TestBox {
  readonly parts: Parts
  readonly box: Box
  readonly id: string
  readonly directory: string
  readonly port: number
  readonly pkiPort: number
  /** Root certificate, DER and PEM. */
  readonly root: Uint8Array
  readonly rootPem: string
  readonly officer: TestPerson & { readonly options: OfficerOptions }
  readonly units: readonly [TestUnit, TestUnit, TestUnit]
  request(asked: Asked): Promise<Reply>
  /** An act with a fresh (or this) Idempotency-Key. */
  act(
    path: string,
    act: { readonly as: Identity; readonly json: unknown; readonly once?: string },
  ): Promise<Reply>
  /** Registers and enrols one of the three administrators. */
  appoint(id: string, role: Role): Promise<TestPerson>
  /** A signed statement as an act wants it; fields are the caller's, right or wrong. */
  sign(
    key: TestKey,
    fields: object,
  ): Promise<{ statement: object; signature: string; certificate: Sha256 }>
  /** Revokes by the officer's signed order. */
  revoke(key: TestKey, reason?: RevocationReason): Promise<Reply>
  release(key: TestKey): Promise<Reply>
  /** Entries from an index on of this type; without one all but those of time-stamps. */
  entries(
    from: number,
    type?: string,
  ): Promise<
    readonly {
      index: number
      type: string
      data: Record<string, unknown>
      actor: { holder: string; certificate: string | null }
      subject: string
    }[]
  >
  /** Ends the box; its folder stays until it is closed. */
  stop(): Promise<void>
  close(): Promise<void>
}

/** Every signature has one. */
const stamps = 'timestamps.granted'

const silent = { info: () => undefined, error: () => undefined }

/** Opens the box; `log` sees what the server logs. */
export async function openTestBox(
  options: {
    readonly log?: Parts['log']
    readonly parts?: (parts: Parts) => Parts
    readonly readClocks?: () => ClockReading
    readonly upgrades?: UpgradeMachine
    readonly virus?: OpenBoxOptions['virus']
  } = {},
): Promise<TestBox> {
  const parent = await mkdtemp(join(tmpdir(), 'sealbox-web-'))
  const directory = join(parent, 'data')
  const pkiPort = await freePort()
  const issued = await firstBoot({
    directory,
    districtName: '测试区',
    hostNames: ['localhost', '127.0.0.1'],
    pkiUrl: `http://localhost:${String(pkiPort)}`,
    zone: 'Asia/Shanghai',
  })
  const port = await freePort(pkiPort)
  const url = `https://localhost:${String(port)}`
  const { log = silent, readClocks, virus, upgrades } = options
  const clocks = readClocks && { readClocks }
  const opened = await openBox({ directory, log, url, virus, upgrades, ...clocks })
  const box = { ...opened, parts: options.parts?.(opened.parts) ?? opened.parts }
  const serving = await serve(box, { port, pkiPort, bind: '127.0.0.1' })
  const root = box.parts.authority.chain.at(-1) ?? new Uint8Array()
  const rootPem = toPem('CERTIFICATE', root)
  const { id, journalCertificate } = box.parts.box
  const at: DemoBox = { url, root: rootPem, id, journalCertificate }
  const wire = createWire({ port, pkiPort, rootPem })

  const admit = async (
    { id: person, role }: { id: string; role: Role },
    code: string,
    by?: OfficerOptions,
  ): Promise<TestPerson> => {
    const anonymous = createBoxClient({ url, root: rootPem, identity: {} })
    const enrolled = await enrol(anonymous, {
      code,
      wanted: personCertificates(role),
      ...(by && { onWaiting: approvalBy(by, person) }),
    })
    anonymous.close()
    const [login, signing] = keysOf(enrolled)
    if (!login || !signing) throw new TypeError('two keys')
    return { holder: `person:${person}`, login, signing }
  }
  const first = await admit({ id: firstOfficer, role: 'officer' }, issued.code)
  const officer = {
    ...first,
    options: {
      client: createBoxClient({ url, root: rootPem, identity: first.login }),
      box: at,
      holder: first.holder,
      signing: first.signing.signer,
      memory: createProcessMemory(),
    },
  }
  const codes = await registerUnits(officer.options, modelDistrict.slice(0, 3))
  const units = await Promise.all(
    modelDistrict
      .slice(0, 3)
      .map((unit) =>
        enrolUnit(at, unit, { code: codes.get(unit.uscc) ?? '', officer: officer.options }),
      ),
  )
  const [one, two, three] = units
  if (!one || !two || !three) throw new TypeError('three units')

  let stopped = false
  const test: TestBox = {
    parts: box.parts,
    box,
    id,
    directory,
    port,
    pkiPort,
    root,
    rootPem,
    officer,
    units: [one, two, three],
    request: wire.request,
    act: (path, { as, json, once: key = randomUUID() }) =>
      wire.request({ method: 'POST', path, as, json, headers: { 'Idempotency-Key': key } }),
    appoint: async (person, role) => {
      const { code } = await appoint(officer.options, { id: person, role })
      return admit({ id: person, role }, code, officer.options)
    },
    sign: async (key, fields) => {
      const at = new Date().toISOString()
      const statement = { v: 1, box: id, at, keyUse: 1, head: null, ...fields }
      const attributes = statementAttributes(statement as Statement, key.signer.certificate)
      const signature = toBase64(await key.signer.sign(attributes))
      return { statement, signature, certificate: key.name }
    },
    revoke: async ({ name }, reason = 'cessationOfOperation') => {
      const found = await box.parts.authority.certificate(name)
      const signed = await test.sign(officer.signing, {
        type: 'sealbox.revocation',
        signer: officer.holder,
        certificate: name,
        holder: found?.holder ?? '',
        serial: found?.serial ?? '',
        reason,
        invalidityDate: null,
      })
      const path = `/api/v1/certificates/${name}/acts/revoke`
      return test.act(path, { as: officer.login, json: { ...signed, reason } })
    },
    release: async ({ name }) => {
      const found = await box.parts.authority.certificate(name)
      const signed = await test.sign(officer.signing, {
        type: 'sealbox.release',
        signer: officer.holder,
        certificate: name,
        holder: found?.holder ?? '',
        serial: found?.serial ?? '',
      })
      const path = `/api/v1/certificates/${name}/acts/release`
      return test.act(path, { as: officer.login, json: signed })
    },
    entries: async (from, type) => {
      const found = []
      for await (const entry of box.journal.read(from)) {
        if (type === undefined ? entry.type !== stamps : entry.type === type) found.push(entry)
      }
      return found
    },
    stop: async () => {
      if (stopped) return
      stopped = true
      wire.close()
      officer.options.client.close()
      for (const { clerk, leader } of units)
        [clerk, leader].forEach((seat) => {
          seat.close()
        })
      await serving.close()
      await box.close()
    },
    close: async () => {
      await test.stop()
      await rm(parent, { recursive: true, force: true })
    },
  }
  return test
}

/** The code with which the box refused what a seat did, or `done`. */
export async function refusalOf(doing: Promise<unknown>): Promise<string> {
  try {
    await doing
    return 'done'
  } catch (error) {
    if (!(error instanceof ApplianceError)) throw error
    const { code } = error.details
    return typeof code === 'string' ? code : error.message
  }
}

/** Opens a code for a person, as an appointment does, with an expiry and an approval (none) of the test's choice. */
export async function openCode(
  box: TestBox,
  input: {
    readonly id: string
    readonly role: Role
    readonly expires?: string
    readonly approval?: 'officer' | 'none'
  },
): Promise<string> {
  const { id, role, approval = 'none' } = input
  const { issued, entries } = appointment(box.parts, { actor: boxActor, id, role, approval })
  const { expires = issued.expires } = input
  const dated = entries.map((entry) =>
    entry.type === 'enrolment.code-issued'
      ? {
          ...entry,
          data: { ...entry.data, record: { ...(entry.data['record'] as object), expires } },
        }
      : entry,
  )
  await box.parts.journal.commit({ entries: dated })
  return issued.code
}

async function enrolUnit(
  at: DemoBox,
  unit: RosterUnit,
  by: { readonly code: string; readonly officer: OfficerOptions },
): Promise<TestUnit> {
  const { code, officer } = by
  const anonymous = createBoxClient({ url: at.url, root: at.root, identity: {} })
  const enrolled = await enrol(anonymous, {
    code,
    wanted: unitCertificates,
    onWaiting: approvalBy(officer, unit.uscc),
  })
  anonymous.close()
  const [clerk, clerkSigning, leader, leaderSigning, seal] = keysOf(enrolled)
  if (!clerk || !clerkSigning || !leader || !leaderSigning || !seal)
    throw new TypeError('five keys')
  const memory = createProcessMemory()
  const seat = (name: string, login: TestKey, signing: TestKey): Seat =>
    createSeat({
      client: createBoxClient({ url: at.url, root: at.root, identity: login }),
      box: at,
      holder: `seat:${unit.uscc}/${name}`,
      unit: unit.uscc,
      signing: signing.signer,
      seal: seal.signer,
      memory,
    })
  return {
    unit,
    clerk: seat('clerk', clerk, clerkSigning),
    leader: seat('leader', leader, leaderSigning),
    keys: { clerk, clerkSigning, leader, leaderSigning, seal },
  }
}

function keysOf(enrolled: Awaited<ReturnType<typeof enrol>>): TestKey[] {
  return enrolled.keys.map(({ privateKey, certificate }) => ({
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
    cert:
      toPem('CERTIFICATE', certificate) + toPem('CERTIFICATE', enrolled.chain[0] ?? certificate),
    name: sha256Hex(certificate),
    signer: signerOf(privateKey, certificate),
  }))
}

function createWire(at: { port: number; pkiPort: number; rootPem: string }) {
  const agents = new Map<string, Agent>()
  const agentOf = (as: Identity | undefined): Agent => {
    const name = as?.cert ?? ''
    const known = agents.get(name)
    if (known) return known
    const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: at.rootPem, ...as })
    agents.set(name, agent)
    return agent
  }
  return {
    close: () => {
      for (const agent of agents.values()) agent.destroy()
    },
    request: async ({ method = 'GET', path, as, json, body, headers = {}, pki }: Asked) => {
      const bytes = json === undefined ? body : JSON.stringify(json)
      const type = json === undefined ? {} : { 'Content-Type': 'application/json' }
      const length = bytes === undefined ? {} : { 'Content-Length': Buffer.byteLength(bytes) }
      const options = {
        host: 'localhost',
        method,
        path,
        headers: { ...type, ...length, ...headers },
        timeout: 60_000,
      }
      const request = pki
        ? httpRequest({ ...options, port: at.pkiPort })
        : httpsRequest({ ...options, port: at.port, agent: agentOf(as) })
      return new Promise<Reply>((resolve, reject) => {
        request.on('error', reject)
        request.on('timeout', () => request.destroy(new Error('no answer in time')))
        request.on('response', (response) => {
          const parts: Buffer[] = []
          // A stream of events has no end: that it was opened is the answer.
          if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
            resolve(replyOf(response.statusCode ?? 0, response.headers, Buffer.alloc(0)))
            request.destroy()
            return
          }
          response.on('data', (part: Buffer) => parts.push(part))
          response.on('error', reject)
          response.on('end', () => {
            const { statusCode = 0, headers: answered } = response
            resolve(replyOf(statusCode, answered, Buffer.concat(parts)))
          })
        })
        request.end(bytes)
      })
    },
  }
}

function replyOf(status: number, headers: Reply['headers'], bytes: Buffer): Reply {
  const text = bytes.toString('utf8')
  let json: Record<string, unknown> = {}
  if (String(headers['content-type']).includes('json')) {
    json = JSON.parse(text) as Record<string, unknown>
  }
  return { status, headers, bytes, text, json, code: json['code'] }
}

/** Has what waits for the virus check decided, by this look or by the box's own, which may come between. */
export async function untilScanned({ parts }: TestBox): Promise<void> {
  for (let tries = 0; ((await parts.health()).queues?.uploads ?? 0) > 0; tries++) {
    if (tries === 600) throw new Error('uploads wait and are not decided')
    await parts.intake.scanWaiting()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
