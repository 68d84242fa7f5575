/** Enrolling while an officer has to approve, as the unit and the officer see it: polling, a box that dies, a box that lies. */
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import test from 'ava'
import { sha256Hex, toBase64, toPem } from '../../ca/index.ts'
import { modelDistrict, requestedCertificates, writeRequestFile } from '../../provisioning/index.ts'
import { startBoxProcess, type BoxProcess } from '../../appliance/demo/box_process.ts'
import {
  approvalBy,
  enrolPerson,
  registerUnits,
  type DemoBox,
} from '../../appliance/demo/district.ts'
import { ApplianceError } from '../../appliance/errors.ts'
import { firstOfficer } from '../../appliance/box/first_boot.ts'
import { createBoxClient, type BoxClient } from '../../appliance/unit/box_client.ts'
import { enrol, personCertificates, unitCertificates } from '../../appliance/unit/enrolment.ts'
import {
  appoint,
  approveEnrolment,
  refuseEnrolment,
  requests,
  type OfficerOptions,
} from '../../appliance/unit/officer.ts'
import { createProcessMemory } from '../../appliance/unit/memory.ts'
import { fetchRoot } from '../../appliance/unit/root.ts'
import { serveNewBox } from './in_process.ts'
import { commandsAt } from './officer_commands.ts'
import { run, sealbox, temporaryFolder } from './places.ts'

async function introduce({ url, ready }: BoxProcess): Promise<DemoBox> {
  const root = toPem('CERTIFICATE', await fetchRoot(url, ready.root))
  const client = createBoxClient({ url, root, identity: {} })
  const { box, journalCertificate } = await client.act<{ box: string; journalCertificate: string }>(
    '/api/v1/requests/acts/look-up',
    { code: ready.code },
  )
  client.close()
  return { url, root, id: box, journalCertificate: Buffer.from(journalCertificate, 'base64') }
}

test('a request that waits survives kill -9, and the unit that polls has its certificates in the end', async (t) => {
  const data = join(await temporaryFolder(t), 'data')
  const first = await startBoxProcess({ data })
  t.teardown(() => first.process.kill('SIGKILL'))
  const known = await introduce(first)
  const code = first.ready.code ?? ''
  const officer = await enrolPerson(known, { id: firstOfficer, role: 'officer', code })
  const [unit] = modelDistrict
  if (unit === undefined) throw new TypeError('a unit')
  const codes = await registerUnits(officer, [unit])
  const client = createBoxClient({ url: known.url, root: known.root, identity: {} })
  let told = 0
  const enrolled = await enrol(client, {
    code: codes.get(unit.uscc) ?? '',
    wanted: unitCertificates,
    onWaiting: async ({ request }) => {
      told += 1
      const ended = new Promise((resolve) => first.process.once('exit', resolve))
      first.process.kill('SIGKILL')
      await ended
      const { port, pkiPort } = first.ready
      const second = await startBoxProcess({ data, port, pkiPort })
      t.teardown(() => second.process.kill('SIGKILL'))
      t.is((await requests(officer)).find(({ who }) => who === unit.uscc)?.waiting?.id, request)
      await approveEnrolment(officer, request)
    },
  })
  client.close()
  officer.client.close()
  t.is(told, 1)
  t.is(enrolled.keys.length, 5)
})

/** A box that answers redemptions as it is told. */
function scripted(answers: readonly (object | 'down')[]): BoxClient & { asked: number } {
  const client = {
    asked: 0,
    act: <T>(): Promise<T> => {
      const answer = answers[client.asked]
      client.asked += 1
      if (answer === 'down') return Promise.reject(new ApplianceError('BOX_UNREACHABLE', 'down'))
      if (answer === undefined) return Promise.reject(new Error('asked once too often'))
      return Promise.resolve(answer as T)
    },
  }
  return client as unknown as BoxClient & { asked: number }
}

const wanted = personCertificates('auditor')
const issued = {
  certificates: wanted.map((one) => ({ ...one, certificate: toBase64(Uint8Array.of(1)) })),
  chain: [],
  compromises: [],
}

