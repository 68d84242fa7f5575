/** The way to root: what fits is done once, everything else is refused, and nothing in the spool leads root astray. */
import { execFileSync } from 'node:child_process'
import {
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { machineAct } from '../../../appliance/machine/act.ts'
import {
  answerSchema,
  fileOf,
  maxRequestBytes,
  spoolPaths,
} from '../../../appliance/machine/request.ts'
import { askers, userIds } from '../../../appliance/machine/users.ts'
import { emptySpool, putRequest, requestOf, runSpool, testActs } from './spools.ts'

function answerOf(spool: string, id: string) {
  return answerSchema.parse(JSON.parse(readFileSync(fileOf(spoolPaths(spool).answers, id), 'utf8')))
}

/** Code of the refusal. */
function codeOf(spool: string, id: string): string {
  const answer = answerOf(spool, id)
  return answer.done ? 'done' : answer.code
}

test('what fits is done, answered and gone', async (t) => {
  const spool = emptySpool()
  const id = putRequest(spool, 'a', requestOf('echo', { word: 'yes' }))
  await runSpool(spool)
  t.deepEqual(answerOf(spool, id), { version: 1, done: true, result: { word: 'yes' } })
  t.deepEqual(readdirSync(spoolPaths(spool).requests), [])
  t.deepEqual(readdirSync(spoolPaths(spool).taken), [])
  t.is(statSync(fileOf(spoolPaths(spool).answers, id)).mode & 0o777, 0o640)
})

const refusals: readonly (readonly [title: string, text: string, code: string])[] = [
  ['no JSON', 'reboot', 'MACHINE_REQUEST_MALFORMED'],
  ['another version', '{"version":2,"act":"echo","params":{}}', 'MACHINE_REQUEST_MALFORMED'],
  [
    'a field too many',
    '{"version":1,"act":"echo","params":{},"as":"root"}',
    'MACHINE_REQUEST_MALFORMED',
  ],
  ['an act that does not exist', requestOf('shell', { line: 'id' }), 'MACHINE_REQUEST_REFUSED'],
  ['an act out of the prototype', requestOf('constructor'), 'MACHINE_REQUEST_REFUSED'],
  ['an act that is the console’s', requestOf('console-only'), 'MACHINE_REQUEST_REFUSED'],
  ['a value too long', requestOf('echo', { word: 'x'.repeat(11) }), 'MACHINE_REQUEST_MALFORMED'],
  ['a value too many', requestOf('echo', { word: 'x', path: '/' }), 'MACHINE_REQUEST_MALFORMED'],
  ['more than a request may be', ' '.repeat(maxRequestBytes + 1), 'MACHINE_REQUEST_MALFORMED'],
]

for (const [title, text, code] of refusals) {
  test(`refused: ${title}`, async (t) => {
    const spool = emptySpool()
    const id = putRequest(spool, 'a', text)
    await runSpool(spool)
    t.is(codeOf(spool, id), code)
  })
}

test('a stranger is refused whatever is asked', async (t) => {
  const spool = emptySpool()
  const id = putRequest(spool, 'a', requestOf('echo', { word: 'yes' }))
  await runSpool(spool, { askers: new Map([[4_000_000, 'box']]) })
  t.is(codeOf(spool, id), 'MACHINE_REQUEST_REFUSED')
})

test('the console may ask for what is the console’s', async (t) => {
  const spool = emptySpool()
  const id = putRequest(spool, 'a', requestOf('console-only'))
  await runSpool(spool, { asker: 'console' })
  t.is(codeOf(spool, id), 'done')
})

test('a failure tells who asked nothing of what only root sees', async (t) => {
  const spool = emptySpool()
  const id = putRequest(spool, 'a', requestOf('fail'))
  const lines = await runSpool(spool)
  t.is(codeOf(spool, id), 'MACHINE_FAILED')
  t.false(JSON.stringify(answerOf(spool, id)).includes('/etc'))
  t.true(lines.some((line) => line.includes('/etc/secret')))
})

test('an act cut off by a crash is never done again', async (t) => {
  const spool = emptySpool()
  const id = 'a'.repeat(32)
  writeFileSync(fileOf(spoolPaths(spool).taken, id), requestOf('echo', { word: 'yes' }))
  await runSpool(spool)
  t.is(codeOf(spool, id), 'MACHINE_INTERRUPTED')
  t.deepEqual(readdirSync(spoolPaths(spool).taken), [])
})

test('a link, a second name, a pipe and a folder are refused, unread and unfollowed', async (t) => {
  const spool = emptySpool()
  const { requests, taken } = spoolPaths(spool)
  const outside = join(spool, 'outside.json')
  writeFileSync(outside, requestOf('echo', { word: 'yes' }))
  const [link, second, pipe, folder] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(32))
  symlinkSync(outside, fileOf(requests, link ?? ''))
  linkSync(outside, fileOf(requests, second ?? ''))
  execFileSync('mkfifo', [fileOf(requests, pipe ?? '')])
  mkdirSync(join(fileOf(requests, folder ?? ''), 'inner'), { recursive: true })
  symlinkSync(outside, join(fileOf(requests, folder ?? ''), 'link'))
  await runSpool(spool)
  for (const id of [link, second, pipe, folder]) t.not(codeOf(spool, id ?? ''), 'done')
  t.true(existsSync(outside))
  t.deepEqual(readdirSync(requests), [])
  // A full folder is moved aside, not walked through; the next run finds no request in it.
  t.is(readdirSync(taken).filter((name) => name.startsWith('aside-')).length, 1)
  await runSpool(spool)
  t.not(codeOf(spool, folder ?? ''), 'MACHINE_INTERRUPTED')
})

