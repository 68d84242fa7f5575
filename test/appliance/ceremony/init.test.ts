/** The ceremony of init: what it makes, what leaves, what an attacker finds, and what an interruption leaves. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import test from 'ava'
import { combine } from 'shamir-secret-sharing'
import { openBox } from '../../../appliance/box/box.ts'
import { initPlanOf, readInitAnswers } from '../../../appliance/ceremony/answers.ts'
import { askInit } from '../../../appliance/ceremony/ask.ts'
import { dryRunInit } from '../../../appliance/ceremony/init.ts'
import { openTerminal } from '../../../appliance/ceremony/terminal.ts'
import { readBoxFile } from '../../../appliance/box/data_folder.ts'
import { firstBoot } from '../../../appliance/box/first_boot.ts'
import { openBoxKeys } from '../../../appliance/box/keys.ts'
import {
  createSystemClock,
  openKeyFile,
  readCeremonies,
  sha256Hex,
  systemRandom,
  toBase64,
} from '../../../ca/index.ts'
import { openShare, readShare } from '../../../ca/keys/root_share.ts'
import { readCertificate } from '../../../ca/path/index.ts'
import { readMinutes } from '../../../provisioning/index.ts'
import { newFolder, run, sealbox, temporaryFolder } from '../places.ts'
import { findSecrets, keySecret } from '../secret_finder.ts'
import { custodians, filesBelow, initIn, passphrase, plan, sharesIn } from './production.ts'

const silent = { info: () => undefined, error: () => undefined }
const url = 'https://localhost:8443'

const made = newFolder().then(async (folder) => ({ folder, ...(await initIn(folder)) }))

test.serial(
  'no file of the box holds the root key, nor a share of it; the papers do, sealed',
  async (t) => {
    const { folder, papers } = await made
    const shares = await sharesIn(papers)
    const parts = await Promise.all(
      shares.map(({ text, passphrase: own }) => openShare(readShare(text), own)),
    )
    const secret = toBase64(await combine(parts))
    const pkcs8 = await openKeyFile(await readFile(join(papers, 'root.key'), 'utf8'), secret)
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' })
    const data = await filesBelow(join(folder, 'data'))
    t.true(data.size > 10)
    t.false(existsSync(join(folder, 'data/keys/root.key')))
    t.deepEqual(findSecrets(data, [keySecret('root', key)]), [])
    t.deepEqual(findSecrets(await filesBelow(papers), [keySecret('root', key)]), [])
    // The finder finds: the same key as a file of the box would have it.
    const planted = new Map([['x', Buffer.from(pkcs8)]])
    t.not(findSecrets(planted, [keySecret('root', key)]).length, 0)
    const [share] = shares
    for (const bytes of data.values()) t.false(Buffer.from(bytes).includes(share?.text ?? '?'))
  },
)

test('a production box says so in its first entry and in no name that it is for trial', async (t) => {
  const { folder } = await made
  const directory = join(folder, 'data')
  const box = await openBox({ directory, log: silent, url, secrets: { passphrase } })
  t.teardown(() => box.close())
  const first = await box.journal.entry(0)
  t.is(first?.type, 'box.created')
  t.is(first?.data['mode'], 'production')
  for (const certificate of box.parts.authority.chain) {
    t.notRegex(readCertificate(certificate).subject.text, /TRIAL|试用/)
  }
  const list = await box.parts.authority.crl('root')
  t.true(list.nextUpdate.getTime() - Date.now() > 365 * 86_400_000)
  const [ceremony, ...others] = await readCeremonies(box.journal.views)
  t.deepEqual(others, [])
  const minutes = await readFile(join((await made).papers, 'minutes.json'))
  t.is(ceremony?.minutes, sha256Hex(minutes))
  t.deepEqual(Buffer.from(await box.parts.blobs.get(sha256Hex(minutes))), minutes)
})

test('the minutes verify by openssl and the printed root, and a changed word does not', async (t) => {
  const { papers, root, codes } = await made
  const at = (name: string): string => join(papers, name)
  const key = await run('openssl', ['x509', '-in', at('root.pem'), '-pubkey', '-noout'])
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'root-key.pem'), key.stdout)
  const verify = async (minutes: string): Promise<number | null> => {
    const by = ['-sha256', '-verify', join(folder, 'root-key.pem'), '-signature']
    return (await run('openssl', ['dgst', ...by, at('minutes.json.sig'), minutes])).status
  }
  t.is(await verify(at('minutes.json')), 0)
  const text = await readFile(at('minutes.json'), 'utf8')
  await writeFile(join(folder, 'changed.json'), text.replace('三楼', '四楼'))
  t.not(await verify(join(folder, 'changed.json')), 0)
  const minutes = readMinutes(Buffer.from(text))
  t.is(minutes?.root, root)
  t.deepEqual(minutes?.shares, { needed: 2, custodians: ['赵', '钱'] })
  const page = await readFile(at('minutes.html'), 'utf8')
  t.true(page.includes(root.slice(0, 4).toUpperCase()))
  t.notRegex(page, /<script|https?:\/\/(?!localhost)|src=/)
  for (const { code } of codes) {
    for (const file of [text, page]) t.false(file.includes(code))
  }
})

test('each paper is readable by its owner alone', async (t) => {
  const { papers } = await made
  for (const path of (await filesBelow(papers)).keys()) {
    t.is((await stat(path)).mode & 0o077, 0, path)
  }
})

test('a stolen folder of data opens neither without the passphrase nor by a guess', async (t) => {
  const { folder } = await made
  const directory = join(folder, 'data')
  await t.throwsAsync(openBox({ directory, log: silent, url }), { code: 'PASSPHRASE_MISSING' })
  for (const guess of ['password', `${passphrase} `, custodians[0]?.passphrase ?? '']) {
    await t.throwsAsync(openBox({ directory, log: silent, url, secrets: { passphrase: guess } }), {
      code: 'CA_KEY_FILE_LOCKED',
    })
  }
  const file = readBoxFile(directory)
  await t.notThrowsAsync(openBoxKeys({ directory, file, secrets: { passphrase } }))
})

test('a second ceremony on a box is refused and changes nothing, also on a trial box', async (t) => {
  const { folder } = await made
  const before = readBoxFile(join(folder, 'data'))
  await t.throwsAsync(initIn(folder), { code: 'DATA_FOLDER_FOREIGN' })
  t.deepEqual(readBoxFile(join(folder, 'data')), before)
  t.false(existsSync(join(folder, 'data.first-boot')))
  const other = await temporaryFolder(t)
  const directory = join(other, 'data')
  const trial = { ...plan, directory }
  await firstBoot({ ...trial, hostNames: ['localhost'] })
  await t.throwsAsync(initIn(other), { code: 'DATA_FOLDER_FOREIGN' })
  t.is(readBoxFile(directory).mode, 'trial')
})

for (const step of ['rehearsed', 'keys-made', 'filled', 'papers-written', 'held'] as const) {
  test(`killed after "${step}" the ceremony leaves ${step === 'held' ? 'the whole box' : 'no box, and can be held again'}`, async (t) => {
    const folder = await temporaryFolder(t)
    const directory = join(folder, 'data')
    const child = join(import.meta.dirname, 'kill_child.ts')
    const ended = await run(process.execPath, [child, folder, step])
    t.is(ended.status, null, ended.stderr)
    t.is(existsSync(directory), step === 'held')
    if (step === 'filled') await initIn(folder)
    if (!existsSync(directory)) return
    const box = await openBox({ directory, log: silent, url, secrets: { passphrase } })
    t.is(box.file.mode, 'production')
    await box.close()
  })
}

test('a plan that gives one person two offices, or a short passphrase, is refused before anything is made', async (t) => {
  const [one, two] = custodians
  if (!one || !two) throw new TypeError('two')
  const plans = [
    { custodians: [one, { ...two, passphrase: one.passphrase }] },
    { custodians: [one, { ...two, name: one.name }] },
    { custodians: [one, { ...two, passphrase: 'short' }] },
    { custodians: [one, { ...two, passphrase }] },
    { custodians: [one, two], needed: 1 },
    { custodians: [one, two], needed: 3 },
    { officers: ['officer-1', 'officer-1'] as const },
    { passphrase: '12345678901' },
  ]
  const folder = await temporaryFolder(t)
  for (const changed of plans) {
    await t.throwsAsync(
      initIn(folder, { plan: changed }),
      { code: 'CEREMONY_REFUSED' },
      JSON.stringify(Object.keys(changed)),
    )
  }
  await t.throwsAsync(initIn(folder, { plan: { districtName: '区'.repeat(62) } }), {
    code: 'CA_PROFILE_VIOLATED',
  })
  t.deepEqual([...(await filesBelow(folder)).keys()], [])
})

test('a dry run makes nothing', async (t) => {
  const folder = await temporaryFolder(t)
  const { certificates, lists } = await dryRunInit(plan, {
    ...{ directory: join(folder, 'data'), out: join(folder, 'papers') },
    ...{ clock: createSystemClock(), random: systemRandom },
    pageHashes: () => Promise.resolve({ signer: '0'.repeat(64), verifier: '1'.repeat(64) }),
  })
  t.deepEqual([certificates, lists], [6, 2])
  t.deepEqual([...(await filesBelow(folder)).keys()], [])
})

const answers = {
  district: '示范区',
  hosts: ['localhost'],
  passphrase,
  custodians: custodians.slice(0, 2),
  needed: 2,
}

test('an answers file that others can read is warned of; its secrets may lie in files of their own', async (t) => {
  const folder = await temporaryFolder(t)
  const [file, secret] = [join(folder, 'answers.json'), join(folder, 'secret')]
  await writeFile(secret, `${passphrase}\n`, { mode: 0o600 })
  const rest: Partial<typeof answers> = { ...answers }
  delete rest.passphrase
  await writeFile(file, JSON.stringify({ ...rest, passphraseFile: secret }), { mode: 0o644 })
  t.is(readInitAnswers(file).passphrase, passphrase)
  const dry = (): ReturnType<typeof run> =>
    run(sealbox, ['init', '--dry-run', '--data', join(folder, 'data'), '--answers', file])
  const warned = await dry()
  t.is(warned.status, 0, warned.stderr)
  t.regex(warned.stderr, /others can read/)
  await chmod(file, 0o600)
  t.notRegex((await dry()).stderr, /others can read/)
})

test('answers that are none are refused by the name of the member, and no secret is repeated', (t) => {
  const bad = [
    [{ ...answers, needed: 'two' }, /needed/],
    [{ ...answers, custodians: [{ name: 'x' }, { name: 'y' }] }, /passphrase/],
    [{ ...answers, pkiUrl: 'https://box' }, /pkiUrl/],
    [{ ...answers, passphraseFile: '/x' }, /passphrase/],
    [{ ...answers, colour: 'red' }, /answers/],
    [{ ...answers, officers: ['A', 'b'] }, /officers/],
    ['x', /answers/],
  ] as const
  for (const [value, words] of bad) {
    const error = t.throws(() => initPlanOf(value), { code: 'CEREMONY_REFUSED' })
    t.regex(error.message, words)
    t.false(error.message.includes(passphrase))
  }
})

test('the papers do not go into the folder of data', async (t) => {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  const file = join(folder, 'answers.json')
  await writeFile(file, JSON.stringify(answers), { mode: 0o600 })
  for (const papers of [data, join(data, 'papers'), join(folder, 'x/../data/p')]) {
    const said = await run(sealbox, ['init', '--data', data, '--answers', file, '--papers', papers])
    t.is(said.status, 1, papers)
    t.regex(said.stderr, /elsewhere/)
  }
})

test('at a terminal everything is asked in both languages, and a passphrase that differs is asked again', async (t) => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const typed = [
    ...['示范区', 'box.example', '', '', '1', '2', '2'],
    ...['赵', 'wrong once', 'wrong twice', ...twice(custodians[0]?.passphrase)],
    ...['钱', ...twice(custodians[1]?.passphrase)],
    ...['', ...twice(passphrase), '', ''],
    ...['三楼', '李', '公证员 notary', ''],
  ]
  input.end(`${typed.join('\n')}\n`)
  const asked = await askInit(openTerminal(input, output, false))
  t.is(asked.districtName, '示范区')
  t.is(asked.pkiUrl, 'http://box.example:8080')
  t.is(asked.passphrase, passphrase)
  t.deepEqual(
    asked.custodians.map(({ name }) => name),
    ['赵', '钱'],
  )
  t.deepEqual(asked.present.at(-1), { name: '李', part: '公证员 notary' })
  const shown = (output.read() as Buffer).toString()
  t.regex(shown, /区的名称 name of the district/)
  t.regex(shown, /They differ/)
  t.false(shown.includes(passphrase))
})

const twice = (text = ''): string[] => [text, text]

test('blanks around a passphrase are no part of it, since who types it later has none', async (t) => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  input.write(twice(` ${passphrase} `).join('\n') + '\n')
  t.is(await openTerminal(input, output, false).askSecret('?'), passphrase)
  const answers = {
    ...{ district: '示范区', hosts: ['localhost'], passphrase: `${passphrase}\t` },
    ...{ needed: 2, custodians: custodians.map((one) => ({ ...one, passphrase: ' x ' })) },
  }
  const asked = initPlanOf(answers)
  t.is(asked.passphrase, passphrase)
  t.deepEqual([...new Set(asked.custodians.map((one) => one.passphrase))], ['x'])
  const missing = { ...answers, passphrase: undefined, passphraseFile: '/nowhere' }
  t.throws(() => initPlanOf(missing), { code: 'FILE_MISSING' })
})

test('keys on a token: issuing, time-stamping and OCSP keys are there and no file of them is', async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'tokens'))
  const configuration = join(folder, 'softhsm2.conf')
  await writeFile(configuration, `directories.tokendir = ${join(folder, 'tokens')}\n`)
  process.env['SOFTHSM2_CONF'] = configuration
  const pin = '1234567'
  const init = ['--init-token', '--free', '--label', 'district', '--so-pin', '5678', '--pin', pin]
  t.is((await run('softhsm2-util', init)).status, 0)
  const token = { module: '/usr/lib/softhsm/libsofthsm2.so', label: 'district', pin }
  await initIn(folder, { plan: { token } })
  const directory = join(folder, 'data')
  const files = [...(await filesBelow(join(directory, 'keys'))).keys()].map((path) =>
    path.slice(path.lastIndexOf('/') + 1),
  )
  t.deepEqual(files.toSorted(), ['journal.key', 'tls.key'])
  const opening = { directory, log: silent, url }
  await t.throwsAsync(openBox({ ...opening, secrets: { passphrase } }), { code: 'PIN_MISSING' })
  const box = await openBox({ ...opening, secrets: { passphrase, pin } })
  t.teardown(() => box.close())
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const certificate = await box.parts.authority.issue({
    profile: 'seat-client',
    subject: { organization: '示范区', commonName: '张三' },
    publicKey: new Uint8Array(spki) as Parameters<typeof box.parts.authority.issue>[0]['publicKey'],
    holder: 'seat:x/y',
    actor: { holder: 'box', certificate: null },
  })
  t.is(readCertificate(certificate).subject.text.includes('张三'), true)
  const answer = await box.parts.authority.ocsp.answerFor(certificate, new Date())
  t.true(answer.length > 100)
})

test('a box.json that was edited to be of a trial box opens no production box', async (t) => {
  const folder = await temporaryFolder(t)
  await initIn(folder)
  const directory = join(folder, 'data')
  const edited = { ...readBoxFile(directory), mode: 'trial' }
  await writeFile(join(directory, 'box.json'), JSON.stringify(edited))
  // The administrator knows the passphrase: it is typed at each start.
  await writeFile(join(directory, 'keys/unattended.secret'), passphrase)
  await t.throwsAsync(openBox({ directory, log: silent, url }), { code: 'DATA_FOLDER_FOREIGN' })
})