test('a line that breaks is asked again, and a box that names other keys is not believed', async (t) => {
  const restless = scripted(['down', 'down', issued])
  t.is((await enrol(restless, { code: 'code', wanted })).keys.length, 2)
  t.is(restless.asked, 3)
  await t.throwsAsync(enrol(scripted(['down', 'down', 'down']), { code: 'code', wanted }), {
    code: 'BOX_UNREACHABLE',
  })
  const other = { state: 'waiting', request: '0'.repeat(64), expires: '' }
  const onWaiting = (): void => {
    t.fail('nothing is read out that the box made up')
  }
  const lying = scripted([other, issued])
  await t.throwsAsync(enrol(lying, { code: 'code', wanted, onWaiting }), { code: 'BOX_REFUSED' })
})

test('an officer signs nothing for a box that gives other keys than it names', async (t) => {
  const keys = [{ profile: 'auditor-client', seat: null, publicKey: Uint8Array.of(1) }]
  const file = writeRequestFile(keys)
  const [other, asked] = [sha256Hex(file), '1'.repeat(64)]
  const request = (named: string, act: 'approve' | 'refuse') => ({
    ...{ type: 'sealbox-signreq', v: 1, act: `${act}-request`, box: 'box' },
    ...{ holder: 'person:officer-1', path: `/api/v1/requests/${named}/acts/${act}`, body: {} },
    statement:
      act === 'refuse'
        ? { type: 'sealbox.enrolment-refusal', request: named, who: 'auditor-1', reason: 'why' }
        : {
            ...{ type: 'sealbox.enrolment-approval', request: named, who: 'auditor-1' },
            certificates: requestedCertificates(keys),
          },
    files: [{ as: 'requests', name: 'requests.json', sha256: named, href: '/api/v1/requests/x' }],
    words: {},
    journal: { checkpoint: 'none', from: null, proof: [] },
  })
  let acts = 0
  /** An officer of a box that answers with this when asked what to sign. */
  const officerGiven = (answer: object): OfficerOptions => {
    const client = {
      get: (path: string) => Promise.resolve(path.includes('sign-request') ? answer : {}),
      bytes: () => Promise.resolve(file),
      act: () => Promise.resolve(acts++),
    }
    const holder = 'person:officer-1'
    return { client, holder, memory: createProcessMemory() } as unknown as OfficerOptions
  }
  const approving = officerGiven(request(other, 'approve'))
  await t.throwsAsync(approveEnrolment(approving, asked), { code: 'SIGN_REQUEST_DISAGREES' })
  const behind = officerGiven(request(asked, 'approve'))
  await t.throwsAsync(approveEnrolment(behind, asked), { code: 'SIGN_REQUEST_FILE_DIFFERS' })
  const refusing = officerGiven(request(other, 'refuse'))
  await t.throwsAsync(refuseEnrolment(refusing, asked, 'why'), { code: 'SIGN_REQUEST_DISAGREES' })
  t.is(acts, 0)
})

test('the officer’s part approves only what the box shows for that very unit', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { known, code } = served
  const officer = await enrolPerson(known, { id: firstOfficer, role: 'officer', code })
  t.teardown(() => {
    officer.client.close()
  })
  const [one, two] = await Promise.all(
    ['auditor-1', 'auditor-2'].map((id) => appoint(officer, { id, role: 'auditor' })),
  )
  const client = createBoxClient({ url: known.url, root: known.root, identity: {} })
  t.teardown(() => {
    client.close()
  })
  const onWaiting = async (waiting: { request: string }): Promise<void> => {
    const wrong = approvalBy(officer, 'auditor-2')
    await t.throwsAsync(wrong(waiting), { code: 'BOX_REFUSED' })
    await approvalBy(officer, 'auditor-1')(waiting)
  }
  await enrol(client, { code: one?.code ?? '', wanted, onWaiting })
  await t.notThrowsAsync(
    enrolPerson(known, { id: 'auditor-2', role: 'auditor', code: two?.code ?? '' }, officer),
  )
})

