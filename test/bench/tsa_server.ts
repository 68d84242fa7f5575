/**
 * The child process of the bench `tsa`: a Koa server with a time-stamping authority at `/tsa` and, as the yardstick, a handler at
 * `/bare` that answers as many bytes. Tells its parent the port, and stops when the parent goes away.
 */
import type { AddressInfo } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Koa, { type Context } from 'koa'
import {
  createKeyFolder,
  createSystemClock,
  createTimeStampAuthority,
  createTrialDistrict,
  sha256,
  systemRandom as random,
  urlsBelow,
} from '../../ca/index.ts'

const clock = createSystemClock()
const directory = await mkdtemp(join(tmpdir(), 'sealbox-bench-'))
const keys = createKeyFolder({ directory, passphrase: 'bench', secretStrength: 'random', random })
const { certificates } = await createTrialDistrict({
  keys,
  clock,
  random,
  districtName: 'bench',
  hostNames: ['localhost'],
  urls: urlsBelow('http://localhost'),
})
const signer = await keys.open('timestamping', certificates.timestamping)
await rm(directory, { recursive: true })
const authority = createTimeStampAuthority({
  signer,
  certificates: [certificates.timestamping, certificates.issuing],
  clock,
  random,
})
const likeness = Buffer.from(await authority.stamp(sha256(new Uint8Array())))

async function bodyOf(context: Context): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of context.req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const app = new Koa()
app.use(async (context) => {
  context.type = 'application/timestamp-reply'
  const body = await bodyOf(context)
  if (context.path === '/bare') {
    context.body = likeness
    return
  }
  const answer = await authority.respond(body)
  if (!answer.granted) context.status = 500
  context.body = Buffer.from(answer.response)
})
const server = app.listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port)
})
process.on('disconnect', () => process.exit())
