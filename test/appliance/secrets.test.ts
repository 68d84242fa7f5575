/** No private key, passphrase or unit secret crosses the line or lies on the box's disk (design 8), nor a key of the box in clear. */
import { createPrivateKey } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { sha256Hex } from '../../ca/index.ts'
import { fingerprintWords, modelDistrict, type RosterUnit } from '../../provisioning/index.ts'
import { readBoxFile } from '../../appliance/box/data_folder.ts'
import { openBoxKeys } from '../../appliance/box/keys.ts'
import { enrolPerson, registerUnits, type DemoUnit } from '../../appliance/demo/district.ts'
import { firstOfficer } from '../../appliance/box/first_boot.ts'
import type { OfficerOptions } from '../../appliance/unit/officer.ts'
import { openSeat, unitPaths } from '../../appliance/unit/unit_folder.ts'
import type { Seat } from '../../appliance/unit/seat.ts'
import { advance, approveWhenAsked, serveNewBox, type ServedBox } from './in_process.ts'
import { run, sealbox, seed, seededNumbers } from './places.ts'
import { findSecrets, keySecret, textSecret, type Secret } from './secret_finder.ts'
import { diskOf, secretsOf } from './secrets_of.ts'
import { tapServers } from './traffic.ts'

interface Unit {
  readonly unit: RosterUnit
  readonly folder: string
  readonly passphrase: string
  /** As it is printed. */
  readonly unitSecret: string
}

/** Enrols with the command line, as a person at the unit does. */
async function enrolByCommand(
  t: ExecutionContext,
  served: ServedBox,
  given: {
    readonly unit: RosterUnit
    readonly code: string
    readonly passphrase: string
    readonly officer: OfficerOptions
  },
): Promise<Unit> {
  const { unit, code, passphrase, officer } = given
  const folder = join(served.folder, unit.uscc)
  const file = `${folder}.passphrase`
  await writeFile(file, `${passphrase}\n`)
  const root = served.box.parts.authority.chain.at(-1) ?? new Uint8Array()
  const where = ['--box', served.known.url, '--root-fingerprint', sha256Hex(root)]
  const what = ['--code', code, '--out', folder, '--passphrase-file', file]
  const enrolling = run(sealbox, ['enrol', ...where, ...what])
  const request = await approveWhenAsked(officer, unit.uscc)
  const { status, stdout, stderr } = await enrolling
  t.is(status, 0, stderr)
  t.true(stdout.includes(request))
  for (const row of fingerprintWords(request).chinese) t.true(stdout.includes(row.join(' ')))
  const sheet = await readFile(unitPaths(folder).sheet, 'utf8')
  const [, unitSecret = ''] = /unit secret\s+(\S.*\S)/.exec(sheet) ?? []
  return { unit, folder, passphrase, unitSecret }
}

async function boxSecrets(data: string): Promise<Secret[]> {
  const { keys } = await openBoxKeys({ directory: data, file: readBoxFile(data) })
  const names = ['root', 'issuing', 'tls', 'timestamping', 'ocsp', 'journal']
  return Promise.all(
    names.map(async (name) =>
      keySecret(`box ${name}`, createPrivateKey(await keys.exportPem(name))),
    ),
  )
}

async function seatsOf(of: Unit): Promise<DemoUnit> {
  const { unit, folder, passphrase, unitSecret } = of
  const open = (seat: string): Promise<Seat> => openSeat(folder, seat, { passphrase, unitSecret })
  const [clerk, leader] = await Promise.all([open('clerk'), open('leader')])
  const close = (): void => {
    clerk.close()
    leader.close()
  }
  return { unit, clerk, leader, enrolled: { keys: [], chain: [], compromises: [] }, close }
}

