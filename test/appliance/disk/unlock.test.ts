/** The data partition from its first start to its end, with a real LUKS2 header and a software TPM. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, copyFileSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import test from 'ava'
import { headerBytes } from '../../../appliance/disk/luks.ts'
import {
  changePassphrase,
  diskKeys,
  enrolRecovery,
  factoryReset,
  raiseCounter,
  setPin,
} from '../../../appliance/disk/running.ts'
import { openData } from '../../../appliance/disk/unlock.ts'
import { newMachine, person } from './machine.ts'
import { newTpm } from './swtpm.ts'

const phrase = '一二三四五六七八九十百千'
const recovery = 'AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH'
const otherRecovery = 'QQQQ-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG-HHHH'

test('with a TPM nobody is asked anything, until an older version is started or the firmware changed', async (t) => {
  const tpm = await newTpm(t)
  const machine = await newMachine(t, tpm)
  const first = await openData(await machine.start({}))
  t.deepEqual([first.openedBy, first.isNew, first.isSealed], ['tpm', true, true])
  t.true((await tpm.tpm.state()).isOwned)
  const running = await machine.start({ version: '1.1.0' })
  t.is((await openData(running)).openedBy, 'tpm', 'the newer version on trial')
  await enrolRecovery(running, { passphrase: recovery })
  t.true(await raiseCounter(running, '1.1.0'))
  t.false(await raiseCounter(running, '1.0.0'))

  const older = person('no', recovery)
  const opened = await openData(await machine.start({ version: '1.0.0', console: older }))
  t.deepEqual(older.heard, ['older-version', 'recovery?', 'wrong', 'recovery?', 'opened'])
  t.deepEqual([opened.openedBy, opened.isSealed], ['recovery', false])
  t.is((await openData(await machine.start({ version: '1.1.0' }))).openedBy, 'tpm')

  const changed = { version: '1.1.0', firmware: 'a newer firmware' }
  const keeper = person(recovery.toLowerCase().replaceAll('-', ' '))
  const anew = await openData(await machine.start({ ...changed, console: keeper }))
  t.deepEqual(keeper.heard, ['firmware-changed', 'recovery?', 'opened', 'sealed-anew'])
  t.true(anew.isSealed)
  t.is((await openData(await machine.start(changed))).openedBy, 'tpm')
})

test('on a new machine the custodians open the disk once, and its TPM does from then on', async (t) => {
  const machine = await newMachine(t, await newTpm(t))
  const running = await machine.start({})
  await openData(running)
  await enrolRecovery(running, { passphrase: recovery })
  const tpm = await newTpm(t)
  const console = person(recovery)
  t.true((await openData(await machine.start({ tpm, console }))).isSealed)
  t.is((await openData(await machine.start({ tpm }))).openedBy, 'tpm')
})

test('without Secure Boot the TPM is never given the key', async (t) => {
  const machine = await newMachine(t, await newTpm(t))
  const console = person(phrase, phrase)
  const opened = await openData(await machine.start({ isSecureBoot: false, console }))
  t.deepEqual([opened.isSealed, opened.refusal], [false, 'secure-boot-off'])
  t.is(console.heard[0], 'secure-boot-off')
})

test('a TPM that belongs to somebody else is left alone', async (t) => {
  const tpm = await newTpm(t)
  tpm.byHand('changeauth', '-c', 'owner', 'theirs')
  const machine = await newMachine(t, tpm)
  const opened = await openData(await machine.start({ console: person(phrase, phrase) }))
  t.is(opened.refusal, 'owned-by-others')
})

test('without a TPM the passphrase is chosen at the first start and asked at each', async (t) => {
  const machine = await newMachine(t)
  const chooser = person('too short', phrase, 'another than', phrase, phrase)
  t.is((await openData(await machine.start({ console: chooser }))).openedBy, 'passphrase')
  const asked = ['new-passphrase?', 'too-short', 'new-passphrase?', 'again?', 'differ']
  t.deepEqual(chooser.heard, ['none', ...asked, 'new-passphrase?', 'again?', 'forming'])
  const running = await machine.start({ console: person('', 'wrong passphrase', phrase) })
  t.is((await openData(running)).openedBy, 'passphrase')

  await t.throwsAsync(changePassphrase(running, { old: 'wrong', next: `${phrase}!` }), {
    code: 'DISK_LOCKED',
  })
  await t.throwsAsync(changePassphrase(running, { old: phrase, next: 'short' }), {
    code: 'DISK_SECRET_WEAK',
  })
  await changePassphrase(running, { old: phrase, next: `${phrase}!` })
  const later = person(phrase, `${phrase}!`)
  await openData(await machine.start({ console: later }))
  t.is(later.heard.filter((heard) => heard === 'wrong').length, 1, 'the old one opens nothing')
  t.false(await raiseCounter(running, '2.0.0'))
})

test('a PIN is asked at the start, and survives a change of firmware as a new one', async (t) => {
  const machine = await newMachine(t, await newTpm(t))
  const running = await machine.start({})
  await openData(running)
  await enrolRecovery(running, { passphrase: recovery })
  await t.throwsAsync(setPin(running, '12345'), { code: 'DISK_SECRET_WEAK' })
  await setPin(running, '471100')
  t.deepEqual(await diskKeys(running), {
    ...{ hasPassphrase: false, hasRecovery: true, isSealed: true, hasPin: true },
  })
  const typing = person('000000', '471100')
  t.is((await openData(await machine.start({ console: typing }))).openedBy, 'tpm')
  t.deepEqual(typing.heard, ['pin?', 'wrong', 'pin?', 'opened'])
  const firmware = 'a newer firmware'
  const keeper = person(recovery, '815815', '815815')
  await openData(await machine.start({ firmware, console: keeper }))
  const console = person('815815')
  t.is((await openData(await machine.start({ firmware, console }))).openedBy, 'tpm')
})

test('another recovery passphrase needs the old one', async (t) => {
  const machine = await newMachine(t)
  const running = await machine.start({ console: person(phrase, phrase) })
  await openData(running)
  await enrolRecovery(running, { passphrase: recovery })
  const next = { passphrase: otherRecovery }
  await t.throwsAsync(enrolRecovery(running, next), { code: 'DISK_RECOVERY_PRESENT' })
  await t.throwsAsync(enrolRecovery(running, { ...next, old: otherRecovery }), {
    code: 'DISK_LOCKED',
  })
  // Nor does the passphrase at start do: it is the operator's, not the custodians'.
  await t.throwsAsync(enrolRecovery(running, { ...next, old: phrase }), {
    code: 'DISK_RECOVERY_MALFORMED',
  })
  // A ceremony that is held anew, while there is no box yet.
  await enrolRecovery(running, { ...next, mayReplace: true })
  await enrolRecovery(running, { passphrase: recovery, old: otherRecovery })
  await enrolRecovery(running, { ...next, old: recovery })
  const console = person(recovery, otherRecovery)
  t.is((await openData(await machine.start({ console }))).openedBy, 'recovery')
})

test('after a factory reset an old copy of the disk opens nowhere, and the box starts anew', async (t) => {
  const tpm = await newTpm(t)
  const machine = await newMachine(t, tpm)
  const running = await machine.start({})
  await openData(running)
  copyFileSync(machine.device, `${machine.device}.old`)
  await factoryReset(running, (octets) => {
    const file = openSync(machine.device, 'r+')
    writeSync(file, new Uint8Array(octets), 0, octets, 0)
    closeSync(file)
  })
  t.true(
    readFileSync(machine.device)
      .subarray(0, headerBytes)
      .every((octet) => octet === 0),
  )
  t.true((await openData(await machine.start({}))).isNew)
  copyFileSync(`${machine.device}.old`, machine.device)
  await t.throwsAsync(machine.start({}).then(openData), { message: 'nobody answers recovery' })
})

test('a reset that was cut goes on at the next start, and so does a first start', async (t) => {
  const machine = await newMachine(t, await newTpm(t))
  const running = await machine.start({})
  await openData(running)
  const cut = new Error('power')
  await t.throwsAsync(
    factoryReset(running, () => {
      throw cut
    }),
    { is: cut },
  )
  t.true((await openData(await machine.start({}))).isNew, 'after the keys were taken')

  const cutAt = ['open', 'makeFileSystem'] as const
  for (const step of cutAt) {
    const empty = await newMachine(t, await newTpm(t))
    const starting = await empty.start({})
    const volume = { ...starting.volume, [step]: () => Promise.reject(cut) }
    await t.throwsAsync(openData({ ...starting, volume }), { is: cut })
    t.true((await openData(await empty.start({}))).isNew, step)
  }
  const owning = await newMachine(t, await newTpm(t))
  const starting = await owning.start({})
  const { tpm } = starting
  if (!tpm) return t.fail()
  const brokenTpm = { ...tpm, takeOwnership: () => Promise.reject(cut) }
  await t.throwsAsync(openData({ ...starting, tpm: brokenTpm }), { is: cut })
  const again = await openData(await owning.start({}))
  t.deepEqual([again.isNew, again.openedBy], [false, 'tpm'])
  t.true((await tpm.state()).isOwned, 'the authorisations were made good')
})

test('a first copy of the header that is lost is made good from the second', async (t) => {
  const machine = await newMachine(t, await newTpm(t))
  await openData(await machine.start({}))
  const file = openSync(machine.device, 'r+')
  writeSync(file, Buffer.alloc(4096), 0, 4096, 0)
  closeSync(file)
  t.is((await openData(await machine.start({}))).openedBy, 'tpm')
})

for (const [what, put] of [
  ['a file system', (device: string) => execFileSync('mke2fs', ['-q', '-F', '-t', 'ext4', device])],
  ['somebody else’s LUKS', luksOfOthers],
  ['a damaged header', damage],
] as const) {
  test(`what is not ours is never formatted: ${what}`, async (t) => {
    const machine = await newMachine(t)
    put(machine.device)
    const before = readFileSync(machine.device)
    await t.throwsAsync(machine.start({}).then(openData), { code: 'DISK_FOREIGN' })
    t.true(before.equals(readFileSync(machine.device)))
  })
}

/** What somebody with the disk in hand might write into the header, which nothing authenticates. */
const forgedHeaders: readonly (readonly [
  what: string,
  alter: (description: Description) => void,
])[] = [
  ['no cipher for the data', ({ segments }) => (first(segments)['encryption'] = 'cipher_null-ecb')],
  [
    'no cipher for where a slot keeps the key',
    ({ keyslots }) => (first(keyslots)['area'].encryption = 'cipher_null-ecb'),
  ],
  ['larger sectors', ({ segments }) => (first(segments)['sector_size'] = 4096)],
  ['a flag', ({ config }) => (config['flags'] = ['allow-discards'])],
]

