/**
 * A real box whose machine's clock is set: while it runs (libfaketime reads a file that the test writes), and between two runs. Each
 * service is asked by a real client for what its RFC says.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { pathsOf } from '../../appliance/box/data_folder.ts'
import { openJournalFiles, toPem, verifyJournal } from '../../ca/index.ts'
import { readCrl } from '../../ca/path/index.ts'
import { full, run, sealbox, temporaryFolder } from './places.ts'

const library = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
const hourMs = 3_600_000

interface FakedBox {
  readonly words: () => string
  readonly pkiUrl: string
  /** Sets the machine's clock: `+0`, `-1h`, `+40d`. */
  set(offset: string): Promise<void>
  stop(): Promise<void>
}

/** Starts a box whose clock is set by a file beside its data. Monotonic clocks stay real: Node would hang otherwise. */
async function start(data: string, offset: string): Promise<FakedBox> {
  const clockFile = `${data}.clock`
  await writeFile(clockFile, `${offset}\n`)
  const child = spawn(
    sealbox,
    ['start', '--data', data, '--port', '0', '--pki-port', '0', '--bind', '127.0.0.1'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 100_000,
      killSignal: 'SIGKILL',
      env: {
        ...process.env,
        LD_PRELOAD: library,
        FAKETIME_TIMESTAMP_FILE: clockFile,
        FAKETIME_NO_CACHE: '1',
        DONT_FAKE_MONOTONIC: '1',
        NO_FAKE_STAT: '1',
      },
    },
  )
  let out = ''
  let err = ''
  child.stderr.on('data', (part: Buffer) => (err += part.toString('utf8')))
  const ended = once(child, 'exit')
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString('utf8')
      if (out.includes('Ctrl-C stops the box')) resolve()
    })
    void ended.then(() => {
      reject(new Error(`it ended: ${out}${err}`))
    })
  })
  return {
    words: () => out,
    pkiUrl: /(http:\/\/localhost:\d+)/.exec(out)?.[1] ?? '',
    set: (to) => writeFile(clockFile, `${to}\n`),
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function healthOf({ pkiUrl }: FakedBox): Promise<Record<string, unknown>> {
  return (await (await fetch(`${pkiUrl}/healthz`)).json()) as Record<string, unknown>
}

/** What `openssl ts` reads in an answer of the box. */
async function stamp({ pkiUrl }: FakedBox, folder: string): Promise<string> {
  const [content, query, reply] = ['content', 'q.tsq', 'r.tsr'].map((name) => join(folder, name))
  if (!content || !query || !reply) throw new TypeError('three names')
  await writeFile(content, 'content')
  await run('openssl', ['ts', '-query', '-data', content, '-sha256', '-cert', '-out', query])
  const answer = await fetch(`${pkiUrl}/tsa`, { method: 'POST', body: await readFile(query) })
  await writeFile(reply, new Uint8Array(await answer.arrayBuffer()))
  return (await run('openssl', ['ts', '-reply', '-in', reply, '-text'])).stdout
}

async function der(box: FakedBox, path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`${box.pkiUrl}${path}`)).arrayBuffer())
}

/** What `openssl ocsp` says of the box's own TLS certificate: its status, and how far `This Update` is from the true time. */
async function status(
  box: FakedBox,
  of: { readonly folder: string; readonly data: string },
): Promise<{ text: string; behindMs: number }> {
  const file = async (name: string, bytes: Uint8Array): Promise<string> => {
    await writeFile(join(of.folder, name), toPem('CERTIFICATE', bytes))
    return join(of.folder, name)
  }
  const kept = JSON.parse(await readFile(pathsOf(of.data).box, 'utf8')) as {
    certificates: { tls: string }
  }
  const tls = new Uint8Array(Buffer.from(kept.certificates.tls, 'base64'))
  const { stdout, stderr } = await run('openssl', [
    ...['ocsp', '-url', `${box.pkiUrl}/ocsp`, '-no_nonce', '-timeout', '60'],
    ...['-issuer', await file('issuing.pem', await der(box, '/ca/issuing.crt'))],
    ...['-cert', await file('tls.pem', tls)],
    ...['-CAfile', await file('root.pem', await der(box, '/ca/root.crt'))],
  ])
  const text = stdout + stderr
  const said = /This Update: (.*)/.exec(text)?.[1] ?? ''
  return { text, behindMs: Date.now() - Date.parse(said) }
}

