/** A box served from this process, and units with keys of their own that work at it over HTTPS. */
import { toPem } from '../../ca/index.ts'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { pino, type Logger } from 'pino'
import { createBoxClient, type BoxClient } from '../../appliance/unit/box_client.ts'
import { draftFromText, type Draft } from '../../exchange/index.ts'
import { modelDistrict } from '../../provisioning/index.ts'
import { openBox, type Box } from '../../appliance/box/box.ts'
import { freePort } from '../../appliance/demo/box_process.ts'
import { enrolPerson, enrolUnit, registerUnits } from '../../appliance/demo/district.ts'
import type { DemoBox, DemoUnit } from '../../appliance/demo/district.ts'
import { demoTexts } from '../../appliance/demo/texts.ts'
import { firstBoot, firstOfficer } from '../../appliance/box/first_boot.ts'
import { serve, type Serving } from '../../appliance/box/serve.ts'
import { approveEnrolment, requests, type OfficerOptions } from '../../appliance/unit/officer.ts'
import { newFolder } from './places.ts'

export interface ServedBox {
  readonly folder: string
  /** The folder of data. */
  readonly data: string
  readonly box: Box
  readonly serving: Serving
  /** As its clients know it. */
  readonly known: DemoBox
  /** The first officer's one-time code. */
  readonly code: string
  /** Stops it; what it holds stays. */
  stop(): Promise<void>
  /** Stops it and removes all that it holds. */
  close(): Promise<void>
}

/** First boot in a temporary folder, served on free loopback ports; `prepare` may move things in the folder of data before it opens. */
export async function serveNewBox(
  log: Logger = pino({ level: 'silent' }),
  prepare: (data: string) => Promise<{ readonly keysSocket?: string }> = () => Promise.resolve({}),
): Promise<ServedBox> {
  const folder = await newFolder()
  const data = join(folder, 'data')
  const issued = await firstBoot({
    directory: data,
    districtName: '测试区',
    hostNames: ['localhost', '127.0.0.1'],
    pkiUrl: 'http://localhost:8080',
    zone: 'Asia/Shanghai',
  })
  const prepared = await prepare(data)
  const box = await openBox({ directory: data, log, url: 'https://localhost:8443', ...prepared })
  // Not those that the system gives out: a box that was stopped finds them free.
  const port = await freePort()
  const pkiPort = await freePort(port)
  const serving = await serve(box, { port, pkiPort, bind: '127.0.0.1' })
  const { authority, box: facts } = box.parts
  const known = {
    url: `https://localhost:${String(serving.port)}`,
    root: toPem('CERTIFICATE', authority.chain.at(-1) ?? new Uint8Array()),
    id: facts.id,
    journalCertificate: facts.journalCertificate,
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopped ??= serving.close().then(() => box.close())
    return stopped
  }
  const close = async (): Promise<void> => {
    await stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { folder, data, box, serving, known, code: issued.code, stop, close }
}

/** Enrols the first officer and `count` units. */
export async function enrolDistrict(
  known: DemoBox,
  code: string,
  count: number,
): Promise<{ readonly officer: OfficerOptions; readonly units: readonly DemoUnit[] }> {
  const officer = await enrolPerson(known, { id: firstOfficer, role: 'officer', code })
  return { officer, units: await enrolUnits(known, officer, count) }
}

/** Registers `count` units of the model district, and enrols them. */
export async function enrolUnits(
  known: DemoBox,
  officer: OfficerOptions,
  count: number,
): Promise<readonly DemoUnit[]> {
  const chosen = modelDistrict.slice(0, count)
  const codes = await registerUnits(officer, chosen)
  const units: DemoUnit[] = []
  for (const unit of chosen) {
    units.push(await enrolUnit(known, unit, { code: codes.get(unit.uscc) ?? '', officer }))
  }
  return units
}

/** Approves what `who` asks for as soon as it waits; gives the name of the request. */
export async function approveWhenAsked(officer: OfficerOptions, who: string): Promise<string> {
  for (;;) {
    const waiting = (await requests(officer)).find((row) => row.who === who)?.waiting
    if (waiting !== undefined) {
      await approveEnrolment(officer, waiting.id)
      return waiting.id
    }
    await pause(50)
  }
}

/** The box as the clerk of a unit reaches it, for requests that a seat does not make. */
export function clerkClient(known: DemoBox, { enrolled }: DemoUnit): BoxClient {
  const own = enrolled.keys.find(
    ({ profile, seat }) => profile === 'seat-client' && seat === 'clerk',
  )
  if (own === undefined) throw new TypeError('no key of a clerk')
  const key = own.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
  const cert = toPem('CERTIFICATE', own.certificate)
  return createBoxClient({ url: known.url, root: known.root, identity: { key, cert } })
}

/** A short draft from one unit to others. */
export function draftOf(issuer: DemoUnit, recipients: readonly DemoUnit[], at = 0): Draft {
  const [source = { title: '关于测试的通知', text: '请遵照执行。' }] = demoTexts(
    undefined,
    at + 1,
  ).slice(at)
  const organ = ({ unit }: DemoUnit) => ({ name: unit.name, unit: unit.uscc })
  return draftFromText({
    source,
    issuers: [{ ...organ(issuer), agencyCode: issuer.unit.agencyCode }],
    mainRecipients: recipients.map(organ),
    copies: [],
    printedBy: issuer.unit.name,
  })
}

/** Takes a new document up to a stage; gives its identifier. */
export async function advance(
  issuer: DemoUnit,
  recipients: readonly DemoUnit[],
  to: 'numbered' | 'sealed' | 'dispatched',
): Promise<string> {
  const { id } = await issuer.clerk.draft(draftOf(issuer, recipients))
  await issuer.leader.approve(id)
  await issuer.clerk.number(id)
  if (to === 'numbered') return id
  await issuer.clerk.sealDocument(id)
  if (to === 'dispatched') await issuer.clerk.dispatch(id)
  return id
}