for (const [what, alter] of forgedHeaders) {
  test(`a header that names ${what} is not ours`, async (t) => {
    const machine = await newMachine(t, await newTpm(t))
    await openData(await machine.start({}))
    alterHeader(machine.device, alter)
    await t.throwsAsync(machine.start({}).then(openData), { code: 'DISK_FOREIGN' })
  })
}

test('the TPM is closed also when the disk is not opened', async (t) => {
  const machine = await newMachine(t, await newTpm(t))
  await openData(await machine.start({}))
  const starting = await machine.start({})
  const { tpm, volume } = starting
  if (!tpm) return t.fail()
  let closed = 0
  const counting = { ...tpm, closeUntilRestart: () => Promise.resolve(void (closed += 1)) }
  const broken = { ...volume, checkFileSystem: () => Promise.reject(new Error('bad blocks')) }
  const given = { ...starting, tpm: counting, volume: broken }
  await t.throwsAsync(openData(given), { message: 'bad blocks' })
  t.is(closed, 1)
})

test('a file system that cannot be grown is said, and opened as it is', async (t) => {
  const machine = await newMachine(t)
  await openData(await machine.start({ console: person(phrase, phrase) }))
  const console = person(phrase)
  const starting = await machine.start({ console })
  const volume = { ...starting.volume, growFileSystem: () => Promise.resolve(false) }
  t.is((await openData({ ...starting, volume })).openedBy, 'passphrase')
  t.true(console.heard.includes('not-grown'))
})

