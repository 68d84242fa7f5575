/** The operators' manual: the same chapters, headings and commands in both languages, and no command that does not exist. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { commands } from '../../appliance/commands/table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const chapters = globSync('docs/manual/*.md', { cwd: root }).toSorted()
const chineseOf = (chapter: string): string => chapter.replace('docs/manual/', 'docs/manual/zh-CN/')

/** What an operator has besides ours, at the box, at a desk or at the building machine. A new one is a new need: think twice. */
const tools = [
  ...['age', 'cp', 'dd', 'lsblk', 'openssl', 'podman', 'sha256sum', 'skopeo', 'umount', 'mount'],
  ...['sigtool', 'qemu-system-x86_64', 'zstd', 'nc', 'curl', 'systemctl', 'cat'],
]

const scripts = Object.keys(
  (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts,
)

/** Lines of the blocks marked `sh`, those that go on with a backslash joined, without comments. */
function linesOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, block = '']) => block)
  return blocks
    .flatMap((block) => block.replace(/\\\n\s*/g, ' ').split('\n'))
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '')
}

/** What a page calls in running text: `sealbox …` between backquotes. */
function inlineOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/`((?:npx )?sealbox [a-z-][^`\n]*)`/g)].map(([, line = '']) => line)
}

function headingsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```$/gm, '')
  return [...prose.matchAll(/^(#+) /gm)].map(([, level = '']) => level)
}

/** Why a line cannot be typed; undefined if it can. Each part of a pipe or list is looked at. */
function faultOf(line: string): string | undefined {
  for (const part of line.split(/\s(?:\||&&|;)\s/)) {
    const [first = '', ...rest] = part.trim().split(/\s+/)
    const isOurs = /^(npx|appliance\/sealbox|sealbox)$/.test(first)
    const fault = isOurs
      ? faultOfOurs(first === 'npx' ? rest.slice(1) : rest)
      : first === 'npm'
        ? faultOfNpm(rest)
        : tools.includes(first)
          ? undefined
          : `${first} is no tool that an operator has`
    if (fault !== undefined) return `${line}: ${fault}`
  }
  return undefined
}

/** The command stands in the table, and each option in its usage. */
function faultOfOurs(words: readonly string[]): string | undefined {
  const [first = '', second = ''] = words
  if (first === '--version' || first === '--help') return undefined
  const command =
    commands.find(({ name }) => name === `${first} ${second}`) ??
    commands.find(({ name }) => name === first)
  if (command === undefined) return `there is no command ${first}`
  const known = new Set([...command.usage.matchAll(/--[a-z][a-z0-9-]*/g)].map(([option]) => option))
  return words.find((word) => word.startsWith('--') && !known.has(word.replace(/=.*/, '')))
}

function faultOfNpm([verb = '', ...rest]: readonly string[]): string | undefined {
  if (['ci', 'start', 'test'].includes(verb)) return undefined
  if (verb === 'run' && scripts.includes(rest.find((word) => !word.startsWith('-')) ?? ''))
    return undefined
  return `npm ${verb} ${rest.join(' ')} is no script`
}

const all = (markdown: string): string[] => [...linesOf(markdown), ...inlineOf(markdown)]

test('both manuals have the same chapters, and each chapter the same headings and commands', (t) => {
  t.deepEqual(globSync('docs/manual/zh-CN/*.md', { cwd: root }).toSorted(), chapters.map(chineseOf))
  for (const chapter of chapters) {
    const [english, chinese] = [read(chapter), read(chineseOf(chapter))]
    t.deepEqual(headingsOf(chinese), headingsOf(english), chapter)
    t.deepEqual(linesOf(chinese), linesOf(english), chapter)
  }
  t.notDeepEqual(headingsOf('# a\n## b\n'), headingsOf('# a\n### b\n'))
})

test('every chapter stands in the list at the beginning, and the list names no other', (t) => {
  const listed = [...read('docs/manual/README.md').matchAll(/\]\((\d\d-[a-z-]+\.md)\)/g)]
  const there = chapters.filter((chapter) => /\d\d-/.test(chapter))
  t.deepEqual(
    listed.map(([, name = '']) => `docs/manual/${name}`),
    there,
  )
})

test('every command of the manuals exists, with each of its options', (t) => {
  for (const chapter of [...chapters, ...chapters.map(chineseOf)]) {
    t.deepEqual(
      all(read(chapter)).flatMap((line) => faultOf(line) ?? []),
      [],
      chapter,
    )
  }
})

test('a command, option, script or tool that does not exist is found', (t) => {
  const page = '```sh\nsealbox no-such\n```\n`sealbox start --no-such`'
  t.is(all(page).length, 2)
  for (const line of [
    ...all(page),
    'npx sealbox journal nothing',
    'npm run no-such',
    'npm install',
    'vi /etc/passwd',
    'sealbox start | tee log',
  ]) {
    t.truthy(faultOf(line), line)
  }
  for (const line of [
    'npm ci && npm start',
    'sealbox start --data DIR \\',
    'npx sealbox journal verify --data data',
    'sha256sum FILE',
  ]) {
    t.is(faultOf(line), undefined, line)
  }
})
