/** What is told of a started version: asked of real servers, and waited for. */
import { createServer as createHttp, type RequestListener } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo, Server } from 'node:net'
import test from 'ava'
import { becomesWell, probe, type Finding } from '../../../appliance/upgrade/health_probe.ts'
import { makeReleaseKey } from './bench_machine.ts'

let folder: string

test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealbox-probe-'))
  makeReleaseKey(folder, 'tls')
})
test.after.always(() => rm(folder, { recursive: true, force: true }))

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** One look at a page and a state of health; undefined: nobody listens there. */
async function look(
  page: RequestListener | undefined,
  health: RequestListener | undefined,
): Promise<Finding> {
  const read = (name: string): Buffer => readFileSync(join(folder, name))
  const pages = createHttps({ key: read('tls.key'), cert: read('tls.crt') }, page)
  const pki = createHttp(health)
  const [port, pkiPort] = [await listening(pages), await listening(pki)]
  if (page === undefined) pages.close()
  if (health === undefined) pki.close()
  const found = await probe({ port, pkiPort })
  pages.close()
  pki.close()
  return found
}

const says =
  (status: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end('words')
  }

test('a box is well that serves and can write, or that waits to be set up; a locked one is neither', async (t) => {
  const cases: readonly (readonly [
    Finding,
    RequestListener | undefined,
    RequestListener | undefined,
  ])[] = [
    ['well', says(200), says(200)],
    ['well', says(401), says(200)],
    ['well', says(503, { 'Sealbox-State': 'not-set-up' }), undefined],
    ['locked', says(503, { 'Sealbox-State': 'locked' }), undefined],
    ['ill', says(200), says(503)],
    ['ill', says(200), undefined],
    ['ill', undefined, says(200)],
    ['ill', undefined, undefined],
  ]
  for (const [finding, page, health] of cases) t.is(await look(page, health), finding)
})

test('time in which a person must type counts for nothing; time in which it is ill runs out', async (t) => {
  const run = async (...finds: Finding[]): Promise<boolean> => {
    let at = 0
    return becomesWell({
      look: () => Promise.resolve(finds[Math.min(at++, finds.length - 1)] ?? 'ill'),
      patienceMs: 3000,
      wait: () => Promise.resolve(),
    })
  }
  t.true(await run('ill', 'ill', 'well'))
  t.true(await run(...Array.from({ length: 500 }, (): Finding => 'locked'), 'ill', 'well'))
  t.false(await run('locked', 'ill'))
  t.false(await run('ill', 'locked', 'ill', 'locked', 'ill', 'well'))
})
