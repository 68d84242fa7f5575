/** `kill -9` at random moments of a loaded journal: what was answered is there, and the views are those of a rebuild. */
import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import test, { type ExecutionContext } from 'ava'
import { isSha256 } from '../../../ca/bytes.ts'
import {
  createBlobs,
  openJournal,
  openJournalFiles,
  rebuildViews,
  verifyJournal,
} from '../../../ca/journal/index.ts'
import { ledgerFolds } from './ledger.ts'
import {
  dump,
  full,
  openStore,
  openVolume,
  seed,
  seededRandom,
  steppingClock,
  temporaryFolder,
} from './places.ts'

const rounds = full ? 50 : 5

test(`${String(rounds)} kill -9 at random moments lose nothing that was answered (50 in full, else 5; seed ${String(seed)})`, async (t) => {
  const folder = await temporaryFolder(t)
  await mkdir(join(folder, 'journal'))
  const answered = new Map<number, string>()
  const draw = seededRandom()(rounds)
  for (let round = 0; round < rounds; round++) {
    const lines = await runAndKill(folder, 1 + 2 * (draw[round] ?? 0))
    for (const line of lines) {
      const [index = '', blob = ''] = line.split(' ')
      t.false(answered.has(Number(index)), 'an index was answered twice')
      answered.set(Number(index), blob)
    }
    await check(t, folder, answered)
  }
  t.true(answered.size > rounds)
})

/** Starts the child, kills it `milliseconds` after its first answer, and gives the lines it printed whole. */
async function runAndKill(folder: string, milliseconds: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'kill_child.ts')
  const child = spawn(process.execPath, [script, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  })
  const lines: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    if (lines.length === 0) setTimeout(() => child.kill('SIGKILL'), milliseconds)
    if (/^\d+ [0-9a-f]{64}$/.test(line)) lines.push(line)
  }
  return lines
}

async function check(
  t: ExecutionContext,
  folder: string,
  answered: ReadonlyMap<number, string>,
): Promise<void> {
  const store = await openStore(join(folder, 'views'))
  const files = openJournalFiles(join(folder, 'journal'))
  const storage = { files, store, folds: ledgerFolds, foldsVersion: 1 }
  const journal = await openJournal({
    ...storage,
    clock: steppingClock(),
    random: seededRandom(),
  })
  const blobs = createBlobs({
    openVolume: (n) => openVolume(join(folder, `blobs-${String(n)}`)),
    volumes: [1],
  })
  let found = 0
  for await (const { index, files: named } of journal.read(0)) {
    for (const name of named) t.true((await blobs.get(name)).length > 0)
    if (answered.get(index) === named[0]) found++
  }
  t.is(found, answered.size)
  t.true([...answered.values()].every(isSha256))
  t.deepEqual((await verifyJournal({ files })).rootHash, (await journal.head()).rootHash)
  await journal.close()
  const live = await dump(store)
  await rebuildViews(storage)
  t.deepEqual(await dump(store), live)
  await blobs.close()
  await store.close()
}