test('neither the line nor the disk of the box holds a secret of a unit, nor a key of the box in clear', async (t) => {
  const traffic = tapServers()
  const logged: string[] = []
  const log = pino({ level: 'trace' }, { write: (line: string) => void logged.push(line) })
  const served = await serveNewBox(log)
  t.teardown(() => served.close())
  const { known, data, code } = served
  const officer = await enrolPerson(known, { id: firstOfficer, role: 'officer', code })
  const chosen = modelDistrict.slice(0, 2)
  const codes = await registerUnits(officer, chosen)
  const units = await Promise.all(
    chosen.map((unit, at) =>
      enrolByCommand(t, served, {
        unit,
        code: codes.get(unit.uscc) ?? '',
        passphrase: `口令 of unit ${String(at)}, 0x5ea1b0c5`,
        officer,
      }),
    ),
  )
  officer.client.close()
  const [issuer, recipient] = await Promise.all(units.map(seatsOf))
  if (issuer === undefined || recipient === undefined) throw new TypeError('two units')
  const id = await advance(issuer, [recipient], 'dispatched')
  await recipient.clerk.document(id)
  await recipient.clerk.signFor(id)
  await recipient.clerk.pdf(id)
  await issuer.clerk.search('通知')
  const pki = `http://127.0.0.1:${String(served.serving.pkiPort)}`
  t.is((await fetch(`${pki}/ca/issuing.crl`)).status, 200)
  issuer.close()
  recipient.close()
  const secrets = [...(await boxSecrets(data))]
  for (const { unit, folder } of units) {
    const own = await secretsOf(unit.shortName, { folder, passphraseFile: `${folder}.passphrase` })
    t.is(own.length, 7)
    secrets.push(...own)
  }
  await served.stop()
  traffic.stop()

  const seen = traffic.all()
  const places = new Map<string, Uint8Array>([...seen, ...(await diskOf(data))])
  places.set('log', Buffer.from(logged.join('')))
  // The ears and the eyes are open: what must be there is.
  const all = Buffer.concat([...seen.values()])
  for (const words of [
    'POST /api/v1/requests/acts/redeem ',
    '/acts/seal ',
    '/acts/sign-for ',
    'GET /ca/issuing.crl ',
    'HTTP/1.1 201 ',
    '%PDF-1.7',
    '"signature":',
  ]) {
    t.true(all.includes(words), words)
  }
  t.true([...places.keys()].some((name) => name.startsWith('journal/')))
  t.is(secrets.length, 6 + 2 * 7)
  t.deepEqual(findSecrets(places, secrets), [])

  // The same search finds each secret on the disk of the units themselves, or where it is planted.
  const mine = await diskOfUnits(units)
  for (const name of ['passphrase', 'unit secret']) {
    t.true(
      findSecrets(mine, secrets).some((found) => found.includes(name)),
      name,
    )
  }
})

async function diskOfUnits(units: readonly Unit[]): Promise<Map<string, Uint8Array>> {
  const places = new Map<string, Uint8Array>()
  for (const { folder } of units) {
    for (const path of [unitPaths(folder).sheet, `${folder}.passphrase`]) {
      places.set(path, await readFile(path))
    }
  }
  return places
}

test(`the search finds every form of every secret, wherever it is planted (seed ${String(seed)})`, async (t) => {
  const draw = seededNumbers('plants')
  const noise = (length: number) => Buffer.from(Array.from({ length }, () => draw(256)))
  const { privateKey } = await crypto.subtle.generateKey(
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['sign'],
  )
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', privateKey))
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const secrets = [
    keySecret('key', key),
    textSecret('passphrase', '口令 correct horse'),
    textSecret('unit secret', 'ABCD-EFGH-JKMN', noise(16)),
  ]
  for (const { name, forms } of secrets) {
    for (const [form, bytes] of forms) {
      const planted = Buffer.concat([noise(draw(500)), bytes, noise(draw(500))])
      const once = Buffer.from(JSON.stringify({ body: planted.toString('base64') }))
      const twice = Buffer.from(JSON.stringify({ keyFile: once.toString('base64') }))
      for (const [how, place] of Object.entries({ planted, once, twice })) {
        const found = findSecrets(new Map([['here', place]]), secrets)
        t.true(
          found.some((words) => words.endsWith(`${name} as ${form}`)),
          `${name} as ${form} ${how}`,
        )
      }
    }
  }
  t.deepEqual(findSecrets(new Map([['noise', noise(20_000)]]), secrets), [])
})

test('a secret sent to the box or written to its disk is found', async (t) => {
  const traffic = tapServers()
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const secret = textSecret('passphrase', 'correct horse battery')
  const officer = await enrolPerson(served.known, {
    id: firstOfficer,
    role: 'officer',
    code: served.code,
  })
  const body = { code: Buffer.from('a correct horse battery').toString('base64') }
  await t.throwsAsync(officer.client.act('/api/v1/requests/acts/look-up', body))
  officer.client.close()
  await mkdir(join(served.data, 'journal', 'more'))
  await writeFile(join(served.data, 'journal', 'more', 'note'), 'correct horse battery')
  await served.stop()
  traffic.stop()
  const sent = findSecrets(traffic.all(), [secret])
  t.true(sent.length > 0 && sent.every((words) => /^tls \d+ in/.test(words)), sent.join('\n'))
  const lying = findSecrets(await diskOf(served.data), [secret])
  t.true(lying.some((words) => words.startsWith('journal/more/note: ')))
})
