/** `sealbox demo`, and all it leaves behind, against tools that know nothing of us: the "Holds when" in one file. */
import { existsSync, mkdirSync } from 'node:fs'
import { cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { X509Certificate } from 'node:crypto'
import { basename, join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { pino } from 'pino'
import { ed25519PublicKey, verifyCheckpoint } from '../../ca/index.ts'
import { parseQuery } from '../../exchange/index.ts'
import { openBox } from '../../appliance/box/box.ts'
import { readBoxFile } from '../../appliance/box/data_folder.ts'
import { demoTexts } from '../../appliance/demo/texts.ts'
import { dump, openStore } from '../ca/journal/places.ts'
import { demos, makeDemo, type Demo, type Made } from './demos.ts'
import { bytesOf, complaintsAboutPdf, coveredRanges, flipped, verifyCms } from './evidence.ts'
import { differingKeys, full, inLanes, run, sealbox, seed, seededNumbers } from './places.ts'
import { checkShape, judgeFlip, namedPlaces, placeIn, verify } from './reports.ts'

const made = new Map<Demo['name'], Made>()

test.before(async (t) => {
  t.timeout(full ? 900_000 : 300_000)
  for (const demo of demos) {
    if (demo.args === undefined) t.log(`${demo.name}: ../shared/data is not here; left out`)
    else made.set(demo.name, await makeDemo(demo))
  }
  t.pass()
})

test.after.always(async () => {
  for (const { folder } of made.values()) await rm(folder, { recursive: true, force: true })
})

/** One test a demo; where its files are missing it says so and passes. */
function ofEachDemo(title: string, body: (t: ExecutionContext, demo: Made) => Promise<void>): void {
  for (const { name } of demos) ofDemo(name, title, body)
}

function ofDemo(
  name: Demo['name'],
  title: string,
  body: (t: ExecutionContext, demo: Made) => Promise<void>,
): void {
  test(`${name}: ${title}`, async (t) => {
    if (full) t.timeout(900_000)
    const demo = made.get(name)
    if (demo !== undefined) return body(t, demo)
    t.log('left out: ../shared/data is not here')
    t.pass()
  })
}

ofEachDemo('qpdf, pdfsig and openssl find nothing amiss with any sealed PDF', async (t, demo) => {
  t.is(demo.pdfs.length, demo.documents)
  const complaints = await inLanes(demo.pdfs, async (file) =>
    complaintsAboutPdf(file, await bytesOf(file), {
      trust: demo.trust,
      folder: join(demo.folder, 'tools', basename(file)),
    }),
  )
  t.deepEqual(complaints.flat(), [])
})

ofEachDemo('openssl verifies every receipt, and none with a byte changed', async (t, demo) => {
  const folder = join(demo.folder, 'tools')
  const complaints = await inLanes(demo.receipts, async (file) => {
    const [content, cms] = await Promise.all([bytesOf(file), bytesOf(`${file}.p7s`)])
    const own = join(folder, basename(file))
    mkdirSync(own, { recursive: true })
    const given = { cms, content, root: demo.trust.root, folder: own }
    const good = await verifyCms(given)
    const bad = await verifyCms({ ...given, content: flipped(content, content.length >> 1) })
    return good.status === 0 && bad.status !== 0 ? [] : [`${file}: ${good.stderr} ${bad.stderr}`]
  })
  t.true(demo.receipts.length >= demo.documents)
  t.deepEqual(complaints.flat(), [])
})

ofEachDemo('sealbox verify passes all of it, with the fields of the contract', async (t, demo) => {
  const files = [...demo.pdfs, ...demo.receipts]
  const { status, reports, stderr } = await verify(files, demo.trust.root)
  t.is(status, 0, stderr)
  t.deepEqual(
    reports.map(({ file }) => file),
    files.map((file) => basename(file)),
  )
  for (const report of reports) {
    t.is(report.verdict, 'TOTAL-PASSED', report.file)
    t.is(report.seal.verdict, 'TOTAL-PASSED')
    checkShape(t, report)
    for (const { level, integrity, coversWholeRevision } of report.signatures) {
      const pdf = report.file.endsWith('.pdf')
      t.deepEqual({ level, integrity }, { level: pdf ? 'B-LTA' : 'B-LT', integrity: 'INTACT' })
      t.true(coversWholeRevision)
    }
  }
})

ofDemo(
  'own texts',
  'one byte flipped under the seal: TOTAL-FAILED and status 1',
  async (t, demo) => {
    const folder = join(demo.folder, 'flipped')
    mkdirSync(folder, { recursive: true })
    const [first = '', last = ''] = [demo.pdfs[0], demo.pdfs.at(-1)]
    const files: string[] = []
    for (const pdf of [first, last]) {
      const bytes = await bytesOf(pdf)
      for (const [number, { at, to }] of namedPlaces(bytes).entries()) {
        const file = join(folder, `${basename(pdf, '.pdf')}-${String(number)}.pdf`)
        await writeFile(file, flipped(bytes, at, to))
        files.push(file)
      }
    }
    const { status, reports } = await verify([...files, first], demo.trust.root)
    t.is(status, 1)
    for (const report of reports) checkShape(t, report)
    t.deepEqual(
      reports.map(({ verdict }) => verdict),
      [...files.map(() => 'TOTAL-FAILED'), 'TOTAL-PASSED'],
    )
    t.is((await verify(files.slice(0, 1), demo.trust.root)).status, 1)
  },
)

/** Flips of each kind in every PDF; in full 10, else 3. */
const flips = full ? 10 : 3

ofEachDemo(
  `wherever a byte is flipped, the seal or the timestamp tells (${String(flips)} places of each kind a PDF, seed ${String(seed)})`,
  async (t, demo) => {
    const draw = seededNumbers(demo.name)
    for (const pdf of demo.pdfs) {
      const bytes = await bytesOf(pdf)
      const { seal, timestampOnly, evidence } = coveredRanges(bytes)
      for (let flip = 0; flip < flips; flip++) {
        const under = await judgeFlip(demo, pdf, placeIn(seal, draw))
        t.is(under.verdict, 'TOTAL-FAILED', under.file)
        const broken = under.signatures.some(({ integrity }) => integrity === 'BROKEN')
        t.true(broken, under.file)
        // Revocation data and certificates, which only the document timestamp covers: the seal itself is what it was.
        const stale = await judgeFlip(demo, pdf, placeIn(evidence, draw))
        t.not(stale.verdict, 'TOTAL-PASSED', stale.file)
        t.like(stale.signatures[0], { field: 'seal-1', integrity: 'INTACT' }, stale.file)
        // Anywhere behind the seal: it may be the page that is not what it was, so nothing is said of the seal.
        const after = await judgeFlip(demo, pdf, placeIn(timestampOnly, draw))
        t.not(after.verdict, 'TOTAL-PASSED', after.file)
      }
    }
  },
)

ofEachDemo('with another root nothing is proven: INDETERMINATE and status 2', async (t, demo) => {
  const [key, root] = ['key', 'root'].map((name) => join(demo.folder, `other-${name}.pem`))
  const subject = ['-subj', '/CN=another root', '-days', '30', '-keyout', key ?? '']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  await run('openssl', ['req', '-x509', ...kind, ...subject, '-out', root ?? ''])
  const files = [...demo.pdfs, ...demo.receipts]
  const { status, reports } = await verify(files, root ?? '')
  t.is(status, 2)
  t.is(reports.length, files.length)
  for (const report of reports) {
    t.is(report.verdict, 'INDETERMINATE')
    t.is(report.signatures[0]?.integrity, 'INTACT')
    checkShape(t, report)
  }
  // One failed file among them counts for more.
  const broken = join(demo.folder, 'broken.pdf')
  const bytes = await bytesOf(files[0] ?? '')
  await writeFile(broken, flipped(bytes, coveredRanges(bytes).contentsAt - 20))
  t.is((await verify([...files.slice(0, 1), broken], root ?? '')).status, 1)
})

ofDemo('own texts', 'verifying opens no socket', async (t, demo) => {
  const files = [demo.pdfs[0] ?? '', demo.receipts[0] ?? '']
  const command = [sealbox, 'verify', ...files, '--trust', demo.trust.root, '--json']
  const trace = join(demo.folder, 'sockets.txt')
  const traced = await run('strace', ['-f', '-e', 'trace=network', '-o', trace, ...command]).catch(
    () => undefined,
  )
  if (traced === undefined) t.log('strace is not here; the empty network alone is tried')
  else {
    t.is(traced.status, 0, traced.stderr)
    const calls = (await readFile(trace, 'utf8')).split('\n').filter((line) => line.includes('('))
    // What is asked of the pipes that it was given is no socket of its own.
    t.deepEqual(
      calls.filter((line) => !/^\d+ +getsock(name|opt)\([012],/.test(line)),
      [],
    )
  }
  const alone = await run('unshare', ['--user', '--map-root-user', '--net', ...command])
  if (/unshare failed|not permitted/.test(alone.stderr)) t.log('no network namespace to be had')
  else t.is(alone.status, 0, alone.stderr)
})

interface Summary {
  readonly failures: readonly string[]
  readonly pages: number
  readonly journalEntries: number
}

ofEachDemo('the summary is true', async (t, demo) => {
  const summary = JSON.parse(await readFile(join(demo.out, 'summary.json'), 'utf8')) as Summary
  const { units, documents, pdfs, receipts } = demo
  const passed = pdfs.length + receipts.length
  t.like(summary, { units, documents, receipts: receipts.length, found: documents, passed })
  t.log(`made in ${demo.seconds.toFixed(0)} s`)
  t.deepEqual(summary.failures, [])
  let pages = 0
  for (const { stdout } of await inLanes(pdfs, (pdf) => run('qpdf', ['--show-npages', pdf]))) {
    pages += Number(stdout)
  }
  t.is(summary.pages, pages)
  const { status, stdout } = await journal(demo.out, '--json')
  t.is(status, 0)
  t.is((JSON.parse(stdout) as { entries: number }).entries, summary.journalEntries)
})

const journal = (out: string, ...rest: string[]) =>
  run(sealbox, ['journal', 'verify', '--data', join(out, 'data'), ...rest])

ofDemo(
  'own texts',
  'the journal and its export are intact, and a changed byte tells',
  async (t, demo) => {
    const exported = join(demo.out, 'journal')
    const checkpoint = join(exported, 'checkpoint.txt')
    const live = await journal(demo.out, '--head', checkpoint)
    t.is(live.status, 0, live.stdout)
    t.true(live.stdout.includes('intact'))
    const beside = ['journal', 'verify', '--journal', exported, '--head', checkpoint]
    t.is((await run(sealbox, beside)).status, 0)
    const publicKey = ed25519PublicKey(
      new Uint8Array(new X509Certificate(await readFile(join(exported, 'journal.pem'))).raw),
    )
    const origin = readBoxFile(join(demo.out, 'data')).id
    const note = await readFile(checkpoint, 'utf8')
    t.truthy(await verifyCheckpoint(note, { origin, publicKey }))
    t.is(await verifyCheckpoint(note.replace(/^\d+$/m, '1'), { origin, publicKey }), undefined)

    const copy = join(demo.folder, 'journal-changed')
    await cp(exported, copy, { recursive: true })
    const segment = join(copy, '00000001.seg')
    const bytes = await bytesOf(segment)
    await writeFile(segment, flipped(bytes, bytes.length >> 1))
    const changed = await run(sealbox, ['journal', 'verify', '--journal', copy])
    t.is(changed.status, 1)
    t.true(changed.stdout.includes('DAMAGED'))
  },
)

ofEachDemo('rebuilt views and search equal the live ones', async (t, demo) => {
  const data = join(demo.folder, 'rebuilt')
  await cp(join(demo.out, 'data'), data, { recursive: true })
  const views = async (): Promise<Map<string, string>> => {
    const store = await openStore(join(data, 'views'))
    const all = await dump(store)
    await store.close()
    return all
  }
  const live = await views()
  t.true(live.size > demo.documents * 5)
  t.is((await run(sealbox, ['rebuild', '--data', data])).status, 0)
  const again = await views()
  t.deepEqual(differingKeys(again, live), [])

  const questions = queriesOf(demo)
  const before = join(demo.folder, 'live')
  await cp(join(demo.out, 'data'), before, { recursive: true })
  const [rebuilt, found] = await Promise.all([ask(data, questions), ask(before, questions)])
  t.true(found.some(({ count }) => count > 0))
  t.deepEqual(rebuilt, found)
})

/** Words from the first titles, common words, and numbers. */
function queriesOf(demo: Demo): string[] {
  const titles = demoTexts(demo.texts, 8).map(({ title }) => title)
  return [
    ...titles.flatMap((title) => [title.slice(2, 6), `"${title.slice(2, 8)}"`]),
    '通知',
    '1号',
  ]
}

/** What every unit finds with these queries. */
async function ask(
  directory: string,
  queries: readonly string[],
): Promise<{ unit: string; query: string; count: number; hits: readonly unknown[] }[]> {
  const log = pino({ level: 'silent' })
  const box = await openBox({ directory, log, url: 'https://localhost:8443' })
  const { search, directory: units, journal } = box.parts
  await box.indexer.caughtUp(journal.size - 1)
  const answers = []
  for (const { uscc } of await units.units()) {
    for (const query of queries) {
      const parsed = parseQuery(query)
      if (!parsed.ok) throw new TypeError(`${query}: ${parsed.problem}`)
      const { count, hits } = await search.query(parsed.ast, { unit: uscc })
      answers.push({ unit: uscc, query, count, hits })
    }
  }
  await box.close()
  return answers
}

ofEachDemo(
  'the folder of data is laid out as designed, and its keys are private',
  async (t, demo) => {
    const data = join(demo.out, 'data')
    for (const name of ['VERSION', 'box.json', 'journal/00000001.seg', 'blobs/0001']) {
      t.true(existsSync(join(data, name)), name)
    }
    const top = new Set(await readdir(data))
    // A demo that takes longer than a minute has looked for what stands out.
    for (const name of ['alarms.json', 'alarms.txt']) top.delete(name)
    const known = ['VERSION', 'box.json', 'journal', 'blobs', 'views', 'search', 'scratch', 'keys']
    t.deepEqual([...top].sort(), known.sort())
    for (const name of await readdir(data, { recursive: true })) {
      const { mode } = await stat(join(data, name))
      t.is(mode & 0o022, 0, `${name} can be written by others`)
      if (/^keys\//.test(name)) t.is(mode & 0o777, 0o600, name)
    }
    t.is((await stat(data)).mode & 0o777, 0o700)
  },
)
