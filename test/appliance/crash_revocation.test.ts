/**
 * `kill -9` in the middle of revocations and releases: afterwards CRL, OCSP and TLS say the same of each certificate, what was answered
 * holds, and no list number went back. The status is read over the wire, as others see it.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { startBoxProcess, type BoxProcess } from '../../appliance/demo/box_process.ts'
import { release, revoke, type OfficerOptions } from '../../appliance/unit/officer.ts'
import { sha256Hex, toPem } from '../../ca/index.ts'
import * as der from '../../ca/der/write.ts'
import { certificateId, hashesOf } from '../../ca/ocsp/encode.ts'
import { oids } from '../../ca/oids.ts'
import { readCertificate, readCrl, readOcspResponse } from '../../ca/path/index.ts'
import { enrolDistrict } from './in_process.ts'
import { introduce, isDown } from './load.ts'
import { full, newFolder, seed, seededNumbers } from './places.ts'
import { askResuming, type Login } from './resuming.ts'

/** Kills; in full 40. */
const kills = full ? 40 : 4

interface Known {
  readonly certificate: Uint8Array
  readonly login: Omit<Login, 'port'>
  /** What was answered last; undefined where the answer was lost. */
  held: boolean | undefined
}

test(`${String(kills)} kill -9 in the middle of revocations leave list, OCSP and TLS at one (4 in CI, 40 in full; seed ${String(seed)})`, async (t) => {
  t.timeout(full ? 1_200_000 : 300_000)
  const folder = await newFolder()
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const data = join(folder, 'data')
  const draw = seededNumbers('crash in a revocation')
  let box = await startBoxProcess({ data })
  t.teardown(() => box.process.kill('SIGKILL'))
  const { port, pkiPort } = box.ready
  const { officer, known } = await district(box)
  t.teardown(() => {
    officer.client.close()
  })
  let [number, lost] = [0, 0]
  for (let kill = 0; kill < kills; kill++) {
    const ended = new Promise((resolve) => box.process.once('exit', resolve))
    const acts = workOn(known, officer)
    await pause(60 + draw(240))
    box.process.kill('SIGKILL')
    await Promise.all([acts, ended])
    lost += known.filter(({ held }) => held === undefined).length
    box = await startBoxProcess({ data, port, pkiPort })
    const list = await listOf(box)
    t.true((list.number ?? 0n) >= BigInt(number), 'numbers never go back')
    number = Number(list.number)
    for (const one of known) await agree(t, box, one)
  }
  t.log(`${String(lost)} answers lost`)
  await box.stop()
})

/** Holds and releases one certificate after the other, until the box is gone. */
async function workOn(known: readonly Known[], officer: OfficerOptions): Promise<void> {
  for (let at = 0; ; at++) {
    const one = known[at % known.length]
    if (one === undefined) return
    const name = sha256Hex(one.certificate)
    const hold = one.held !== true
    one.held = undefined
    try {
      if (hold) await revoke(officer, name, { reason: 'certificateHold' })
      else await release(officer, name)
      one.held = hold
    } catch (error) {
      if (isDown(error)) return
      throw error
    }
  }
}

/** List, OCSP and TLS say the same, and what was answered. */
async function agree(t: ExecutionContext, box: BoxProcess, one: Known): Promise<void> {
  const { serialNumber } = readCertificate(one.certificate)
  const listed = (await listOf(box)).readEntries().bySerial.has(serialNumber)
  const request = requestAbout(one.certificate, await fetched(`${box.pkiUrl}/ca/issuing.crt`))
  const response = await fetched(`${box.pkiUrl}/ocsp`, { method: 'POST', body: request })
  const status = readOcspResponse(response).answers[0]?.certificate.status
  const { status: access } = await askResuming({ ...one.login, port: box.ready.port }, 'TLSv1.3')
  t.deepEqual(
    { status, access },
    listed ? { status: 'revoked', access: 401 } : { status: 'good', access: 200 },
  )
  if (one.held !== undefined) t.is(listed, one.held, 'what was answered holds')
  one.held = listed
}

async function listOf(box: BoxProcess): Promise<ReturnType<typeof readCrl>> {
  return readCrl(await fetched(`${box.pkiUrl}/ca/issuing.crl`))
}

async function fetched(url: string, init?: RequestInit): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url, init)).arrayBuffer())
}

function requestAbout(certificate: Uint8Array, issuing: Uint8Array): Uint8Array<ArrayBuffer> {
  const hashes = hashesOf(readCertificate(issuing)).get(oids.sha256)
  const serial = Buffer.from(readCertificate(certificate).serialNumber, 'hex')
  const { raw } = certificateId(hashes, serial)
  return new Uint8Array(der.sequence(der.sequence(der.sequence(der.sequence(raw)))))
}

async function district(
  box: BoxProcess,
): Promise<{ readonly officer: OfficerOptions; readonly known: readonly Known[] }> {
  const at = await introduce(box)
  const { officer, units } = await enrolDistrict(at, box.ready.code ?? '', 2)
  for (const unit of units) unit.close()
  const logins = units.flatMap(({ enrolled }) =>
    enrolled.keys.filter(({ profile }) => profile === 'seat-client'),
  )
  const known = logins.map(({ certificate, privateKey }) => ({
    certificate,
    login: {
      key: privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
      cert: toPem('CERTIFICATE', certificate),
      ca: at.root,
    },
    held: false,
  }))
  return { officer, known }
}
