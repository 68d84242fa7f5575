/**
 * Makes a page that is one file: the TypeScript under `entry` with everything it imports, its style sheets, and data that it carries, inside one
 * HTML text that loads nothing. The same sources give the same bytes. Runs on the server, once a process, in a process of its own, so
 * that the box goes on answering meanwhile. Why esbuild, and why at run time: `docs/adr/0015-pages-of-one-file.md`.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { deflate } from 'fflate'
import { runBundler } from './bundler.ts'

export interface PageSource {
  /** TypeScript file that is run when the page is opened. */
  readonly entry: URL
  /** One after the other. */
  readonly styles: readonly URL[]
  /**
   * Files that it carries along, by the id of the element that holds each: raw DEFLATE (RFC 1951) in base64, never run as it stands.
   * `carried.ts` reads them.
   */
  readonly carries?: Readonly<Record<string, URL>>
  /** Before any script ran; plain text. */
  readonly title: string
  /** Said where scripts are switched off; plain text. */
  readonly withoutScripts: string
  /** What the page may load, by directive; nothing that is not listed. */
  readonly may: Readonly<Record<string, string>>
}

export interface Page {
  readonly html: Uint8Array
  /** SHA-256 of the HTML, hexadecimal: stands in the release and in the ceremony's minutes. */
  readonly sha256: string
  /** The policy that stands inside the file, and what only a header can say besides. */
  readonly csp: string
}

export interface KeptPage {
  readonly page: () => Promise<Page>
  /** The page if it was made already; otherwise it is begun, and nobody waits. */
  readonly glance: () => Page | undefined
  readonly warm: (ending: AbortSignal) => void
}

/** The browsers of offices: Chromium 110 and Firefox 115 of 2023, the last ones for Windows 7. */
const targets = 'chrome109,firefox115'
const bundling = [
  ...['--minify', '--format=iife', '--charset=utf8', '--legal-comments=eof'],
  `--target=${targets}`,
]
/** After a start there is more urgent work for two seconds. */
const warmAfterMs = 5000

/** Makes the page anew; `ending` ends the bundler. */
export async function makePage(source: PageSource, ending?: AbortSignal): Promise<Page> {
  const [script, styles, data] = await Promise.all([
    runBundler([fileURLToPath(source.entry), ...bundling], { signal: ending }),
    Promise.all(source.styles.map((style) => readFile(style, 'utf8'))),
    Promise.all(Object.entries(source.carries ?? {}).map(dataElement)),
  ])
  const style = styles.join('\n')
  const policy = policyOf(source, script, style)
  const html = Buffer.from(document({ source, policy, script, style, data: data.join('') }))
  return {
    html,
    sha256: createHash('sha256').update(html).digest('hex'),
    csp: `${policy}; frame-ancestors 'none'`,
  }
}

/** Files beside the entry of a page that was made when the product was packed: an image has no bundler. */
export const madeNames = { html: 'made.html', policy: 'made.csp' } as const

async function madeBefore({ entry }: PageSource): Promise<Page | undefined> {
  const read = (name: string): Promise<Buffer | undefined> =>
    readFile(new URL(name, entry)).catch(() => undefined)
  const [html, csp] = await Promise.all([read(madeNames.html), read(madeNames.policy)])
  if (html === undefined || csp === undefined) return undefined
  const sha256 = createHash('sha256').update(html).digest('hex')
  return { html, sha256, csp: csp.toString('utf8') }
}

/** A page that is made on first need and kept; `warm` makes it before, unless it is told that nobody will come any more. */
export function keptPage(source: PageSource): KeptPage {
  let made: Promise<Page> | undefined
  let done: Page | undefined
  const make = async (ending?: AbortSignal): Promise<Page> => {
    try {
      done = (await madeBefore(source)) ?? (await makePage(source, ending))
      return done
    } catch (error) {
      made = undefined
      throw error
    }
  }
  const page = (ending?: AbortSignal): Promise<Page> => (made ??= make(ending))
  return {
    page: () => page(),
    glance: () => {
      // Whoever asks for it next is told what failed.
      if (done === undefined) page().catch(() => undefined)
      return done
    },
    warm: (ending) => {
      const timer = setTimeout(() => {
        // Whoever asks for it next is told what failed.
        page(ending).catch(() => undefined)
      }, warmAfterMs)
      timer.unref()
      ending.addEventListener('abort', () => {
        clearTimeout(timer)
      })
    },
  }
}

/** A block of data (HTML 4.12.1): browsers neither run it nor ask the policy about it. */
async function dataElement([id, file]: readonly [string, URL]): Promise<string> {
  const packed = await packedBytes(await readFile(file))
  return `<script type="application/octet-stream" id="${id}">${Buffer.from(packed).toString('base64')}</script>\n`
}

/**
 * By a packer in JavaScript, in a thread of its own: zlib inside Node packs differently on different processors, and the page shall have
 * the same bytes on all of them.
 */
function packedBytes(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    deflate(bytes, { level: 9 }, (error, packed) => {
      if (error) reject(error)
      else resolve(packed)
    })
  })
}

function policyOf(source: PageSource, script: string, style: string): string {
  const directives = {
    'default-src': "'none'",
    'script-src': `'${hashOf(script)}' 'wasm-unsafe-eval'`,
    'style-src': `'${hashOf(style)}'`,
    ...source.may,
    'base-uri': "'none'",
    'form-action': "'none'",
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/** CSP 3 hash source of an inline element's text. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function document(parts: {
  readonly source: PageSource
  readonly policy: string
  readonly script: string
  readonly style: string
  readonly data: string
}): string {
  const { source, policy, script, style, data } = parts
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">
<title>${source.title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(icon)}">
<style>${style}</style></head>
<body><noscript><p>${source.withoutScripts}</p></noscript>${data}<script>${script}</script></body></html>
`
}

const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect x="2" y="2" width="28" height="28" rx="5" fill="#b3211b"/><path d="M9 8v16M9 13h6M9 19h6M19 8h5v9a3 3 0 0 1-3 3M19 8v17" stroke="#f7f5f0" stroke-width="2.4" fill="none" stroke-linecap="round"/></svg>'
