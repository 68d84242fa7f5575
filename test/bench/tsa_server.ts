/**
 * The child process of the bench `tsa`: a real box (journal on the disk, its PKI port) and, as the yardstick, a bare Koa handler in
 * the same process that answers as many bytes. Tells its parent both ports, and stops when the parent goes away.
 */
import { createServer, type Server } from 'node:http'
import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Koa, { type Context } from 'koa'
import { openBox } from '../../appliance/box/box.ts'
import { firstBoot } from '../../appliance/box/first_boot.ts'
import { sha256 } from '../../ca/index.ts'
import * as der from '../../ca/der/write.ts'
import { certificateId, hashesOf } from '../../ca/ocsp/encode.ts'
import { oids } from '../../ca/oids.ts'
import { readCertificate } from '../../ca/path/certificate.ts'
import { createPkiHandler } from '../../web/index.ts'

const folder = await mkdtemp(join(tmpdir(), 'sealbox-bench-'))
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true })
})
const directory = join(folder, 'data')
await firstBoot({
  directory,
  districtName: 'bench',
  hostNames: ['localhost'],
  pkiUrl: 'http://localhost:8080',
  zone: 'UTC',
})
const log = { info: () => undefined, error: console.error }
const box = await openBox({ directory, log, url: 'https://localhost:8443' })
// One machine asks for all of them, which no district has.
const parts = { ...box.parts, limits: { stampsPerMinute: Infinity } }
const ocspRequests = await statusRequests()
const [oneRequest = new Uint8Array()] = ocspRequests
const ocspAnswer = await parts.authority.ocsp.respond(oneRequest, parts.clock.now())
if (!ocspAnswer.signed) throw new Error(ocspAnswer.error)
const ocspLikeness = Buffer.from(ocspAnswer.response)
const likeness = Buffer.from(await parts.timeStamping.stamp(sha256(new Uint8Array())))

async function bodyOf(context: Context): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of context.req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

const bare = new Koa()
bare.use(async (context) => {
  await bodyOf(context)
  const isStatus = context.path === '/ocsp'
  context.type = isStatus ? 'application/ocsp-response' : 'application/timestamp-reply'
  context.body = isStatus ? ocspLikeness : likeness
})

/** Requests, DER, about each certificate of the box that can be asked about. */
async function statusRequests(): Promise<Uint8Array[]> {
  const { authority } = parts
  const [issuing = new Uint8Array()] = authority.chain
  const hashes = hashesOf(readCertificate(issuing)).get(oids.sha256)
  const found = await authority.certificatesOf('box')
  return found
    .filter(({ profile }) => !['root', 'issuing'].includes(profile))
    .map(({ serial }) => {
      const { raw } = certificateId(hashes, Buffer.from(serial, 'hex'))
      return der.sequence(der.sequence(der.sequence(der.sequence(raw))))
    })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port)
    })
  })
}

const tsa = await listen(createServer(createPkiHandler(parts, { openTimeStamping: true })))
const handle = bare.callback()
const yardstick = await listen(createServer((request, response) => void handle(request, response)))
process.send?.({
  ...{ tsa, bare: yardstick },
  ocspRequests: ocspRequests.map((request) => Buffer.from(request).toString('base64')),
})
process.on('disconnect', () => process.exit())
