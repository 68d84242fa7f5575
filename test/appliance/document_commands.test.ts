/** A document's life by commands at the unit: shortened identifiers, what is printed, and a file that is no draft. */
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import test from 'ava'
import { argon2Costs, modelDistrict } from '../../provisioning/index.ts'
import { enrolPerson, registerUnits, approvalBy } from '../../appliance/demo/district.ts'
import { firstOfficer } from '../../appliance/box/first_boot.ts'
import { documentOf } from '../../appliance/commands/short_name.ts'
import { createBoxClient } from '../../appliance/unit/box_client.ts'
import { enrolIntoFolder } from '../../appliance/unit/enrol_folder.ts'
import { draftFromText } from '../../exchange/index.ts'
import { serveNewBox, type ServedBox } from './in_process.ts'
import { run, sealbox, type Ended } from './places.ts'

const passphrase = 'long enough for anybody'

/** Two units enrolled into folders; gives how commands act as them. */
async function twoOffices({ folder, known, code, box }: ServedBox) {
  const officer = await enrolPerson(known, { id: firstOfficer, role: 'officer', code })
  const units = modelDistrict.slice(0, 2)
  const codes = await registerUnits(officer, units)
  const client = createBoxClient({ url: known.url, root: known.root, identity: {} })
  const file = join(folder, 'passphrase')
  await writeFile(file, `${passphrase}\n`)
  const root = box.parts.authority.chain.at(-1) ?? new Uint8Array()
  const acting = units.map(
    ({ uscc }) =>
      (...args: string[]): Promise<Ended> =>
        run(sealbox, [...args, '--unit', join(folder, uscc), '--passphrase-file', file]),
  )
  for (const { uscc } of units) {
    await enrolIntoFolder(client, {
      ...{ code: codes.get(uscc) ?? '', out: join(folder, uscc), url: known.url, root, passphrase },
      cost: { p12: { encryptionIterations: 1, macIterations: 1 }, keyFile: argon2Costs.fast },
      onWaiting: approvalBy(officer, uscc),
    })
  }
  client.close()
  officer.client.close()
  return { units, acting }
}

test('a document is followed by the first characters of its identifier, and its number and title are said', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { units, acting } = await twoOffices(served)
  const [issuer, recipient] = units
  const [office, finance] = acting
  if (!issuer || !recipient || !office || !finance) throw new TypeError('two units')
  const organ = { name: issuer.name, unit: issuer.uscc, agencyCode: issuer.agencyCode }
  const draft = draftFromText({
    source: { title: '关于测试的通知', text: '请遵照执行。' },
    issuers: [organ],
    mainRecipients: [{ name: recipient.name, unit: recipient.uscc }],
    ...{ copies: [], printedBy: issuer.name },
  })
  const path = join(served.folder, 'draft.json')
  await writeFile(path, JSON.stringify(draft))
  const drafted = await office('document', 'draft', path)
  t.is(drafted.status, 0, drafted.stderr)
  const [id = ''] = drafted.stdout.split(' ')
  const short = id.slice(0, 8)

  t.regex((await office('document', 'tasks')).stdout, new RegExp(`approve +${id} .*关于测试的通知`))
  const tooShort = await office('document', 'approve', id.slice(0, 7))
  t.is(tooShort.status, 64)
  t.regex(tooShort.stderr, new RegExp(`${id.slice(0, 7)}: .*first 8 characters`))
  const steps = [
    ['document', 'approve', short],
    ['document', 'number', short.toUpperCase()],
    ['seal', short],
    ['document', 'dispatch', short],
  ]
  const said: string[] = []
  for (const step of steps) {
    const { status, stdout, stderr } = await office(...step)
    t.is(status, 0, `${step.join(' ')}: ${stderr}`)
    said.push(stdout)
  }
  t.regex(
    said[1] ?? '',
    new RegExp(`^${id}  numbered  ${issuer.series[0] ?? ''}〔\\d{4}〕1号  .*关于测试`),
  )
  t.regex((await finance('document', 'tasks')).stdout, /sign-for .*关于测试的通知/)
  const signed = await finance('sign-for', short, '--out', join(served.folder, 'received'))
  t.is(signed.status, 0, signed.stderr)
  t.regex(signed.stdout, new RegExp(`${id}\\.pdf`))
  const again = await office('document', 'approve', short)
  t.is(again.status, 64, 'nothing is to be done with it')
  t.regex(again.stderr, /nothing in your list begins so/)
})

test('what two identifiers begin with means neither', async (t) => {
  const tasks = ['abcdefghij', 'abcdefghkl'].map((name) => ({ document: name.padEnd(26, '2') }))
  const seat = { tasks: () => Promise.resolve(tasks) } as unknown as Parameters<
    typeof documentOf
  >[0]
  t.is(await documentOf(seat, 'abcdefghk'), 'abcdefghkl'.padEnd(26, '2'))
  await t.throwsAsync(documentOf(seat, 'abcdefgh'), { code: 'USAGE', message: /several begin so/ })
  await t.throwsAsync(documentOf(seat, 'abcdefg'), { code: 'USAGE', message: /first 8 characters/ })
})

test('a file that is no JSON is named, with what is expected', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const { acting } = await twoOffices(served)
  const [office] = acting
  const path = join(served.folder, 'letter.txt')
  await writeFile(path, '关于测试的通知')
  const refused = await office?.('document', 'draft', path)
  t.is(refused?.status, 65)
  t.regex(
    refused?.stderr ?? '',
    /letter\.txt: .*no JSON file in UTF-8; see docs\/formats\/draft\.md/,
  )
})
