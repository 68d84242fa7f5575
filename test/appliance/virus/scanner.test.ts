/** The scanner against a real clamd, and against a socket that lies. */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { createClamd } from '../../../appliance/virus/clamd.ts'
import { eicar } from '../../../appliance/virus/eicar.ts'
import { createScanner, resultOf } from '../../../appliance/virus/scanner.ts'
import { ofOneUnit, ownVirus, realClamd, type Asked } from './real_clamd.ts'

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const scannerAt = (socket: string): Asked =>
  ofOneUnit(createScanner({ clamd: createClamd({ socket }) }))

test('the test file is the one of EICAR', (t) => {
  t.is(eicar().length, 68)
  const sum = createHash('md5').update(eicar()).digest('hex')
  t.is(sum, '44d88612fea8a8f36de82e1278abb02f')
})

test('a real clamd finds EICAR and the district’s own signature, and lets a clean file pass', async (t) => {
  const clamd = realClamd()
  t.teardown(() => clamd.remove())
  await clamd.start()
  const scanner = scannerAt(clamd.socket)
  const state = await scanner.state()
  t.is(state.state, 'ready')
  t.true(state.state === 'ready' && state.engine.startsWith('ClamAV '))
  const found = await scanner.scan(eicar())
  t.like(found, { state: 'found', code: 'VIRUS_FOUND', name: 'Tests.EICAR' })
  const own = await scanner.scan(bytesOf(`before ${ownVirus} after`))
  t.like(own, { state: 'found', code: 'VIRUS_FOUND', name: 'District.Test.Own' })
  t.is((await scanner.scan(bytesOf('a plain letter'))).state, 'clean')
  t.is((await scanner.scan(new Uint8Array())).state, 'clean')
  t.is((await scanner.scan(new Uint8Array(30 * 1024 * 1024).fill(0x20))).state, 'clean')
})

test('what cannot be looked through is refused, not passed: a locked archive, one too deep, a file too long', async (t) => {
  const clamd = realClamd({ config: 'MaxRecursion 3\nStreamMaxLength 2M' })
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-zip-'))
  t.teardown(async () => {
    await clamd.remove()
    rmSync(folder, { recursive: true })
  })
  await clamd.start()
  const scanner = scannerAt(clamd.socket)
  const zipped = (name: string, inner: Uint8Array, ...options: string[]): Uint8Array => {
    writeFileSync(join(folder, `${name}.in`), inner)
    const [from, to] = [join(folder, `${name}.in`), join(folder, `${name}.zip`)]
    execFileSync('zip', ['-q', ...options, to, from])
    return new Uint8Array(readFileSync(to))
  }
  let nested = eicar()
  for (let depth = 0; depth < 6; depth++) nested = zipped(`deep${String(depth)}`, nested)
  t.like(await scanner.scan(nested), { state: 'found', code: 'SCAN_INCOMPLETE' })
  t.like(await scanner.scan(zipped('locked', eicar(), '-P', 'secret')), {
    state: 'found',
    code: 'ENCRYPTED_ARCHIVE',
  })
  t.like(await scanner.scan(new Uint8Array(3 * 1024 * 1024)), {
    state: 'found',
    code: 'SCAN_INCOMPLETE',
  })
})

test('while clamd is down nothing passes; once it is back the scanner is ready by itself', async (t) => {
  const clamd = realClamd()
  t.teardown(() => clamd.remove())
  const scanner = scannerAt(clamd.socket)
  t.is((await scanner.state()).state, 'down')
  t.is((await scanner.scan(bytesOf('letter'))).state, 'unavailable')
  await clamd.start()
  t.is((await scanner.scan(bytesOf('letter'))).state, 'clean')
  await clamd.stop()
  t.is((await scanner.scan(bytesOf('letter'))).state, 'unavailable')
})

/** Something on a socket that answers each connection with these words, whatever it is sent. */
async function liar(answer: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sealbox-liar-'))
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.resume()
    socket.end(answer)
  }).listen(join(folder, 's'))
  await once(server, 'listening')
  return {
    socket: join(folder, 's'),
    end: () => {
      server.close()
      rmSync(folder, { recursive: true })
    },
  }
}

test('a scanner that says OK to everything, also to EICAR, is not believed', async (t) => {
  for (const answer of ['stream: OK\0', 'PONG\0', '', 'x'.repeat(10_000), 'stream: OK']) {
    const server = await liar(answer)
    const scanner = scannerAt(server.socket)
    t.is((await scanner.state()).state, 'down', answer.slice(0, 20))
    t.is((await scanner.scan(bytesOf('letter'))).state, 'unavailable', answer.slice(0, 20))
    server.end()
  }
})

test('an answer means what clamd’s manual says, and anything else means nothing', (t) => {
  const of = (answer: string): string => {
    const result = resultOf({ answer }, 'set')
    return result.state === 'found' ? `${result.code} ${result.name}` : result.state
  }
  t.is(of('stream: OK'), 'clean')
  t.is(of('stream: Win.Test.EICAR_HDB-1 FOUND'), 'VIRUS_FOUND Win.Test.EICAR_HDB-1')
  t.is(of('stream: Own.UNOFFICIAL FOUND'), 'VIRUS_FOUND Own')
  t.is(of('stream: Heuristics.Encrypted.Zip FOUND'), 'ENCRYPTED_ARCHIVE Heuristics.Encrypted.Zip')
  t.is(of('INSTREAM size limit exceeded. ERROR'), 'SCAN_INCOMPLETE StreamMaxLength')
  t.is(of('stream: a\nb\u001b[2J FOUND'), 'unavailable')
  t.is(of('stream: a\u001b[2J FOUND'), 'VIRUS_FOUND a?[2J')
  for (const answer of ['stream: OK ', 'OK', 'stream: OK\nstream: OK', '/etc/passwd: OK', '']) {
    t.is(of(answer), 'unavailable', JSON.stringify(answer))
  }
})
