/**
 * The desk's pages: server time of the to-do page against a bare Koa handler that answers as many bytes over the same kind of TLS, bytes
 * of pages with their style, and the first paint in Chromium against that of a plain page. In one process, turn about.
 */
import { createServer } from 'node:https'
import { Agent, request, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import Koa from 'koa'
import type { Page } from 'playwright-core'
import { toPem } from '../../ca/index.ts'
import { chooseCertificates, newPerson } from '../browser/person.ts'
import { openTestBox, type Identity, type TestBox } from '../web/box_fixture.ts'
import { dispatched, drafted } from '../web/trip.ts'
import { figure, median, turnAbout, type Figure } from './figure.ts'

const rounds = 8
const requestsATurn = 150
/** The bound: first paint is the median of so many. */
const paints = 20
/** What is to be done by the clerk whose page is measured: a full screen. */
const tasks = 9
/** The bound of a page with its style. */
const maxPageBytes = 60 * 1024

export async function desk(): Promise<Figure[]> {
  const box = await openTestBox()
  const bare = await serveBare(box)
  try {
    const id = await fill(box)
    const as = box.units[0].keys.clerk
    const page = await bytesOf(box, '/', as)
    const document = await bytesOf(box, `/documents/${id}`, as)
    const style = (await box.request({ path: '/assets/desk.css', as })).bytes.length
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: box.rootPem, ...as })
    const { value, reached } = await turnAbout({
      rounds,
      ours: () => middleMs(agent, box.port, '/'),
      theirs: () => middleMs(agent, bare.port, `/${String(page)}`),
    })
    agent.destroy()
    const painted = await firstPaints(box, bare.port)
    return [
      figure('desk: to-do page, server time p50', value, 'ms', reached),
      figure('desk: to-do page with style', page + style, 'bytes', maxPageBytes),
      figure('desk: document page with style', document + style, 'bytes', maxPageBytes),
      figure('desk: to-do page, first paint', painted.ours, 'ms', painted.plain),
    ]
  } finally {
    bare.server.close()
    bare.server.closeAllConnections()
    await box.close()
  }
}

/** Nine documents to be signed for by the first unit; gives one that it issues, signed for by another. */
async function fill(box: TestBox): Promise<string> {
  const [one, two, three] = box.units
  for (let at = 0; at < tasks; at++)
    await dispatched({ issuers: [two], main: [one], copies: [three] })
  await drafted({ issuers: [one], main: [two] })
  const { id } = await dispatched({ issuers: [one], main: [two], copies: [three] })
  await two.clerk.signFor(id)
  return id
}

async function bytesOf(box: TestBox, path: string, as: Identity): Promise<number> {
  const { status, bytes } = await box.request({ path, as, headers: { Accept: 'text/html' } })
  if (status !== 200) throw new Error(`${path} answered ${String(status)}`)
  return bytes.length
}

/** A Koa application with nothing but one handler: `/N` answers N bytes of text. */
async function serveBare(
  box: TestBox,
): Promise<{ readonly server: Server; readonly port: number }> {
  const app = new Koa()
  const bodies = new Map<string, string>()
  app.use((koa) => {
    const body = bodies.get(koa.path) ?? '<p>'.padEnd(Number(koa.path.slice(1)) || 3, 'x')
    bodies.set(koa.path, body)
    koa.type = 'html'
    koa.body = body
  })
  const handle = app.callback()
  const pem = (der: Uint8Array): string => toPem('CERTIFICATE', der)
  const { key, certificates } = await box.box.trust.tls()
  const options = {
    key,
    cert: certificates.map(pem).join(''),
    ca: box.parts.authority.chain.map(pem),
    requestCert: true,
    rejectUnauthorized: false,
  }
  const server = createServer(options, (asked, answer) => void handle(asked, answer))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

/** Median time of a request on one open line, in milliseconds. */
async function middleMs(agent: Agent, port: number, path: string): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < requestsATurn; at++) {
    const start = performance.now()
    await get(agent, port, path)
    times.push(performance.now() - start)
  }
  return median(times)
}

function get(agent: Agent, port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { host: 'localhost', port, path, agent, headers: { Accept: 'text/html' } },
      (answer) => {
        answer.on('data', () => undefined)
        answer.on('end', resolve)
        answer.on('error', reject)
      },
    )
    asking.on('error', reject)
    asking.end()
  })
}

/** Medians of the first paint as Chromium tells it, of the to-do page and of a plain page of as many bytes. */
async function firstPaints(
  box: TestBox,
  barePort: number,
): Promise<{ readonly ours: number; readonly plain: number }> {
  const undo = chooseCertificates()
  const person = await newPerson({ rootPem: box.rootPem })
  try {
    person.importKey(box.units[0].keys.clerk)
    await person.restart()
    const ours: number[] = []
    const plain: number[] = []
    for (let at = 0; at < paints; at++) {
      ours.push(await firstPaint(person.page, `https://localhost:${String(box.port)}/`))
      plain.push(await firstPaint(person.page, `https://localhost:${String(barePort)}/8000`))
    }
    return { ours: median(ours), plain: median(plain) }
  } finally {
    await person.close()
    undo()
  }
}

async function firstPaint(page: Page, url: string): Promise<number> {
  await page.goto(url, { waitUntil: 'load' })
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        new PerformanceObserver((list) => {
          const found = list.getEntriesByName('first-paint')[0]
          if (found) resolve(found.startTime)
        }).observe({ type: 'paint', buffered: true })
      }),
  )
}