type Described = Record<string, { area: { encryption: string } } & Record<string, unknown>>
interface Description {
  readonly keyslots: Described
  readonly segments: Described
  readonly config: Record<string, unknown>
}

/** The one that is there. */
function first(described: Described): Described[string] {
  const [found] = Object.values(described)
  if (found === undefined) throw new TypeError('there is none')
  return found
}

/** Alters both copies of a LUKS2 header as anybody can (LUKS2 On-Disk Format 1.1, 2.1: the sum is no secret). */
function alterHeader(device: string, alter: (description: Description) => void): void {
  const bytes = readFileSync(device)
  const [binaryBytes, sumAt, sumBytes] = [4096, 0x1c0, 64]
  const copyBytes = Number(bytes.readBigUInt64BE(8))
  for (const at of [0, copyBytes]) {
    const copy = bytes.subarray(at, at + copyBytes)
    const json = copy.subarray(binaryBytes)
    const description = JSON.parse(
      json.subarray(0, json.indexOf(0)).toString(),
    ) as unknown as Description
    alter(description)
    json.fill(0).write(JSON.stringify(description))
    copy.fill(0, sumAt, sumAt + sumBytes)
    createHash('sha256').update(copy).digest().copy(copy, sumAt)
  }
  writeFileSync(device, bytes)
}

function luksOfOthers(device: string): void {
  const quick = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--key-file', '-']
  execFileSync('cryptsetup', ['-q', 'luksFormat', '--type', 'luks2', ...quick, device], {
    input: 'theirs',
  })
}

/** A LUKS2 header whose both copies were overwritten: its key material is still there, and a backup of the header would open it. */
function damage(device: string): void {
  luksOfOthers(device)
  const bytes = readFileSync(device)
  bytes.fill(0, 0, 32 * 1024)
  writeFileSync(device, bytes)
}
