/** What is typed at the machine's consoles, and who may ask for what. */
import { PassThrough } from 'node:stream'
import test from 'ava'
import { mayAsk } from '../../../appliance/disk/act.ts'
import { createConsole, type Line } from '../../../appliance/disk/console.ts'
import { recoveryOfIdentity } from '../../../appliance/disk/index.ts'
import { eraseWords, jobSchema, type DiskJob } from '../../../appliance/disk/job.ts'

function line(
  hasChinese: boolean,
): Line & { readonly input: PassThrough; readonly shown: () => string } {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const shown: string[] = []
  output.on('data', (part: Buffer) => shown.push(part.toString()))
  return { input, output, hasChinese, close: () => undefined, shown: () => shown.join('') }
}

test('whichever console answers first is heard, what is typed is shown on none, and one without Chinese shows English', async (t) => {
  const [serial, screen] = [line(true), line(false)]
  const console = createConsole([serial, screen])
  const asked = console.ask('passphrase')
  screen.input.write('secret words\r')
  t.is(await asked, 'secret words')
  for (const { shown } of [serial, screen]) t.false(shown().includes('secret'))
  t.true(serial.shown().includes('数据盘口令'))
  t.regex(screen.shown(), /^[ -~\r\n]+$/)
})

test('backspace and Ctrl-U correct, other keys of a terminal do nothing, and what was typed before a question is no answer', async (t) => {
  const serial = line(true)
  const console = createConsole([serial])
  serial.input.write('typed too early\r')
  await new Promise(setImmediate)
  const asked = console.ask('pin')
  serial.input.write('wrong\u001512345\u0003\u001a\u001c\u00047\u007f6')
  serial.input.write(Buffer.from('印匣').subarray(0, 2))
  serial.input.write(Buffer.from('印匣').subarray(2))
  serial.input.write('\n')
  t.is(await asked, '123456印匣')
})

test('the service may ask how the disk is, and nothing else: it sets no passphrase and erases nothing', (t) => {
  const jobs: readonly DiskJob[] = [
    { do: 'state' },
    { do: 'enrol-recovery', passphrase: '' },
    { do: 'set-pin', pin: null },
    { do: 'change-passphrase', old: '', next: '' },
    { do: 'factory-reset', confirm: eraseWords },
  ]
  t.deepEqual(
    jobs.map((job) => mayAsk('box', job)),
    [true, false, false, false, false],
  )
  t.true(jobs.every((job) => mayAsk('console', job)))
  t.false(jobSchema.safeParse({ do: 'factory-reset', confirm: 'yes' }).success)
})

test('the identity of the backups gives the recovery passphrase, always the same one', (t) => {
  // By hand: openssl kdf -keylen 20 -kdfopt digest:SHA256 -kdfopt hexkey:0707… -kdfopt 'info:sealbox/1 disk recovery' HKDF | base32
  t.is(recoveryOfIdentity(new Uint8Array(32).fill(7)), 'ILOH-2QN6-L6UF-SROG-UHAL-JDRE-ZNHL-RCF3')
})
