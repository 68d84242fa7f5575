/** Secrets that a command asks for: typed twice where they are chosen, and never waited for where nobody can type. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import test from 'ava'
import { sha256Hex } from '../../ca/index.ts'
import { serveNewBox, type ServedBox } from './in_process.ts'
import { run, sealbox } from './places.ts'

const passphrase = 'long enough for anybody'

function enrolling({ folder, known, box, code }: ServedBox, out: string): string[] {
  const root = sha256Hex(box.parts.authority.chain.at(-1) ?? new Uint8Array())
  const where = ['--box', known.url, '--root-fingerprint', root, '--code', code]
  return ['enrol', ...where, '--out', join(folder, out)]
}

/** Runs it at a terminal of its own (script(1)); each answer is typed when its question stands there. */
function atTerminal(
  args: readonly string[],
  answers: readonly (readonly [question: string, typed: string])[],
): Promise<{ readonly status: number | null; readonly shown: string }> {
  const child = spawn('script', ['-qec', [sealbox, ...args].join(' '), '/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const open = [...answers]
  let shown = ''
  let answered = 0
  child.stdout.on('data', (part: Buffer) => {
    shown += part.toString('utf8')
    const [next] = open
    if (next === undefined || !shown.slice(answered).includes(next[0])) return
    open.shift()
    answered = shown.length
    child.stdin.write(`${next[1]}\r`)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      resolve({ status, shown })
    })
  })
}

test('a passphrase that is chosen at a terminal is typed twice; a short one and a slip are asked again and spend no code', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const done = await atTerminal(enrolling(served, 'officer'), [
    ['not shown:', 'short'],
    ['not shown:', passphrase],
    ['again:', `${passphrase} else`],
    ['not shown:', passphrase],
    ['again:', passphrase],
  ])
  t.is(done.status, 0, done.shown)
  t.regex(done.shown, /The passphrase is too short/)
  t.regex(done.shown, /They differ; once more/)
  t.false(done.shown.includes(passphrase), 'what is typed is not shown')
})

test('a command that asks where nobody can type ends and says what it asked for', async (t) => {
  const served = await serveNewBox()
  t.teardown(() => served.close())
  const asked = await run(sealbox, enrolling(served, 'nobody'))
  t.is(asked.status, 64, asked.stderr)
  t.regex(asked.stderr, /nothing was typed, and nothing was done: 新口令.* new passphrase/)
  const file = join(served.folder, 'passphrase')
  const given = ['--passphrase-file', file]
  await writeFile(file, 'short')
  const short = await run(sealbox, [...enrolling(served, 'short'), ...given])
  t.is(short.status, 64)
  t.regex(short.stderr, /too short.*Nothing was sent/)
  t.false(existsSync(join(served.folder, 'short')))
  await writeFile(file, passphrase)
  t.is((await run(sealbox, [...enrolling(served, 'officer'), ...given])).status, 0)
  const unopened = await run(sealbox, ['requests', '--unit', join(served.folder, 'officer')])
  t.deepEqual([unopened.status, unopened.stdout], [64, ''])
  t.regex(unopened.stderr, /nothing was typed/)
})
