/**
 * PKCS#12 files in a browser: real Chromium with a real NSS store, into which a file is imported as a person would, shows the certificate to
 * a server that asks for one.
 */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import test from 'ava'
import { legacyCrypto } from '../../appliance/unit/legacy_crypto.ts'
import { systemRandom, toPem } from '../../ca/index.ts'
import { makeUnitKey, pkcs12Costs, writePkcs12 } from '../../provisioning/kit/index.ts'
import { canBrowse, chooseCertificates, newPerson } from '../browser/person.ts'
import { makeCertificate, rootCertificate, serverIdentity } from './test_root.ts'

const root = rootCertificate()

/** What a visitor showed, or that it showed none. */
async function openServer() {
  const { key, cert } = serverIdentity('localhost')
  const ca = toPem('CERTIFICATE', root)
  const server = createServer({ key, cert, ca, requestCert: true, rejectUnauthorized: false })
  server.on('request', (request, response) => {
    const { socket } = request
    const isShown = socket instanceof TLSSocket && socket.authorized
    const shown = isShown ? String(socket.getPeerCertificate().subject.CN) : 'nobody'
    response.setHeader('Content-Type', 'text/plain; charset=utf-8').end(shown)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `https://localhost:${String(port)}/`, close: () => server.close() }
}

for (const { kind, legacy, passphrase } of [
  { kind: 'a PKCS#12 file', legacy: undefined, passphrase: '青禾区财政局的口令 💧' },
  { kind: 'a legacy PKCS#12 file', legacy: legacyCrypto, passphrase: '旧系统的口令 123' },
]) {
  test.serial(
    `${kind} imported with a Chinese passphrase logs a person in with Chromium`,
    async (t) => {
      if (!canBrowse()) {
        t.log('skipped: chromium or NSS is not installed')
        t.pass()
        return
      }
      t.timeout(300_000)
      const key = await makeUnitKey()
      const certificate = await makeCertificate(key, '财政局 文书')
      const server = await openServer()
      const restore = chooseCertificates()
      const person = await newPerson({ rootPem: toPem('CERTIFICATE', root) })
      t.teardown(async () => {
        await person.close()
        restore()
        server.close()
      })
      const seen = async (): Promise<string> => {
        await person.page.goto(server.url)
        return (await person.page.textContent('body')) ?? ''
      }
      t.is(await seen(), 'nobody')
      const file = join(person.folder, 'seat.p12')
      const pkcs12 = await writePkcs12({
        ...{ key, certificate, chain: [root], passphrase, legacy },
        friendlyName: '财政局 文书',
        cost: pkcs12Costs.fast,
        random: systemRandom,
      })
      writeFileSync(file, pkcs12)
      t.throws(() => {
        person.importPkcs12(file, `${passphrase}!`)
      })
      person.importPkcs12(file, passphrase)
      await person.restart()
      t.is(await seen(), '财政局 文书')
    },
  )
}
