/** `sealbox start --demo` as somebody meets it who wants to look around: one box filled for all tests, the others refused. */
import { spawn } from 'node:child_process'
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { X509Certificate } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import type { DocumentView } from '../../exchange/index.ts'
import { fingerprintWords } from '../../provisioning/index.ts'
import { startBoxProcess, type BoxProcess } from '../../appliance/demo/box_process.ts'
import { identities } from '../../appliance/demo/first_look/who.ts'
import { pathsOf } from '../../appliance/box/data_folder.ts'
import { firstBoot } from '../../appliance/box/first_boot.ts'
import { createBoxClient, type BoxClient } from '../../appliance/unit/box_client.ts'
import { newFolder, run, sealbox, temporaryFolder } from './places.ts'
import { findSecrets } from './secret_finder.ts'
import { diskOf, secretsOf } from './secrets_of.ts'

interface Demo {
  readonly folder: string
  readonly data: string
  readonly out: string
  readonly box: BoxProcess
  readonly passphrase: string
}

let demo: Demo | undefined

test.before(async (t) => {
  t.timeout(300_000)
  const folder = await newFolder()
  const data = join(folder, 'data')
  const began = performance.now()
  const box = await startBoxProcess({ data, more: ['--demo'] })
  t.log(`ready after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  const out = join(folder, 'demo')
  const passphrase = (await readFile(join(out, 'passphrase.txt'), 'utf8')).trim()
  demo = { folder, data, out, box, passphrase }
  t.pass()
})

test.after.always(async () => {
  if (demo === undefined) return
  demo.box.process.kill('SIGKILL')
  await rm(demo.folder, { recursive: true, force: true })
})

function made(): Demo {
  if (demo === undefined) throw new TypeError('the demo was not filled')
  return demo
}

/** The box as the holder of a .p12 reaches it. */
async function clientOf(t: ExecutionContext, file: string): Promise<BoxClient> {
  const { box, out, passphrase } = made()
  const client = createBoxClient({
    url: box.url,
    root: await readFile(join(out, 'root.pem'), 'utf8'),
    identity: { pfx: new Uint8Array(await readFile(join(out, file))), passphrase },
  })
  t.teardown(() => {
    client.close()
  })
  return client
}

const clerk = '区政府办-文书.p12'
const recipient = '区财政局-文书.p12'

async function listOf(
  client: BoxClient,
  box: 'inbox' | 'outbox',
): Promise<readonly DocumentView[]> {
  const { items } = await client.get<{ items: readonly DocumentView[] }>(`/api/v1/${box}?limit=200`)
  return items
}

/** How often each state occurs. */
function tally(states: readonly (string | undefined)[]): Record<string, number> {
  const groups = Map.groupBy(states, (state) => state ?? 'none')
  return Object.fromEntries([...groups].map(([state, all]) => [state, all.length]))
}

test('the sender’s desk has a document at every stage, one overdue, one returned, one signed for by all', async (t) => {
  const sent = await listOf(await clientOf(t, clerk), 'outbox')
  const stages = tally(sent.map(({ record }) => record?.stage))
  for (const stage of ['drafted', 'approved', 'numbered', 'sealed', 'dispatched']) {
    t.true((stages[stage] ?? 0) >= 1, stage)
  }
  const copies = sent
    .filter(({ record }) => record?.stage === 'dispatched')
    .map(({ dispatched, copies: all = [] }) => ({
      deadline: dispatched?.deadline ?? null,
      states: tally(all.map(({ state }) => state)),
      of: all.length,
    }))
  t.true(copies.some(({ states, of }) => of === 11 && states['receipted'] === 11))
  t.true(copies.some(({ states, of }) => of === 11 && states['receipted'] === 7))
  t.true(copies.some(({ states }) => states['returned'] === 1))
  const now = new Date().toISOString()
  const overdue = copies.filter(
    ({ deadline, states, of }) =>
      deadline !== null && deadline < now && (states['receipted'] ?? 0) < of,
  )
  t.is(overdue.length, 1)
  t.true(sent.some(({ record }) => record?.issuers.length === 2))
  t.true(sent.some(({ record }) => (record?.attachments.length ?? 0) > 0))
})

test('the page calls the overdue document overdue', async (t) => {
  const page = await (await clientOf(t, clerk)).text('/outbox')
  const [, row = ''] = /份公文办理情况的通报([^]*?)<\/tr>/.exec(page) ?? []
  t.regex(row, /逾期 \d/)
})

test('the recipient’s inbox has documents that wait, one of them most urgent, and answered ones', async (t) => {
  const received = await listOf(await clientOf(t, recipient), 'inbox')
  const states = tally(received.map(({ copy }) => copy?.state))
  for (const state of ['dispatched', 'received', 'receipted', 'returned']) {
    t.true((states[state] ?? 0) >= 1, state)
  }
  const waiting = received.filter(({ copy }) => copy?.state === 'dispatched')
  t.true(waiting.some(({ head }) => head.urgency === '特急'))
  // What it has not signed for it does not see.
  for (const { record } of waiting) t.is(record, undefined)
})

test('a draft is being typed, and the leaders have something to approve', async (t) => {
  const [typing, office, finance] = await Promise.all(
    [clerk, '区政府办-领导.p12', '区财政局-领导.p12'].map((file) => clientOf(t, file)),
  )
  t.regex((await typing?.text('/compose')) ?? '', /消防安全知识培训/)
  for (const leader of [office, finance]) {
    const tasks = await leader?.get<{ items: { task: string }[] }>('/api/v1/tasks')
    t.true(tasks?.items.some(({ task }) => task === 'approve'))
  }
})

test('every .p12 opens with the one passphrase, in OpenSSL and at the box, and is who it says', async (t) => {
  const { out } = made()
  for (const { file, of } of identities) {
    const opened = await run('openssl', [
      ...['pkcs12', '-in', join(out, file), '-nokeys', '-clcerts'],
      ...['-passin', `file:${join(out, 'passphrase.txt')}`],
    ])
    t.is(opened.status, 0, opened.stderr)
    const client = await clientOf(t, file)
    const { actor } = await client.get<{ actor: { holder: string } }>('/api/v1/me')
    const who = 'unit' in of ? `/${of.seat}` : `:${of.person.id}`
    t.true(actor.holder.endsWith(who), actor.holder)
  }
  const der = await readFile(join(out, 'root.crt'))
  const pem = await readFile(join(out, 'root.pem'))
  t.deepEqual(new X509Certificate(der).raw, new X509Certificate(pem).raw)
})

test('README.txt says in both languages which file is who, the passphrase and the address', async (t) => {
  const { out, passphrase, box } = made()
  const text = await readFile(join(out, 'README.txt'), 'utf8')
  for (const words of [passphrase, box.url, '谁是谁', 'Who is who', 'Firefox', 'Windows']) {
    t.true(text.includes(words), words)
  }
  for (const { file, zh, en } of identities) {
    for (const words of [file, zh, en]) t.true(text.includes(words), words)
  }
  t.is((await stat(out)).mode & 0o077, 0)
})

test('one request waits for the officer, one code is unused, and README.txt has what to compare and type', async (t) => {
  const readme = await readFile(join(made().out, 'README.txt'), 'utf8')
  const officer = await clientOf(t, '安全员.p12')
  const { items } = await officer.get<{
    items: { who: string; state: string; waiting?: { id: string } }[]
  }>('/api/v1/requests')
  const waiting = items.filter((row) => row.waiting !== undefined)
  t.deepEqual(
    waiting.map(({ who }) => who),
    ['officer-2'],
  )
  for (const row of fingerprintWords(waiting[0]?.waiting?.id ?? '').chinese) {
    t.true(readme.includes(row.join(' ')))
  }
  const [, code = ''] = /--code (\S+)/.exec(readme) ?? []
  const purpose = await officer.act<{ who: string }>('/api/v1/requests/acts/look-up', { code })
  t.is(purpose.who, 'auditor-2')
})

test('each unit has a folder for the command line, and the box its wrapped key file', async (t) => {
  const { out } = made()
  const units = await readdir(join(out, 'units'))
  t.is(units.length, 12)
  const secrets = ['--passphrase-file', join(out, 'passphrase.txt')]
  const folder = join(out, 'units', '区供水公司')
  const tasks = await run(sealbox, ['document', 'tasks', '--unit', folder, ...secrets])
  t.is(tasks.status, 0, tasks.stderr)
  const client = await clientOf(t, clerk)
  const kept = await client.get<{ owner: { name: string } }>('/api/v1/key-file')
  t.is(kept.owner.name, '青禾区人民政府办公室')
})

test.serial(
  'a second start serves at once, and no secret of a unit lies in the folder of data',
  async (t) => {
    const { box, data, out } = made()
    const opened = await listOf(await clientOf(t, clerk), 'outbox')
    await box.stop()
    const secrets = await Promise.all(
      ['区政府办', '区财政局', '区教育局'].map((name) =>
        secretsOf(name, {
          folder: join(out, 'units', name),
          passphraseFile: join(out, 'passphrase.txt'),
        }),
      ),
    )
    const places = await diskOf(data)
    t.deepEqual(findSecrets(places, secrets.flat()), [])
    const planted = new Map([...places, ['note', await readFile(join(out, 'passphrase.txt'))]])
    t.true(findSecrets(planted, secrets.flat()).length > 0, 'the search finds what is there')
    const { port, pkiPort } = box.ready
    const again = await startBoxProcess({ data, port, pkiPort, more: ['--demo'] })
    t.is(again.ready.code, null)
    demo = { ...made(), box: again }
    const after = await listOf(await clientOf(t, clerk), 'outbox')
    t.deepEqual(
      after.map(({ id }) => id),
      opened.map(({ id }) => id),
    )
  },
)

const free = ['--port', '0', '--pki-port', '0', '--bind', '127.0.0.1']
const startDemo = (data: string, ...more: string[]) =>
  run(sealbox, ['start', '--demo', '--data', data, ...free, ...more])

test('a box that is none of a demo, of production or half filled is refused and left alone', async (t) => {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  await firstBoot({
    directory: data,
    districtName: '测试区',
    hostNames: ['localhost', '127.0.0.1'],
    pkiUrl: 'http://localhost:8080',
    zone: 'Asia/Shanghai',
  })
  const paths = pathsOf(data)
  const box = await readFile(paths.box, 'utf8')
  const journal = await readdir(paths.journal)
  const mark = (state: string) =>
    writeFile(paths.demo, JSON.stringify({ state, out: join(folder, 'demo') }))
  const refused = async (words: RegExp): Promise<void> => {
    const { status, stderr } = await startDemo(data)
    t.is(status, 1, stderr)
    t.is(stderr.trim().split('\n').length, 1, stderr)
    t.regex(stderr, words)
  }
  await refused(/none of a demo/)
  await mark('filling')
  await refused(/not filled to its end/)
  await mark('filled')
  await writeFile(paths.box, box.replace('"trial"', '"production"'))
  await refused(/none of a demo/)
  await writeFile(paths.box, box)
  t.deepEqual(await readdir(paths.journal), journal)
  t.deepEqual(await readdir(folder), ['data'])
})

test('a folder that is no box, identities of an earlier demo, --demo-out alone: refused before anything is made', async (t) => {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, 'letter.txt'), 'mine')
  const foreign = await startDemo(folder)
  t.is(foreign.status, 1)
  t.regex(foreign.stderr, /holds no box/)
  const data = join(folder, 'data')
  const earlier = await startDemo(data, '--demo-out', folder)
  t.is(earlier.status, 64)
  t.regex(earlier.stderr, /holds files/)
  const alone = await run(sealbox, ['start', '--data', data, '--demo-out', join(folder, 'x')])
  t.is(alone.status, 64)
  t.deepEqual(await readdir(folder), ['letter.txt'])
})

test('Ctrl-C while it is filled ends it in order, and the next start says so', async (t) => {
  const folder = await temporaryFolder(t)
  const data = join(folder, 'data')
  const child = spawn(sealbox, ['start', '--demo', '--data', data, ...free], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  let [out, err] = ['', '']
  child.stdout.on('data', (part: Buffer) => (out += part.toString('utf8')))
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  await new Promise<void>((resolve) => {
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString('utf8')
      // The officer has enrolled; the units are at it.
      if (err.includes('enrolling the officer')) resolve()
    })
    void ended.then(() => {
      resolve()
    })
  })
  child.kill('SIGINT')
  t.is(await ended, 0, err)
  t.regex(out, /not filled to its end/)
  t.regex(out, /stopping/)
  t.notRegex(out, /The demo is ready/)
  const again = await startDemo(data)
  t.is(again.status, 1)
  t.regex(again.stderr, /not filled to its end; make it anew/)
})
