/**
 * The few files that pages load from the box itself, each under an address that changes with its bytes, so that browsers may keep
 * it for ever: one stylesheet, one script, the icon, and two faces for machines that have no Chinese ones.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { WebError } from './errors.ts'
import { route, type Route } from './types.ts'

interface Asset {
  readonly type: string
  readonly bytes: Buffer
}

const own = (name: string): string => fileURLToPath(new URL(`./assets/${name}`, import.meta.url))
const packaged = (path: string): string =>
  fileURLToPath(import.meta.resolve(`@expo-google-fonts/${path}`))

const sources: Readonly<Record<string, { readonly type: string; readonly path: () => string }>> = {
  'desk.css': { type: 'text/css; charset=utf-8', path: () => own('desk.css') },
  'desk.js': { type: 'text/javascript; charset=utf-8', path: () => own('desk.js') },
  'upgrade.js': { type: 'text/javascript; charset=utf-8', path: () => own('upgrade.js') },
  'icon.svg': { type: 'image/svg+xml', path: () => own('icon.svg') },
  'song.ttf': {
    type: 'font/ttf',
    path: () => packaged('noto-serif-sc/600SemiBold/NotoSerifSC_600SemiBold.ttf'),
  },
  'hei.ttf': {
    type: 'font/ttf',
    path: () => packaged('noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  },
}

const loaded = new Map<string, Asset>()

function asset(name: string): Asset | undefined {
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined
  if (source === undefined) return undefined
  let found = loaded.get(name)
  if (found === undefined) {
    found = { type: source.type, bytes: readFileSync(source.path()) }
    loaded.set(name, found)
  }
  return found
}

const urls = new Map<string, string>()

/** Address of an asset of ours, with the beginning of its hash. */
export function assetUrl(name: 'desk.css' | 'desk.js' | 'upgrade.js' | 'icon.svg'): string {
  const known = urls.get(name)
  if (known !== undefined) return known
  const bytes = asset(name)?.bytes ?? Buffer.alloc(0)
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  const url = `/assets/${name}?v=${hash}`
  urls.set(name, url)
  return url
}

const foreverSeconds = 31_536_000
/** The faces' addresses have no hash in them. */
const daySeconds = 86_400

export const assetRoute: Route = route({
  method: 'GET',
  path: '/assets/:name',
  who: 'anyone',
  summary: 'Style, script, icon and faces of the pages',
  handle: ({ params, query, koa }) => {
    const found = asset(params['name'] ?? '')
    if (found === undefined) throw new WebError('ROUTE_UNKNOWN', 'there is nothing here')
    koa.state['cache'] = query.has('v')
      ? `public, max-age=${String(foreverSeconds)}, immutable`
      : `public, max-age=${String(daySeconds)}`
    return Promise.resolve({ type: found.type, bytes: found.bytes })
  },
})
