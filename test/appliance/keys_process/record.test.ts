/** The record of signatures: a cut end is forgotten, anything else that does not fit stops the key. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
  openSignatureRecord,
  type Signing,
} from '../../../appliance/keys_process/signature_record.ts'
import { temporaryFolder } from '../places.ts'

const now = (): Date => new Date('2026-11-25T08:00:00Z')
const signing = (serial: string): Signing => ({
  key: 'issuing',
  what: { kind: 'certificate', profile: 'seat-client', serial },
  tbs: '0'.repeat(64),
})
const list: Signing = { key: 'issuing', what: { kind: 'crl', number: '7' }, tbs: '1'.repeat(64) }

test('signatures of a moment are written in their order, and counted after a restart', async (t) => {
  const path = join(await temporaryFolder(t), 'signatures.jsonl')
  const record = await openSignatureRecord(path, now)
  await Promise.all([
    ...['01', '02', '03'].map((one) => record.add(signing(one))),
    record.add(list),
  ])
  const { status } = record
  t.like(status, { certificates: 3, crls: 1 })
  await record.close()
  t.deepEqual((await openSignatureRecord(path, now)).status, status)
})

test('what a power cut left of a last line is forgotten, and the next line follows the last whole one', async (t) => {
  const path = join(await temporaryFolder(t), 'signatures.jsonl')
  const record = await openSignatureRecord(path, now)
  await record.add(signing('01'))
  await record.add(signing('02'))
  await record.close()
  writeFileSync(path, readFileSync(path).subarray(0, -20))
  const again = await openSignatureRecord(path, now)
  t.is(again.status.certificates, 1)
  await again.add(signing('03'))
  await again.close()
  t.is((await openSignatureRecord(path, now)).status.certificates, 2)
})

const damages: readonly (readonly [title: string, change: (text: string) => string])[] = [
  ['a line changed', (text) => text.replace('"serial":"01"', '"serial":"ff"')],
  ['a line missing', (text) => text.slice(text.indexOf('\n') + 1)],
  ['two lines swapped', (text) => text.split('\n').slice(0, 2).reverse().join('\n') + '\n'],
  ['a line that is no JSON', (text) => `x\n${text}`],
]

for (const [title, change] of damages) {
  test(`with ${title} nothing is signed`, async (t) => {
    const path = join(await temporaryFolder(t), 'signatures.jsonl')
    const record = await openSignatureRecord(path, now)
    await record.add(signing('01'))
    await record.add(signing('02'))
    await record.close()
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    await t.throwsAsync(openSignatureRecord(path, now), { code: 'CA_KEY_RECORD_DAMAGED' })
  })
}
