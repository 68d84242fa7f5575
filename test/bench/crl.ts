/**
 * A CRL of 100,000 entries: the longest time that reading, building, signing and serving it hold the event loop up, against the 50 ms
 * that are allowed; and its whole building against the same done at one go. Serial numbers and dates are seeded.
 */
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import { boxActor, issuerId, type Authority } from '../../ca/index.ts'
import { drawSerial } from '../../ca/certificates/build.ts'
import { buildCrl } from '../../ca/crl/build.ts'
import { listRoutes } from '../../web/pki_lists.ts'
import { openDistrict, seededRandom, type TestDistrict } from '../ca/trust/district.ts'
import { figure, median, type Figure } from './figure.ts'

const entries = 100_000
const commitEntries = 500
const allowedMs = 50
const readers = 8
/** Each from the views anew; the middle one counts, as others may have the machine just then. */
const rounds = 3

/** Runs the bench: two figures, in milliseconds. */
export async function crl(): Promise<Figure[]> {
  const district = await openDistrict()
  try {
    const serials = await fill(district)
    const once = await atOneGo(district, serials)
    const found = []
    for (let round = 0; round < rounds; round++) {
      found.push(await watched(district, district.reopened()))
    }
    const longest = median(found.map((one) => one.longest))
    const building = median(found.map((one) => one.building))
    return [
      figure('crl, longest hold of the event loop', longest, 'ms', allowedMs),
      figure('crl, read, built and signed', building, 'ms', once),
    ]
  } finally {
    await district.close()
  }
}

/** Revocations as they stand in the journal, of certificates that nobody needs here. */
async function fill({ journal, certificates, clock }: TestDistrict): Promise<string[]> {
  const random = seededRandom('crl bench')
  const issuer = issuerId(certificates.issuing)
  const at = clock.now().toISOString()
  const serials = Array.from({ length: entries }, () =>
    Buffer.from(drawSerial(random)).toString('hex'),
  )
  for (let from = 0; from < entries; from += commitEntries) {
    await journal.commit({
      entries: serials.slice(from, from + commitEntries).map((serial) => ({
        type: 'certificate.revoked',
        actor: boxActor,
        subject: `certificate:${serial}`,
        data: {
          ...{ sha256: serial.padEnd(64, '0'), issuer, serial },
          ...{ reason: 'superseded', revokedAt: at, invalidityDate: null },
        },
      })),
    })
  }
  return serials
}

async function atOneGo(
  { authorityOptions, clock }: TestDistrict,
  serials: readonly string[],
): Promise<number> {
  const signer = authorityOptions.authorities.find(({ key }) => key === 'issuing')?.signer
  if (signer === undefined) throw new TypeError('no issuing authority')
  const start = performance.now()
  await buildCrl({
    ...{ signer, number: 1, thisUpdate: clock.now() },
    nextUpdate: new Date(clock.now().getTime() + 86_400_000),
    revoked: serials.map((serial) => ({
      ...{ serial, reason: 'superseded', revokedAt: clock.now() },
    })),
  })
  return performance.now() - start
}

/** Builds it from the views, and with one more, while several clients read the first. */
async function watched(
  district: TestDistrict,
  authority: Authority,
): Promise<{ readonly longest: number; readonly building: number }> {
  const app = new Koa()
  app.use(listRoutes(authority).routes())
  const callback = app.callback()
  const server = createServer((request, response) => void callback(request, response))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  const turns = watchTurns()
  const start = performance.now()
  await authority.crl('issuing')
  const building = performance.now() - start
  const reading = Array.from({ length: readers }, () => read(port))
  await district.journal.commit(authority.prepareFreshCrls({ actor: boxActor }))
  await Promise.all([...reading, read(port)])
  const longest = turns.stop()
  server.closeAllConnections()
  server.close()
  return { longest, building }
}

/** The longest turn of the event loop, in CPU time of its thread: what others do with the machine meanwhile does not count. */
function watchTurns(): { readonly stop: () => number } {
  let [longest, stopped] = [0, false]
  let before = process.threadCpuUsage()
  const tick = (): void => {
    const { user, system } = process.threadCpuUsage(before)
    longest = Math.max(longest, (user + system) / 1000)
    before = process.threadCpuUsage()
    if (!stopped) setImmediate(tick)
  }
  setImmediate(tick)
  return {
    stop() {
      stopped = true
      return longest
    },
  }
}

function read(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/ca/issuing.crl', agent: false }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => {
        if (response.statusCode === 200 && bytes > entries * 30) resolve(bytes)
        else reject(new Error(`status ${String(response.statusCode)}, ${String(bytes)} bytes`))
      })
    }).on('error', reject)
  })
}