test('requests are listed, approved and refused, and people appointed, by the command line', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { folder, box } = served
  const { enrolAs, asOfficer } = await commandsAt(served)
  t.is((await enrolAs(served.code, 'officer')).status, 0, 'the first officer waits for nobody')

  const none = await asOfficer('requests')
  t.deepEqual([none.status, none.stdout], [0, '没有等待批准的申请。 No request waits.\n'])
  t.is((await asOfficer('appoint', 'auditor-1', '--role', 'clerk')).status, 64)
  const appointed = await asOfficer('appoint', 'auditor-1', '--role', 'auditor')
  t.is(appointed.status, 0, appointed.stderr)
  const [code = ''] = appointed.stdout.split(' ')

  const enrolling = enrolAs(code, 'first')
  const id = await waitingId(served)
  const list = await asOfficer('requests')
  t.regex(list.stdout, new RegExp(`auditor-1  auditor\n.*${id}`))
  t.is((await asOfficer('requests', 'approve', id.slice(0, 7))).status, 64)
  t.is((await asOfficer('requests', 'refuse', id)).status, 64, 'a reason is needed')
  const refused = await asOfficer('requests', 'refuse', id.slice(0, 12), '--reason', '核对不符')
  t.is(refused.status, 0, refused.stderr)
  const failed = await enrolling
  t.is(failed.status, 1)
  t.regex(failed.stderr, /ENROLMENT_REQUEST_REFUSED/)

  const further = await asOfficer('requests', 'issue-code', 'auditor-1')
  const again = enrolAs(further.stdout.trim(), 'second')
  const next = await waitingId(served)
  t.not(next, id)
  const approved = await asOfficer('requests', 'approve', next.slice(0, 8))
  t.is(approved.status, 0, approved.stderr)
  t.is((await again).status, 0)
  t.regex((await asOfficer('requests', '--all')).stdout, /^redeemed +auditor-1/m)

  const { authority } = box.parts
  const held = async (): Promise<unknown[]> =>
    (await authority.certificatesOf('person:auditor-1')).map(({ revoked }) => revoked?.reason)
  t.is((await asOfficer('revoke', '--holder', 'person:auditor-1')).status, 64, 'no reason')
  t.is((await asOfficer('revoke', '--reason', 'superseded')).status, 64, 'no certificate')
  const wrong = ['revoke', '--holder', 'person:auditor-1', '--reason', 'removeFromCRL']
  t.is((await asOfficer(...wrong)).status, 64)
  const hold = await asOfficer(...wrong.slice(0, -1), 'certificateHold')
  t.regex(hold.stdout, /revoked .*\n +access [\d.]+ ms, CRL [\d.]+ ms, OCSP [\d.]+ ms/)
  t.deepEqual(await held(), ['certificateHold', 'certificateHold'])
  t.is((await asOfficer('revoke', '--release', '--holder', 'person:auditor-1')).status, 0)
  t.deepEqual(await held(), [undefined, undefined])
  const [login] = await authority.certificatesOf('person:auditor-1')
  const file = join(folder, 'login.crt')
  await writeFile(file, login?.certificate ?? '')
  const now = new Date().toISOString()
  const since = ['--reason', 'keyCompromise', '--invalidity-date', now]
  const done = await asOfficer('revoke', file, ...since)
  t.is(done.status, 0, done.stderr)
  t.is((await authority.certificate(login?.sha256 ?? ''))?.revoked?.invalidityDate, now)
})

/** The one request that waits, as soon as it does. */
async function waitingId({ box }: Awaited<ReturnType<typeof serveNewBox>>): Promise<string> {
  for (;;) {
    for await (const { key, value } of box.journal.views.scan('p/request/')) {
      if ((value as { state: string }).state === 'waiting') return key.replace('p/request/', '')
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a .p12 for old programs is written only if asked for, and works like another', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { folder, known, box } = served
  const passphrase = join(folder, 'passphrase')
  await writeFile(passphrase, 'long enough for anybody\n')
  const root = sha256Hex(box.parts.authority.chain.at(-1) ?? new Uint8Array())
  const secret = ['--passphrase-file', passphrase]
  const enrolled = await run(sealbox, [
    ...['enrol', '--box', known.url, '--root-fingerprint', root, '--code', served.code],
    ...['--out', join(folder, 'officer'), ...secret, '--legacy-p12'],
  ])
  t.is(enrolled.status, 0, enrolled.stderr)
  t.regex(enrolled.stdout, /Delete them once imported/)
  const told = await run('openssl', [
    ...['pkcs12', '-info', '-noout', '-in', join(folder, 'officer', 'self.p12')],
    ...['-passin', 'pass:long enough for anybody'],
  ])
  t.regex(told.stderr, /MAC: sha1[\s\S]*KeyTripleDES-CBC/)
  const listed = await run(sealbox, ['requests', '--unit', join(folder, 'officer'), ...secret])
  t.is(listed.status, 0, listed.stderr)
})
