/** Approving several requests by one command: what does not wait any more is named and keeps nothing else waiting. */
import test from 'ava'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrol, personCertificates } from '../../appliance/unit/enrolment.ts'
import { serveNewBox } from './in_process.ts'
import { commandsAt } from './officer_commands.ts'

test('of several requests the ones that wait are approved, and the others named', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { known } = served
  const { enrolAs, asOfficer } = await commandsAt(served)
  t.is((await enrolAs(served.code, 'officer')).status, 0)
  const client = createBoxClient({ url: known.url, root: known.root, identity: {} })
  t.teardown(() => {
    client.close()
  })
  const asking = async (id: string) => {
    const appointed = await asOfficer('appoint', id, '--role', 'auditor')
    const [code = ''] = appointed.stdout.split(' ')
    let tell: (request: string) => void = () => undefined
    const request = new Promise<string>((resolve) => (tell = resolve))
    const onWaiting = (waiting: { request: string }): void => {
      tell(waiting.request)
    }
    const enrolled = enrol(client, { code, wanted: personCertificates('auditor'), onWaiting })
    return { enrolled, request: await request }
  }
  const [a, b, c] = [
    await asking('auditor-1'),
    await asking('auditor-2'),
    await asking('auditor-3'),
  ]
  t.is((await asOfficer('requests', 'approve', b.request)).status, 0)

  const unknown = '0'.repeat(64)
  const mixed = await asOfficer('requests', 'approve', a.request, b.request, unknown)
  t.is(mixed.status, 1)
  t.regex(mixed.stdout, new RegExp(`已批准 approved: ${a.request}`))
  for (const id of [b.request, unknown]) {
    t.regex(mixed.stdout, new RegExp(`未批准 not approved: ${id}`))
  }
  t.regex(mixed.stderr, /2 of 3 not approved/)
  const single = await asOfficer('requests', 'approve', b.request)
  t.is(single.status, 1)
  const both =
    '这份注册申请已经办结.* This request was decided already.* \\(ENROLMENT_REQUEST_DECIDED\\)'
  t.regex(single.stderr, new RegExp(`^sealbox: ${both}\\n`))
  t.regex(single.stderr, new RegExp(`^  request: ${b.request}$`, 'm'))
  t.notRegex(single.stderr, /[{}"]/, 'no JSON')

  const short = b.request.slice(0, 10)
  const misspelt = await asOfficer('requests', 'approve', c.request, short)
  t.deepEqual([misspelt.status, misspelt.stdout], [64, ''], 'nothing is approved')
  t.regex(misspelt.stderr, new RegExp(short))
  const twice = await asOfficer('requests', 'approve', c.request, c.request.slice(0, 8))
  t.is(twice.status, 0, twice.stderr)
  await Promise.all([a.enrolled, b.enrolled, c.enrolled])
})