/** Until the box has seen that its clock was set. */
async function untilHeld(t: ExecutionContext, box: FakedBox): Promise<void> {
  for (let turn = 0; turn < 600; turn++) {
    if ((await healthOf(box))['clock'] === 'held') return
    await pause(100)
  }
  t.fail('not held within a minute')
}

test.serial(
  'set back an hour while it runs: it says so, stamps nothing, answers by the true time, and a restart forgets nothing',
  async (t) => {
    const folder = await temporaryFolder(t)
    const data = join(folder, 'data')
    let box = await start(data, '+0')
    t.teardown(() => box.stop())
    t.notRegex(box.words(), /clock hold/)
    t.regex(await stamp(box, folder), /Status: Granted/)
    const list = readCrl(await der(box, '/ca/issuing.crl'))
    await box.set('-1h')
    await untilHeld(t, box)
    t.regex(await stamp(box, folder), /time source is not available/)
    const { text, behindMs } = await status(box, { folder, data })
    t.regex(text, /: good/, text)
    t.true(behindMs < hourMs / 2, 'an answer is as fresh as it is')
    const now = readCrl(await der(box, '/ca/issuing.crl'))
    t.true(now.thisUpdate >= list.thisUpdate, 'no list goes back')
    await box.set('+0')
    await pause(1500)
    t.is((await healthOf(box))['clock'], 'held', 'that it came back by itself confirms nothing')
    await box.stop()
    box = await start(data, '+0')
    t.regex(box.words(), /clock hold/)
    t.is((await healthOf(box))['clock'], 'held')
    t.regex(await stamp(box, folder), /time source is not available/)
    await box.stop()
    const report = await verifyJournal({ files: openJournalFiles(pathsOf(data).journal) })
    t.deepEqual(report.findings, [])
  },
)

test.serial('set ahead by 11 minutes while it runs it holds, by 9 it does not', async (t) => {
  const folder = await temporaryFolder(t)
  const box = await start(join(folder, 'data'), '+0')
  t.teardown(() => box.stop())
  await box.set('+9m')
  await pause(1500)
  t.false('clock' in (await healthOf(box)))
  t.regex(await stamp(box, folder), /Status: Granted/)
  await box.set('+11m')
  await untilHeld(t, box)
  t.regex(await stamp(box, folder), /time source is not available/)
})

test.serial(
  'a new process believes a clock up to 30 days after the last entry, and none before it',
  async (t) => {
    const folder = await temporaryFolder(t)
    const made = join(folder, 'made')
    await (await start(made, '+0')).stop()
    for (const [offset, held] of [
      ['+20d', false],
      ['+31d', true],
      ...(full ? [['+12y', true] as const] : []),
      ['-2d', true],
    ] as const) {
      const data = join(folder, offset)
      await cp(made, data, { recursive: true })
      const box = await start(data, offset)
      t.teardown(() => box.stop())
      t.is((await healthOf(box))['clock'] === 'held', held, offset)
      t.is(/clock hold/.test(box.words()), held, offset)
      const text = await stamp(box, folder)
      t.regex(text, held ? /time source is not available/ : /Status: Granted/, offset)
      const { thisUpdate } = readCrl(await der(box, '/ca/issuing.crl'))
      const days = Math.round(Math.abs(thisUpdate.getTime() - Date.now()) / (24 * hourMs))
      // A list that has lived half its time is made anew; in hold by the last certain time.
      t.is(days, held ? 0 : 20, offset)
      await box.stop()
    }
  },
)