test('what is no request is taken out of the way, so that the path unit does not turn in circles', async (t) => {
  const spool = emptySpool()
  const { requests, answers } = spoolPaths(spool)
  writeFileSync(join(requests, 'ABC.json'), requestOf('echo', { word: 'yes' }))
  writeFileSync(join(requests, '.hidden'), '')
  writeFileSync(join(requests, `${'a'.repeat(32)}.json.tmp`), requestOf('echo', { word: 'yes' }))
  await runSpool(spool)
  t.deepEqual(readdirSync(requests), [])
  t.deepEqual(readdirSync(answers), [])
})

test('answers that nobody fetched are removed after a while', async (t) => {
  const spool = emptySpool()
  const id = putRequest(spool, 'a', requestOf('echo', { word: 'yes' }))
  await runSpool(spool)
  const path = fileOf(spoolPaths(spool).answers, id)
  await runSpool(spool)
  t.true(existsSync(path))
  utimesSync(path, 0, 0)
  await runSpool(spool)
  t.false(existsSync(path))
})

test('a result that does not fit its schema is no answer', async (t) => {
  const spool = emptySpool()
  const id = putRequest(spool, 'a', requestOf('echo', { word: 'yes' }))
  const echo = machineAct({
    ...testActs.echo,
    run: () => Promise.resolve({ word: 'yes', more: 'no' }),
  })
  await runSpool(spool, { acts: { echo } })
  t.is(codeOf(spool, id), 'MACHINE_FAILED')
})

const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot('a service that asks without end keeps nobody at the console waiting', async (t) => {
  const spool = emptySpool()
  const { requests, answers } = spoolPaths(spool)
  const put = (id: string, owner: number, act: string): void => {
    writeFileSync(fileOf(requests, id), requestOf(act, act === 'echo' ? { word: 'yes' } : {}))
    chownSync(fileOf(requests, id), owner, owner)
  }
  for (let at = 0; at < 100; at += 1) {
    put(at.toString(16).padStart(32, '0'), userIds.sealbox, 'echo')
    // Nor do names that are no requests, or a stranger's.
    writeFileSync(join(requests, `.${String(at)}`), '')
    chownSync(join(requests, `.${String(at)}`), userIds.sealbox, userIds.sealbox)
  }
  const own = 'f'.repeat(32)
  put(own, userIds['sealbox-console'], 'console-only')
  const lines = await runSpool(spool, { askers })
  t.is(codeOf(spool, own), 'done')
  t.regex(lines[0] ?? '', /^console-only, asked by the console/)
  t.true(readdirSync(answers).length <= 64)
  // The rest waits for the next run, untaken.
  t.deepEqual(readdirSync(spoolPaths(spool).taken), [])
  t.true(readdirSync(requests).length > 0)
})

test('a run that is cut off leaves the requests behind the one in hand to the next', async (t) => {
  const spool = emptySpool()
  const first = putRequest(spool, 'a', requestOf('cut'))
  const second = putRequest(spool, 'b', requestOf('echo', { word: 'yes' }))
  let waiting: string[] = []
  const cut = machineAct({
    ...testActs.fail,
    run: () => {
      waiting = readdirSync(spoolPaths(spool).requests)
      return Promise.resolve({})
    },
  })
  await runSpool(spool, { acts: { ...testActs, cut } })
  t.deepEqual(waiting, [`${second}.json`])
  t.is(codeOf(spool, first), 'done')
  t.is(codeOf(spool, second), 'done')
})
