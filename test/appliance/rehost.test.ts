/** A box that moves: by the command at rest, by order of two officers while it runs; new names answer, old addresses go on answering. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import test from 'ava'
import { orderSchemas } from '../../exchange/index.ts'
import { readBoxFile } from '../../appliance/box/data_folder.ts'
import { addressesAfter } from '../../appliance/host/addresses.ts'
import { openBox } from '../../appliance/box/box.ts'
import { run as rehost } from '../../appliance/commands/rehost.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { countersignOrder, proposeOrder } from '../../appliance/unit/officer.ts'
import { createProcessMemory } from '../../appliance/unit/memory.ts'
import { sha256Hex, toPem } from '../../ca/index.ts'
import { openTestBox, type TestBox, type TestPerson } from '../web/box_fixture.ts'

const silent = { info: () => undefined, error: () => undefined }

/** Whether a browser that asks for this name trusts who answers. */
function answersTo(box: TestBox, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: box.port, servername: name, ca: box.rootPem })
    socket.on('secureConnect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => {
      resolve(false)
    })
  })
}

/** The addresses that a certificate carries, as openssl prints them. */
const addressesIn = (certificate: Uint8Array): string =>
  execFileSync('openssl', ['x509', '-noout', '-ext', 'crlDistributionPoints,authorityInfoAccess'], {
    input: toPem('CERTIFICATE', certificate),
    encoding: 'utf8',
  })

const newestOf = async (box: TestBox, holder: string): Promise<Uint8Array> => {
  const found = await box.parts.authority.certificatesOf(holder)
  const [newest] = found.toSorted((a, b) => b.notBefore.getTime() - a.notBefore.getTime())
  return newest?.certificate ?? new Uint8Array()
}

const officerOf = (box: TestBox, { holder, login, signing }: TestPerson) => ({
  client: createBoxClient({
    ...{ url: `https://localhost:${String(box.port)}`, root: box.rootPem, identity: login },
  }),
  box: box.officer.options.box,
  ...{ holder, signing: signing.signer, memory: createProcessMemory() },
})

test.serial(
  'two officers move a running box: new and old names answer, what is issued carries the new address, what was issued still finds its list',
  async (t) => {
    const box = await openTestBox()
    t.teardown(() => box.close())
    const second = await box.appoint('officer-2', 'officer')
    const before = await newestOf(box, second.holder)
    t.regex(addressesIn(before), /URI:http:\/\/localhost:\d+\/ca\/issuing\.crl/)
    t.false(await answersTo(box, 'seal.district'))
    const to = {
      hostNames: ['seal.district', 'localhost', '127.0.0.1'],
      pkiUrl: 'http://seal.district:8080',
    }
    const other = officerOf(box, second)
    const order = await proposeOrder(box.officer.options, { act: 'rehost', ...to }, '换了机房')
    t.false(await answersTo(box, 'seal.district'), 'one officer moves nothing')
    await countersignOrder(other, order)
    other.client.close()
    t.true(await answersTo(box, 'seal.district'))
    t.true(await answersTo(box, 'localhost'))
    t.false(await answersTo(box, 'elsewhere.district'))
    t.like(readBoxFile(box.directory), to)
    const after = await box.appoint('auditor-1', 'auditor')
    t.regex(addressesIn(await newestOf(box, after.holder)), /URI:http:\/\/seal\.district:8080\/ca/)
    for (const host of ['localhost', 'seal.district:8080']) {
      const list = await box.request({
        path: '/ca/issuing.crl',
        pki: true,
        headers: { Host: host },
      })
      t.is(list.status, 200, host)
    }
    const [entry] = await box.entries(0, 'box.rehosted')
    t.like(entry?.data, to)
    t.is(entry?.actor.holder, second.holder)
  },
)

test('names and addresses of both kinds can be ordered', (t) => {
  for (const to of [
    { hostNames: ['box.district', '10.0.0.1', 'fd00::1'], pkiUrl: 'http://box.district:65535' },
    { hostNames: ['a-1'], pkiUrl: 'http://10.0.0.1' },
    { hostNames: ['::1'], pkiUrl: 'http://[fd00::1]:8080' },
  ]) {
    t.true(orderSchemas.rehost.safeParse({ act: 'rehost', ...to }).success, to.pkiUrl)
  }
})

