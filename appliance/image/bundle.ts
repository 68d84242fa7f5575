/**
 * The commands that units run, each in a script of its own with what Node compiles of it, so that a start reads a few files instead of some 1,300
 * and compiles little. All others, threads, and what else is found by its address, are run from their modules (docs/adr/0044).
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runBundler } from '../../web/index.ts'
import { imageFolder, productPath } from './build_folders.ts'
import { ImageError } from './errors.ts'
import { stripped } from './stripped.ts'
import { tool } from './tools.ts'

/** What the script gives: it puts what `command_line.ts` exports into `module`. */
export type BundleFunction = (
  require: NodeJS.Require,
  module: { exports: typeof import('../command_line.ts') | undefined },
) => void

/** They load WebAssembly, threads or native code from beside themselves, or share types with one that does; the last is one table, which two bring. */
const unbundled = [
  ...['level', 'classic-level', 'abstract-level', 'pino', '@hyzyla/pdfium', 'harfbuzzjs'],
  ...['@koromix/koffi-linux-x64', 'mime-db'],
]

const entryPath = 'appliance/cli.js'
const scriptPath = (command: UnitCommand): string => `appliance/bundled/${nameOf(command)}.js`
const compiledPath = (command: UnitCommand): string =>
  `appliance/bundled/${nameOf(command)}.compiled`
const nameOf = ({ words }: UnitCommand): string => words.join('-')

/** Bundles commands of the product below `root`, whose own Node compiles them; lists for the initramfs what a start reads. */
export async function addBundles(root: string, commands: readonly UnitCommand[]): Promise<void> {
  const target = join(root, productPath)
  writeFileSync(join(target, entryPath), stripped(read('bundled_cli.ts')))
  for (const command of commands) {
    await bundle(target, command)
    await compile(root, command)
  }
  const ofEveryStart = commands.filter(isOfEveryStart)
  const ahead = [entryPath, ...ofEveryStart.flatMap((one) => [scriptPath(one), compiledPath(one)])]
  const paths = ['usr/bin/node', ...ahead.map((path) => join(productPath, path))]
  writeFileSync(join(target, 'read-ahead'), paths.map((path) => `${path}\n`).join(''))
}

const read = (name: string): string => readFileSync(join(imageFolder, name), 'utf8')

async function bundle(target: string, command: UnitCommand): Promise<void> {
  await runBundler(
    [
      ...['appliance/command_line.js', `--outfile=${scriptPath(command)}`],
      ...['--format=cjs', '--target=node24', '--platform=node', '--legal-comments=none'],
      // It would be left out: our modules do nothing when they are loaded.
      '--log-override:ignored-bare-import=error',
      '--log-override:empty-import-meta=error',
      // Import by a script is an experiment of Node's, which warns of it.
      '--supported:dynamic-import=false',
      ...[...unbundled, ...otherCommands(target, command)].map((name) => `--external:${name}`),
      '--define:import.meta.resolve=resolveBeside',
      // Ours are written out (product_tree.ts). flexsearch has some for threads that we do not start.
      ...['--define:import.meta.url=undefined', '--define:import.meta.dirname=undefined'],
      // One expression, a function (`BundleFunction`); strict as the modules that it is made of.
      '--banner:js=(function (require, module) { "use strict"; const resolveBeside = (name) => require("node:url").pathToFileURL(require.resolve(name)).href;',
      '--footer:js=})',
    ],
    { cwd: target },
  )
  const path = join(target, scriptPath(command))
  const script = inAscii(readFileSync(path, 'utf8'))
  const left = [...script.matchAll(/require\("(\.\.\/[^"]*)"\)/g)].map(([, name]) => name)
  // Whoever else asks for one would have it loaded from its modules, in each start.
  if (new Set(left).size !== left.length)
    throw new ImageError('IMAGE_INPUT_DIFFERS', 'not the table alone asks for another command')
  writeFileSync(path, script)
}

/** The table of the commands loads each when it is asked for (`commands/table.ts`). Paths from here: the bundler's command line is short. */
function otherCommands(target: string, { words }: UnitCommand): readonly string[] {
  const folder = 'appliance/commands'
  const table = readFileSync(join(target, folder, 'table.js'), 'utf8')
  const files = [...table.matchAll(/import\('\.\/(\w+\.js)'\)/g)].map(([, file = '']) => file)
  const own = `${words.join('_').replaceAll('-', '_')}.js`
  if (!files.includes(own)) throw new ImageError('IMAGE_INPUT_DIFFERS', `no command has ${own}`)
  return files.filter((file) => file !== own).map((file) => `./${folder}/${file}`)
}

/** The bundler leaves comments, regular expressions and tagged templates as they are; what is ASCII is read as octets, in half the time. */
export function inAscii(script: string): string {
  // These would mean something else.
  if (/\\[^\0-\x7f]|String\.raw`[^`]*[^\0-\x7f`]/.test(script))
    throw new ImageError('IMAGE_TOOL_FAILED', 'a character of the bundle is taken as it is written')
  return script.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export interface UnitCommand {
  readonly words: readonly string[]
  /** Whether its unit runs it without a compiler at run time: what is compiled for one is not accepted by the other. */
  readonly jitless: boolean
}

/** The commands that units run. */
export function unitCommands(): readonly UnitCommand[] {
  return globSync('tree/etc/systemd/system/*.service', { cwd: imageFolder })
    .toSorted()
    .flatMap((name) => {
      const lines = read(name).replaceAll('\\\n', ' ')
      const [, flags, given] =
        /^ExecStart=\/usr\/bin\/node (.*)\/usr\/lib\/sealbox\/appliance\/cli\.js (.*)$/m.exec(
          lines,
        ) ?? []
      if (flags === undefined || given === undefined) {
        if (!lines.includes(entryPath)) return []
        throw new ImageError('IMAGE_INPUT_DIFFERS', `${name} runs the command line otherwise`)
      }
      const [words = ''] = given.split(' --')
      return [{ words: words.split(' '), jitless: flags.includes('--jitless') }]
    })
}

/** Whether a command runs in each start before the box answers. */
export const isOfEveryStart = ({ words }: UnitCommand): boolean =>
  ['machine open-disk', 'keys serve', 'start'].includes(words.join(' '))

/** Writes the compiled code of a command. The same sources give the same octets. */
async function compile(root: string, command: UnitCommand): Promise<void> {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user']
  // Of the builder's environment nothing.
  await tool('env', [
    ...['-i', 'PATH=/usr/bin:/bin', 'unshare'],
    ...[...asRoot, `--root=${root}`, '--', '/usr/bin/node'],
    ...['--random-seed=1', ...(command.jitless ? ['--jitless'] : [])],
    ...['--input-type=module', '--eval', stripped(read('compile.ts')), '--'],
    ...[scriptPath(command), compiledPath(command)].map((path) => `/${productPath}/${path}`),
    ...command.words,
  ])
}
