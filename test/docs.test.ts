/** The documents keep step with each other and with the code. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { commands } from '../appliance/commands/table.ts'
import { modelDistrict, readRoster, writeRoster } from '../provisioning/index.ts'
import { statementSchemas } from '../exchange/index.ts'
import { routes } from '../web/routes.ts'
import { errorsPage, writeErrorsPage } from './docs/errors_page.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).toSorted()

/** What a reader finds in the same places: levels of headings, code blocks, targets of pictures. */
function structureOf(markdown: string) {
  const blocks = [...markdown.matchAll(/^```[^]*?^```$/gm)].map(([block]) => block)
  const prose = markdown.replace(/^```[^]*?^```$/gm, '')
  return {
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level]) => level),
    blocks,
    bullets: [...prose.matchAll(/^- /gm)].length,
    // Where a page is there in Chinese, its Chinese reader is sent there.
    links: linksIn(prose)
      .filter((target) => !/^README/.test(target))
      .map((target) => target.replace('/zh-CN/', '/'))
      .toSorted(),
  }
}

function linksIn(markdown: string): string[] {
  const prose = markdown.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')
  const inline = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  const pictures = [...prose.matchAll(/<img[^>]* src="([^"]+)"/g)].map(([, target = '']) => target)
  return [...inline, ...pictures]
}

/** Targets of a page that lead nowhere. */
function deadLinks(page: string, markdown: string): string[] {
  return linksIn(markdown)
    .filter((target) => !/^(https?:|mailto:|#)/.test(target))
    .filter((target) => !existsSync(join(root, dirname(page), target.replace(/#.*$/, ''))))
}

/** Types of entries that a source commits or folds: any `type: 'thing.done'`, and `thing.…ed` as a whole string. */
function entryTypesIn(source: string): string[] {
  const forms = [/\btype: '([a-z]+\.[a-z-]+)'/g, /'([a-z]+\.(?:[a-z]+-)*[a-z]+ed)'/g]
  const found = forms.flatMap((form) => [...source.matchAll(form)].map(([, type = '']) => type))
  return found.filter((type) => !type.startsWith('sealbox.'))
}

test('both READMEs have the same headings, code blocks and links, and at most 200 lines', (t) => {
  const [english, chinese] = [read('README.md'), read('README.zh-CN.md')]
  t.deepEqual(structureOf(chinese), structureOf(english))
  t.notDeepEqual(structureOf(english.replace('## Security', '### Security')), structureOf(english))
  for (const text of [english, chinese]) t.true(text.split('\n').length <= 200)
})

test('the script of the ceremony has the same headings, lines to tick, commands and links in both languages', (t) => {
  const [english, chinese] = [read('docs/ceremony.md'), read('docs/ceremony.zh-CN.md')].map(
    (text) => structureOf(text.replace(/\]\(ceremony[^)]*\)/, '](the-other-one)')),
  )
  t.deepEqual(chinese, english)
})

test('every link between documents leads to a file', (t) => {
  t.true(pages.length > 10)
  for (const page of pages) t.deepEqual(deadLinks(page, read(page)), [], page)
  t.deepEqual(deadLinks('README.md', '[gone](docs/gone.md) [here](LICENSE)'), ['docs/gone.md'])
})

test('every file of the source that a page names is there', (t) => {
  const named = (text: string): string[] =>
    [
      ...text.matchAll(/`((?:ca|exchange|provisioning|web|appliance|test|docs)\/[\w/.-]+\.\w+)`/g),
    ].map(([, path = '']) => path)
  for (const page of pages) {
    const missing = named(read(page)).filter((path) => !existsSync(join(root, path)))
    t.deepEqual(missing, [], page)
  }
  t.deepEqual(named('`test/gone.test.ts` and `docs/x`'), ['test/gone.test.ts'])
})

test('every command is described', (t) => {
  const all = pages.map(read).join('\n')
  for (const { name } of commands) {
    t.true(all.includes(`sealbox ${name}`) || all.includes(`\`${name}\``), name)
  }
  t.false(all.includes('sealbox no-such-command'))
})

test('the page of errors is the one that the code makes; refresh: node test/docs/write_errors.ts', async (t) => {
  t.is(readFileSync(errorsPage, 'utf8'), await writeErrorsPage())
})

test('every type of journal entry in the source stands in the catalogue, and no other', (t) => {
  const catalogue = read('docs/audit-events.md')
  const listed = new Set([...catalogue.matchAll(/^\| `([a-z.-]+)`/gm)].map(([, type = '']) => type))
  const files = globSync('{ca,exchange,provisioning,web,appliance}/**/*.ts', { cwd: root })
  const committed = new Set(files.flatMap((file) => entryTypesIn(read(file))))
  t.deepEqual([...committed].toSorted(), [...listed].toSorted())
  const sample = "{ type: 'clock.held' }, fold('seal.un-sealed'), 'root.pem', 'sealbox.signed'"
  t.deepEqual(entryTypesIn(sample), ['clock.held', 'seal.un-sealed'])
})

test('every statement type and every route is described', (t) => {
  const statements = read('docs/formats/statement.md')
  for (const type of Object.keys(statementSchemas)) t.true(statements.includes(`\`${type}\``), type)
  const api = read('docs/formats/api.md')
  for (const { path } of routes.filter(({ path: at }) => at.startsWith('/api/'))) {
    t.true(api.includes(`\`${path.replace('/api/v1', '')}\``), path)
  }
})

test('the sample roster is the model district, and the box takes it', (t) => {
  const sample = readFileSync(join(root, 'docs/formats/roster-example.csv'))
  t.deepEqual(new Uint8Array(sample), writeRoster(modelDistrict))
  t.deepEqual(readRoster(sample).refused, [])
})