test.serial(
  'a name or address that is none is refused, by the order and by the command',
  async (t) => {
    const box = await openTestBox()
    t.teardown(() => box.close())
    const { options } = box.officer
    for (const to of [
      { hostNames: ['bad name'], pkiUrl: 'http://a:8080' },
      { hostNames: ['-a'], pkiUrl: 'http://a:8080' },
      { hostNames: [], pkiUrl: 'http://a:8080' },
      { hostNames: ['a'], pkiUrl: 'https://a:8080' },
      { hostNames: ['a'], pkiUrl: 'http://a:8080/path' },
      { hostNames: ['a'], pkiUrl: 'http://user@a' },
      { hostNames: ['a'], pkiUrl: 'http://a:99999' },
      { hostNames: ['a'], pkiUrl: 'http://..' },
      { hostNames: ['a'], pkiUrl: 'http://-' },
      { hostNames: ['a'], pkiUrl: 'http://[:]' },
      { hostNames: ['a', ':::'], pkiUrl: 'http://a' },
      { hostNames: Array.from({ length: 21 }, (_, at) => `a${String(at)}`), pkiUrl: 'http://a' },
    ]) {
      await t.throwsAsync(
        proposeOrder(options, { act: 'rehost', ...to }, 'x'),
        undefined,
        to.pkiUrl,
      )
    }
    // While it runs the command finds the folder taken.
    await t.throwsAsync(rehost(['--data', box.directory, '--host', 'a']), {
      code: 'DATA_FOLDER_BUSY',
    })
    await box.stop()
    await t.throwsAsync(rehost(['--data', box.directory, '--host', 'bad name']), { code: 'USAGE' })
    await t.throwsAsync(rehost(['--data', box.directory]), { code: 'USAGE' })
    t.deepEqual(readBoxFile(box.directory).hostNames, ['localhost', '127.0.0.1'])
  },
)

test.serial(
  'the command moves a box at rest; a power cut before box.json was written is mended at the next opening',
  async (t) => {
    const box = await openTestBox()
    t.teardown(() => box.close())
    await box.stop()
    const path = join(box.directory, 'box.json')
    const old = readFileSync(path, 'utf8')
    t.is(
      await rehost(['--data', box.directory, '--host', '10.1.2.3', '--also', 'seal.district']),
      0,
    )
    const moved = readFileSync(path, 'utf8')
    const port = new URL(readBoxFile(box.directory).pkiUrl).port
    t.like(readBoxFile(box.directory), {
      hostNames: ['10.1.2.3', 'seal.district', 'localhost', '127.0.0.1'],
      pkiUrl: `http://10.1.2.3:${port}`,
    })
    writeFileSync(path, old)
    const opened = await openBox({ directory: box.directory, log: silent, url: 'https://x' })
    const { certificates } = await opened.trust.tls()
    await opened.close()
    t.is(readFileSync(path, 'utf8'), moved)
    const names = execFileSync('openssl', ['x509', '-noout', '-ext', 'subjectAltName'], {
      input: toPem('CERTIFICATE', certificates[0] ?? new Uint8Array()),
      encoding: 'utf8',
    })
    t.regex(names, /IP Address:10\.1\.2\.3, DNS:seal\.district/)
    t.is(sha256Hex(certificates.at(-1) ?? new Uint8Array()), sha256Hex(box.root), 'the same root')
    t.is(await rehost(['--data', box.directory, '--host', 'seal.district', '--drop-old']), 0)
    t.deepEqual(readBoxFile(box.directory).hostNames, ['seal.district', 'localhost', '127.0.0.1'])
  },
)

test('after a move the new name comes first, old ones stay, and the port of the trust services is as it was', (t) => {
  const before = { hostNames: ['old', 'localhost', '127.0.0.1'], pkiUrl: 'http://old:8081' }
  const names = (of: Parameters<typeof addressesAfter>[1]): string =>
    addressesAfter(before, of).hostNames.join(' ')
  t.is(names({ host: 'new' }), 'new old localhost 127.0.0.1')
  t.is(names({ host: 'old', also: ['alias'] }), 'old alias localhost 127.0.0.1')
  t.is(names({ host: 'new', dropOld: true }), 'new localhost 127.0.0.1')
  t.is(addressesAfter(before, { host: 'new' }).pkiUrl, 'http://new:8081')
  t.is(addressesAfter(before, { host: 'fd00::1' }).pkiUrl, 'http://[fd00::1]:8081')
  t.is(addressesAfter(before, { host: 'new', pkiUrl: 'http://pki' }).pkiUrl, 'http://pki')
  const also = Array.from({ length: 20 }, (_, at) => `a${String(at)}`)
  t.throws(() => addressesAfter(before, { host: 'new', also }), { code: 'USAGE' })
})
